/**
 * Adam: steps scaled by running means of the gradient and its square (Kingma and Ba, 2015), in Keras's form, which takes the
 * correction of the bias into the step size and adds epsilon to the uncorrected root:
 *
 *   m ← m + (1 - beta1) · (g - m)
 *   v ← v + (1 - beta2) · (g² - v)
 *   w ← w - learningRate · √(1 - beta2ᵗ) / (1 - beta1ᵗ) · m / (√v + epsilon)
 *
 * With `amsgrad` the largest v so far takes the place of v in the step (Reddi et al., 2018).
 */
import { checkBoolean, checkNumber } from "../graph/options.ts";
import type { Configuration } from "../graph/registry.ts";
import { add, divide, maximum, multiply, sqrt, square, subtract } from "../ops/elementwise.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { oneMinusPower, towards } from "./moments.ts";
import { Optimizer, type UpdateContext } from "./optimizer.ts";
import { checkOptimizerOptions, type OptimizerOptions } from "./optimizer-options.ts";

export interface AdamOptions extends OptimizerOptions {
  /** The decay of the gradient's mean, in [0, 1); default 0.9. */
  beta1?: number;
  /** The decay of its square's mean, in [0, 1); default 0.999. */
  beta2?: number;
  /** Keeps the division finite, above 0; default 1e-7. */
  epsilon?: number;
  /** Whether steps may only shrink with the largest square so far; default false. */
  amsgrad?: boolean;
}

/** Adam, perhaps with AMSGrad. Made by `adam`. */
export class Adam extends Optimizer<Tensor> {
  static readonly className: string = "adam";
  readonly className: string = Adam.className;
  readonly beta1: number;
  readonly beta2: number;
  readonly epsilon: number;
  readonly amsgrad: boolean;
  protected readonly slotNames: readonly string[];

  /** The default learning rate is 0.001. */
  constructor(options: AdamOptions = {}, className: string = Adam.className) {
    checkOptimizerOptions(className, options, { beta1: true, beta2: true, epsilon: true, amsgrad: true });
    super(className, 0.001, options);
    const { beta1 = 0.9, beta2 = 0.999, epsilon = 1e-7, amsgrad = false } = options;
    checkNumber(className, "beta1", beta1, { minimum: 0, below: 1 });
    checkNumber(className, "beta2", beta2, { minimum: 0, below: 1 });
    checkNumber(className, "epsilon", epsilon, { above: 0 });
    checkBoolean(className, "amsgrad", amsgrad);
    this.beta1 = beta1;
    this.beta2 = beta2;
    this.epsilon = epsilon;
    this.amsgrad = amsgrad;
    this.slotNames = amsgrad ? ["m", "v", "vMax"] : ["m", "v"];
  }

  /** The step size with both biases corrected, the same for all weights. */
  protected prepare({ learningRate, step }: UpdateContext): Tensor {
    return multiply(learningRate, divide(sqrt(oneMinusPower(this.beta2, step)), oneMinusPower(this.beta1, step)));
  }

  protected update(value: Tensor, gradient: Tensor, slots: readonly Tensor[], stepSize: Tensor) {
    const [m, v, vMax] = slots as readonly [Tensor, Tensor, Tensor?];
    const mean = towards(m, gradient, this.beta1);
    const meanSquare = towards(v, square(gradient), this.beta2);
    const largest = vMax && maximum(vMax, meanSquare);
    const root = add(sqrt(largest ?? meanSquare), this.epsilon);
    return {
      value: subtract(value, divide(multiply(mean, stepSize), root)),
      slots: largest ? [mean, meanSquare, largest] : [mean, meanSquare],
    };
  }

  override config(): Configuration {
    const { beta1, beta2, epsilon, amsgrad } = this;
    return { ...super.config(), beta1, beta2, epsilon, amsgrad };
  }
}
