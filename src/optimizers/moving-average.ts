/**
 * MovingAverage: an exponential moving average of weights (Polyak and Juditsky, 1992), which often predicts better than the last
 * weights: a ← emaMomentum · a + (1 - emaMomentum) · w after each update; after the first one a = w.
 */
import { checkBoolean, checkInteger, checkNumber } from "../graph/options.ts";
import type { Configuration } from "../graph/registry.ts";
import { add, multiply, subtract, where } from "../ops/elementwise.ts";
import { fill } from "../tensor/creation.ts";
import { Tensor } from "../tensor/tensor.ts";
import { activeTrace } from "../tensor/trace.ts";
import { Variable } from "../tensor/variable.ts";
import { SlotVariables } from "./slot-variables.ts";

interface MovingAverageOptions {
  readonly useEma?: boolean;
  readonly emaMomentum?: number;
  readonly emaOverwriteFrequency?: number;
}

/** What an update makes of a variable's new value and its average. */
interface Averaged {
  readonly value: Tensor;
  /** Where the average is kept. */
  readonly variable: Variable;
  readonly average: Tensor;
}

/** The averages of an optimizer's variables. */
export class MovingAverage {
  readonly #owner: string;
  readonly #momentum: number;
  readonly #overwriteFrequency: number | undefined;
  readonly #averages: SlotVariables;
  #swapped = false;

  private constructor(owner: string, momentum: number, overwriteFrequency: number | undefined) {
    this.#owner = owner;
    this.#momentum = momentum;
    this.#overwriteFrequency = overwriteFrequency;
    // A trace may not read values. There a new average starts from 0, which the first update replaces.
    this.#averages = new SlotVariables(owner, ({ shape, node }) => [
      { name: "average", shape, start: activeTrace() ? 0 : new Tensor(node) },
    ]);
  }

  /**
   * The averages that an optimizer's options ask for, if they do.
   *
   * @throws If an option is out of range, or one is given without `useEma`.
   */
  static of(className: string, owner: string, options: MovingAverageOptions): MovingAverage | undefined {
    const { useEma = false, emaMomentum, emaOverwriteFrequency } = options;
    checkBoolean(className, "useEma", useEma);
    if (emaMomentum !== undefined) checkNumber(className, "emaMomentum", emaMomentum, { minimum: 0, maximum: 1 });
    if (emaOverwriteFrequency !== undefined) checkInteger(className, "emaOverwriteFrequency", emaOverwriteFrequency, 1);
    if (useEma) return new MovingAverage(owner, emaMomentum ?? 0.99, emaOverwriteFrequency);
    if (emaMomentum === undefined && emaOverwriteFrequency === undefined) return undefined;
    throw new TypeError(
      `${className}: ${emaMomentum === undefined ? "emaOverwriteFrequency" : "emaMomentum"} has no effect without useEma: true`,
    );
  }

  /** All averages, for saving. */
  get variables(): readonly Variable[] {
    return this.#averages.variables;
  }

  /** Whether weights and averages are exchanged. */
  get swapped(): boolean {
    return this.#swapped;
  }

  /** Where a variable's average is kept. */
  averageOf(variable: Variable): Variable {
    return this.#averages.of(variable)[0] as Variable;
  }

  /**
   * One update's rule for all variables.
   *
   * @param isFirst Whether it is the optimizer's first update, bool scalar.
   * @param every Whether the update's number is a multiple of a frequency, bool scalar.
   */
  at(isFirst: Tensor, every: (frequency: number) => Tensor): (variable: Variable, value: Tensor) => Averaged {
    const momentum = where(isFirst, 0, fill([], this.#momentum));
    const overwrite = this.#overwriteFrequency === undefined ? undefined : every(this.#overwriteFrequency);
    return (variable, value) => {
      const last = this.averageOf(variable);
      const average = add(multiply(last, momentum), multiply(value, subtract(1, momentum)));
      return { value: overwrite ? where(overwrite, average, value) : value, variable: last, average };
    };
  }

  /** Exchanges weights and averages. */
  swap(variables: readonly Variable[]): void {
    this.#exchange(variables, "swapEma", (variable, average) => {
      const weights = new Tensor(variable.node);
      variable.assign(new Tensor(average.node));
      average.assign(weights);
    });
    this.#swapped = !this.#swapped;
  }

  /** Gives the weights their averages. */
  finalize(variables: readonly Variable[]): void {
    this.#exchange(variables, "finalizeEma", (variable, average) => {
      if (this.#swapped) average.assign(new Tensor(variable.node));
      else variable.assign(new Tensor(average.node));
    });
    this.#swapped = false;
  }

  #exchange(
    variables: readonly Variable[],
    method: string,
    change: (variable: Variable, average: Variable) => void,
  ): void {
    if (activeTrace())
      throw new Error(
        `${this.#owner}: ${method} cannot be called inside a function traced by jit; call it between runs`,
      );
    const changed = variables.flatMap((variable) => [variable, this.averageOf(variable)] as const);
    for (const variable of variables) change(variable, this.averageOf(variable));
    Variable.materialize(changed);
  }

  config(): Configuration {
    const emaOverwriteFrequency = this.#overwriteFrequency;
    return {
      useEma: true,
      emaMomentum: this.#momentum,
      ...(emaOverwriteFrequency !== undefined && { emaOverwriteFrequency }),
    };
  }
}
