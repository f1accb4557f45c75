/** Totals: what a pass over data adds up on the device, so that nothing is read back between batches. */
import { CompensatedSum } from "../../metrics/sums.ts";
import * as ops from "../../ops/elementwise.ts";
import { fill } from "../../tensor/creation.ts";
import { jit } from "../../tensor/jit.ts";
import { Variable } from "../../tensor/variable.ts";
import type { StepLogs } from "./step-batch.ts";

/** Means over the examples seen, and the place of the first batch whose loss was not finite. */
export interface Means {
  /** In the order in which steps report them. */
  readonly means: ReadonlyMap<string, number>;
  readonly examples: number;
  /** How many examples came before the first batch whose loss was not finite; undefined if there was none. */
  readonly nonFiniteAt: number | undefined;
}

/** State of a pass, in Variables that the programs update in place. */
export class Totals {
  /** int32 scalar: the examples seen, and so the place of the next batch. */
  readonly position = new Variable(fill([], 0, "int32"), { name: "position", trainable: false });
  readonly #nonFiniteAt = new Variable(fill([], -1, "int32"), { name: "place of non-finite loss", trainable: false });
  /** Made when a step first reports a value. */
  readonly #sums = new Map<string, CompensatedSum>();

  /** Starts again from nothing. */
  reset(): void {
    this.#reset(this.#sums.size);
  }

  readonly #reset = jit((_sums: number) => {
    for (const sum of this.#sums.values()) sum.reset();
    this.position.assign(fill([], 0, "int32"));
    this.#nonFiniteAt.assign(fill([], -1, "int32"));
  });

  /**
   * Takes a batch's mean losses in; each counts as often as the batch has examples, so that a smaller last batch counts less.
   *
   * @param values Scalars by name. Whether `loss` is finite is watched or, where there is none, whether all of them are.
   */
  add(values: StepLogs, examples: number): void {
    const watched = values.loss ? [values.loss] : Object.values(values);
    const finite = watched.map((value) => ops.isFinite(value)).reduce(ops.logicalAnd);
    const isFirst = ops.logicalAnd(ops.less(this.#nonFiniteAt, 0), ops.logicalNot(finite));
    this.#nonFiniteAt.assign(ops.where(isFirst, this.position, this.#nonFiniteAt));
    for (const [name, value] of Object.entries(values)) this.#sumOf(name).add(ops.multiply(value, examples));
    this.position.assign(ops.add(this.position, examples));
  }

  #sumOf(name: string): CompensatedSum {
    const known = this.#sums.get(name);
    if (known) return known;
    const made = new CompensatedSum(`${name} sum`);
    this.#sums.set(name, made);
    return made;
  }

  async read(): Promise<Means> {
    const [examples, nonFiniteAt] = await Promise.all([this.position.item(), this.#nonFiniteAt.item()]);
    const means = await Promise.all(
      [...this.#sums].map(async ([name, sum]) => [name, (await sum.read()) / examples] as const),
    );
    return { means: new Map(means), examples, nonFiniteAt: nonFiniteAt < 0 ? undefined : nonFiniteAt };
  }
}
