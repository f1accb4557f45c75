/**
 * Adagrad: steps divided by the root of the sum of all squared gradients (Duchi, Hazan and Singer, 2011):
 *
 *   a ← a + g²
 *   w ← w - learningRate · g / √(a + epsilon)
 */
import { checkNumber } from "../graph/options.ts";
import type { Configuration } from "../graph/registry.ts";
import { add, multiply, rsqrt, square, subtract } from "../ops/elementwise.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { Optimizer, type UpdateContext } from "./optimizer.ts";
import { checkOptimizerOptions, type OptimizerOptions } from "./optimizer-options.ts";

export interface AdagradOptions extends OptimizerOptions {
  /** What the sums start from, at least 0; default 0.1. */
  initialAccumulatorValue?: number;
  /** Keeps the division finite, above 0; default 1e-7. */
  epsilon?: number;
}

/** Adagrad. Made by `adagrad`. */
export class Adagrad extends Optimizer<Tensor> {
  static readonly className = "adagrad";
  readonly className = Adagrad.className;
  readonly epsilon: number;
  protected readonly slotNames = ["accumulator"];
  protected override readonly slotStart: number;

  /** The default learning rate is 0.001. */
  constructor(options: AdagradOptions = {}) {
    checkOptimizerOptions("adagrad", options, { initialAccumulatorValue: true, epsilon: true });
    super("adagrad", 0.001, options);
    const { initialAccumulatorValue = 0.1, epsilon = 1e-7 } = options;
    checkNumber("adagrad", "initialAccumulatorValue", initialAccumulatorValue, { minimum: 0 });
    checkNumber("adagrad", "epsilon", epsilon, { above: 0 });
    this.slotStart = initialAccumulatorValue;
    this.epsilon = epsilon;
  }

  protected prepare({ learningRate }: UpdateContext): Tensor {
    return learningRate;
  }

  protected update(value: Tensor, gradient: Tensor, slots: readonly Tensor[], learningRate: Tensor) {
    const [accumulator] = slots as readonly [Tensor];
    const total = add(accumulator, square(gradient));
    const step = multiply(multiply(gradient, learningRate), rsqrt(add(total, this.epsilon)));
    return { value: subtract(value, step), slots: [total] };
  }

  override config(): Configuration {
    return { ...super.config(), initialAccumulatorValue: this.slotStart, epsilon: this.epsilon };
  }
}
