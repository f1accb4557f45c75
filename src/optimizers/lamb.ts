/**
 * LAMB: Adam's step, scaled for each variable to the norm of its weights, for very large batches (You et al., 2020):
 *
 *   m ← m + (1 - beta1) · (g - m)
 *   v ← v + (1 - beta2) · (g² - v)
 *   s = m / (1 - beta1ᵗ) / (√(v / (1 - beta2ᵗ)) + epsilon)
 *   w ← w - learningRate · ‖w‖ / ‖s‖ · s, with the ratio 1 where either norm is 0
 */
import { checkNumber } from "../graph/options.ts";
import type { Configuration } from "../graph/registry.ts";
import { add, divide, greater, logicalAnd, multiply, sqrt, square, subtract, where } from "../ops/elementwise.ts";
import { sum } from "../ops/reduce.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { oneMinusPower, towards } from "./moments.ts";
import { Optimizer, type UpdateContext } from "./optimizer.ts";
import { checkOptimizerOptions, type OptimizerOptions } from "./optimizer-options.ts";

export interface LambOptions extends OptimizerOptions {
  /** The decay of the gradient's mean, in [0, 1); default 0.9. */
  beta1?: number;
  /** The decay of its square's mean, in [0, 1); default 0.999. */
  beta2?: number;
  /** Keeps the division finite, above 0; default 1e-7. */
  epsilon?: number;
}

/** The scalars of an update. */
interface LambFactors {
  readonly learningRate: Tensor;
  /** 1 / (1 - beta1ᵗ). */
  readonly ofMean: Tensor;
  /** 1 / (1 - beta2ᵗ). */
  readonly ofSquare: Tensor;
}

/** LAMB. Made by `lamb`. */
export class Lamb extends Optimizer<LambFactors> {
  static readonly className = "lamb";
  readonly className = Lamb.className;
  readonly beta1: number;
  readonly beta2: number;
  readonly epsilon: number;
  protected readonly slotNames = ["m", "v"];

  /** The default learning rate is 0.001. */
  constructor(options: LambOptions = {}) {
    checkOptimizerOptions("lamb", options, { beta1: true, beta2: true, epsilon: true });
    super("lamb", 0.001, options);
    const { beta1 = 0.9, beta2 = 0.999, epsilon = 1e-7 } = options;
    checkNumber("lamb", "beta1", beta1, { minimum: 0, below: 1 });
    checkNumber("lamb", "beta2", beta2, { minimum: 0, below: 1 });
    checkNumber("lamb", "epsilon", epsilon, { above: 0 });
    this.beta1 = beta1;
    this.beta2 = beta2;
    this.epsilon = epsilon;
  }

  protected prepare({ learningRate, step }: UpdateContext): LambFactors {
    return {
      learningRate,
      ofMean: divide(1, oneMinusPower(this.beta1, step)),
      ofSquare: divide(1, oneMinusPower(this.beta2, step)),
    };
  }

  protected update(value: Tensor, gradient: Tensor, slots: readonly Tensor[], factors: LambFactors) {
    const [m, v] = slots as readonly [Tensor, Tensor];
    const mean = towards(m, gradient, this.beta1);
    const meanSquare = towards(v, square(gradient), this.beta2);
    const root = add(sqrt(multiply(meanSquare, factors.ofSquare)), this.epsilon);
    const step = divide(multiply(mean, factors.ofMean), root);
    const [weights, steps] = [sum(square(value)), sum(square(step))];
    const both = logicalAnd(greater(weights, 0), greater(steps, 0));
    const ratio = where(both, sqrt(divide(weights, where(both, steps, 1))), 1);
    return {
      value: subtract(value, multiply(step, multiply(ratio, factors.learningRate))),
      slots: [mean, meanSquare],
    };
  }

  override config(): Configuration {
    const { beta1, beta2, epsilon } = this;
    return { ...super.config(), beta1, beta2, epsilon };
  }
}
