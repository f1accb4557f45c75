/** GradientAccumulation: sums up the gradients of several calls, whose mean then makes one update. */
import { checkInteger } from "../graph/options.ts";
import type { Configuration } from "../graph/registry.ts";
import { add, divide, greater, greaterEqual, maximum, where } from "../ops/elementwise.ts";
import { fill } from "../tensor/creation.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { Variable } from "../tensor/variable.ts";
import { SlotVariables } from "./slot-variables.ts";

/** Makes an update of gradients. @param due Whether it happens, bool scalar. */
type Update = (gradients: readonly Tensor[], due: Tensor) => void;

/** The gradients that wait for an update. */
export class GradientAccumulation {
  /** How many make one. */
  readonly steps: number;
  /** How many of the present group there are, int32 scalar. */
  readonly #count: Variable;
  readonly #sums: SlotVariables;

  private constructor(owner: string, steps: number) {
    this.steps = steps;
    this.#count = new Variable(fill([], 0, "int32"), { name: `${owner}/accumulated`, trainable: false });
    this.#sums = new SlotVariables(owner, ({ shape }) => [{ name: "gradientSum", shape, start: 0 }]);
  }

  /**
   * The accumulation that an optimizer's options ask for; undefined where each gradient makes an update.
   *
   * @throws If the number is no integer of at least 1.
   */
  static of(
    className: string,
    owner: string,
    { gradientAccumulationSteps = 1 }: { readonly gradientAccumulationSteps?: number },
  ): GradientAccumulation | undefined {
    checkInteger(className, "gradientAccumulationSteps", gradientAccumulationSteps, 1);
    return gradientAccumulationSteps > 1 ? new GradientAccumulation(owner, gradientAccumulationSteps) : undefined;
  }

  /** Creates the state for variables. */
  build(variables: readonly Variable[]): void {
    for (const variable of variables) this.#sums.of(variable);
  }

  /** The count and the sums, for saving. */
  get variables(): readonly Variable[] {
    return [this.#count, ...this.#sums.variables];
  }

  /** Adds gradients to the group; the last of it makes an update by their mean. */
  add(gradients: readonly Tensor[], variables: readonly Variable[], update: Update): void {
    const count = add(this.#count, 1);
    const due = greaterEqual(count, this.steps);
    const kept = this.#sumsOf(variables);
    const sums = kept.map((sum, index) => add(sum, gradients[index] as Tensor));
    update(
      sums.map((sum) => divide(sum, this.steps)),
      due,
    );
    for (const [index, sum] of kept.entries()) sum.assign(where(due, 0, sums[index] as Tensor));
    this.#count.assign(where(due, 0, count));
  }

  /** Makes an update of an incomplete group, by the mean of what there is; of none it makes nothing. */
  flush(variables: readonly Variable[], update: Update): void {
    const sums = this.#sumsOf(variables);
    const count = maximum(this.#count, 1);
    update(
      sums.map((sum) => divide(sum, count)),
      greater(this.#count, 0),
    );
    for (const sum of sums) sum.assign(fill(sum.shape, 0));
    this.#count.assign(fill([], 0, "int32"));
  }

  #sumsOf(variables: readonly Variable[]): readonly Variable[] {
    return variables.flatMap((variable) => this.#sums.of(variable));
  }

  config(): Configuration {
    return { gradientAccumulationSteps: this.steps };
  }
}
