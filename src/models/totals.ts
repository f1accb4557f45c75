/** Totals: what a pass over data adds up on the device, so that nothing is read back between batches. */
import { CompensatedSum } from "../metrics/sums.ts";
import * as ops from "../ops/elementwise.ts";
import { fill } from "../tensor/creation.ts";
import { jit } from "../tensor/jit.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { Variable } from "../tensor/variable.ts";

/** Means over the examples seen, and the place of the first batch whose loss was not finite. */
export interface Means {
  readonly loss: number;
  /** Without regularization. */
  readonly dataLoss: number;
  readonly examples: number;
  /** How many examples came before the first batch whose loss was not finite; undefined if there was none. */
  readonly nonFiniteAt: number | undefined;
  /** The losses of the outputs by name, where they were asked for. */
  readonly outputLosses: ReadonlyMap<string, number>;
}

/** The losses of a batch, as far as sums are kept of them. */
export interface LossesToAdd {
  readonly loss: Tensor;
  readonly dataLoss: Tensor;
  readonly outputLosses: readonly Tensor[];
}

/** State of a pass, in Variables that the programs update in place. */
export class Totals {
  /** int32 scalar: the examples seen, and so the place of the next batch. */
  readonly position = new Variable(fill([], 0, "int32"), { name: "position", trainable: false });
  readonly #loss = new CompensatedSum("loss sum");
  readonly #dataLoss = new CompensatedSum("data loss sum");
  readonly #nonFiniteAt = new Variable(fill([], -1, "int32"), { name: "place of non-finite loss", trainable: false });
  readonly #outputLosses: ReadonlyMap<string, CompensatedSum>;

  /** @param outputs The names of the outputs whose losses are kept apart. */
  constructor(outputs: readonly string[] = []) {
    this.#outputLosses = new Map(outputs.map((name) => [name, new CompensatedSum(`loss sum of ${name}`)]));
  }

  /** Starts again from nothing. */
  readonly reset = jit(() => {
    for (const sum of this.#sums) sum.reset();
    this.position.assign(fill([], 0, "int32"));
    this.#nonFiniteAt.assign(fill([], -1, "int32"));
  });

  /** Takes a batch's mean losses in; each counts as often as the batch has examples, so that a smaller last batch counts less. */
  add({ loss, dataLoss, outputLosses }: LossesToAdd, examples: number): void {
    const isFirst = ops.logicalAnd(ops.less(this.#nonFiniteAt, 0), ops.logicalNot(ops.isFinite(loss)));
    this.#nonFiniteAt.assign(ops.where(isFirst, this.position, this.#nonFiniteAt));
    for (const [index, each] of [loss, dataLoss, ...outputLosses].entries())
      this.#sums[index]?.add(ops.multiply(each, examples));
    this.position.assign(ops.add(this.position, examples));
  }

  async read(): Promise<Means> {
    const [examples, nonFiniteAt, loss, dataLoss] = await Promise.all([
      this.position.item(),
      this.#nonFiniteAt.item(),
      this.#loss.read(),
      this.#dataLoss.read(),
    ]);
    const outputLosses = await Promise.all(
      [...this.#outputLosses].map(async ([name, sum]) => [name, (await sum.read()) / examples] as const),
    );
    return {
      outputLosses: new Map(outputLosses),
      loss: loss / examples,
      dataLoss: dataLoss / examples,
      examples,
      nonFiniteAt: nonFiniteAt < 0 ? undefined : nonFiniteAt,
    };
  }

  /** In the order of a batch's losses: the whole, the data's, each output's where they are kept apart. */
  get #sums(): readonly CompensatedSum[] {
    return [this.#loss, this.#dataLoss, ...this.#outputLosses.values()];
  }
}
