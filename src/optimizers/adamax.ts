/**
 * Adamax: Adam with the decayed largest magnitude of the gradient in place of its root mean square (Kingma and Ba, 2015, section 7):
 *
 *   m ← m + (1 - beta1) · (g - m)
 *   u ← max(beta2 · u, |g|)
 *   w ← w - learningRate / (1 - beta1ᵗ) · m / (u + epsilon)
 */
import { checkNumber } from "../graph/options.ts";
import type { Configuration } from "../graph/registry.ts";
import { abs, add, divide, maximum, multiply, subtract } from "../ops/elementwise.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { oneMinusPower, towards } from "./moments.ts";
import { Optimizer, type UpdateContext } from "./optimizer.ts";
import { checkOptimizerOptions, type OptimizerOptions } from "./optimizer-options.ts";

export interface AdamaxOptions extends OptimizerOptions {
  /** The decay of the gradient's mean, in [0, 1); default 0.9. */
  beta1?: number;
  /** The decay of the largest magnitude, in [0, 1); default 0.999. */
  beta2?: number;
  /** Keeps the division finite, above 0; default 1e-7. */
  epsilon?: number;
}

/** Adamax. Made by `adamax`. */
export class Adamax extends Optimizer<Tensor> {
  static readonly className = "adamax";
  readonly className = Adamax.className;
  readonly beta1: number;
  readonly beta2: number;
  readonly epsilon: number;
  protected readonly slotNames = ["m", "norm"];

  /** The default learning rate is 0.001. */
  constructor(options: AdamaxOptions = {}) {
    checkOptimizerOptions("adamax", options, { beta1: true, beta2: true, epsilon: true });
    super("adamax", 0.001, options);
    const { beta1 = 0.9, beta2 = 0.999, epsilon = 1e-7 } = options;
    checkNumber("adamax", "beta1", beta1, { minimum: 0, below: 1 });
    checkNumber("adamax", "beta2", beta2, { minimum: 0, below: 1 });
    checkNumber("adamax", "epsilon", epsilon, { above: 0 });
    this.beta1 = beta1;
    this.beta2 = beta2;
    this.epsilon = epsilon;
  }

  /** The step size with the mean's bias corrected. */
  protected prepare({ learningRate, step }: UpdateContext): Tensor {
    return divide(learningRate, oneMinusPower(this.beta1, step));
  }

  protected update(value: Tensor, gradient: Tensor, slots: readonly Tensor[], stepSize: Tensor) {
    const [m, norm] = slots as readonly [Tensor, Tensor];
    const mean = towards(m, gradient, this.beta1);
    const largest = maximum(multiply(norm, this.beta2), abs(gradient));
    const step = divide(multiply(mean, stepSize), add(largest, this.epsilon));
    return { value: subtract(value, step), slots: [mean, largest] };
  }

  override config(): Configuration {
    const { beta1, beta2, epsilon } = this;
    return { ...super.config(), beta1, beta2, epsilon };
  }
}
