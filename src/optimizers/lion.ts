/**
 * Lion: steps of one size whose direction is the sign of an interpolated momentum (Chen et al., 2023):
 *
 *   w ← w - learningRate · sign(beta1 · m + (1 - beta1) · g)
 *   m ← beta2 · m + (1 - beta2) · g
 *
 * A third to a tenth of Adam's learning rate suits it, with as much more weight decay.
 */
import { checkNumber } from "../graph/options.ts";
import type { Configuration } from "../graph/registry.ts";
import { add, multiply, sign, subtract } from "../ops/elementwise.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { Optimizer, type UpdateContext } from "./optimizer.ts";
import { checkOptimizerOptions, type OptimizerOptions } from "./optimizer-options.ts";

export interface LionOptions extends OptimizerOptions {
  /** How much of the momentum is in the direction of a step, in [0, 1); default 0.9. */
  beta1?: number;
  /** The decay of the momentum, in [0, 1); default 0.99. */
  beta2?: number;
}

/** Lion. Made by `lion`. */
export class Lion extends Optimizer<Tensor> {
  static readonly className = "lion";
  readonly className = Lion.className;
  readonly beta1: number;
  readonly beta2: number;
  protected readonly slotNames = ["momentum"];

  /** The default learning rate is 0.001. */
  constructor(options: LionOptions = {}) {
    checkOptimizerOptions("lion", options, { beta1: true, beta2: true });
    super("lion", 0.001, options);
    const { beta1 = 0.9, beta2 = 0.99 } = options;
    checkNumber("lion", "beta1", beta1, { minimum: 0, below: 1 });
    checkNumber("lion", "beta2", beta2, { minimum: 0, below: 1 });
    this.beta1 = beta1;
    this.beta2 = beta2;
  }

  protected prepare({ learningRate }: UpdateContext): Tensor {
    return learningRate;
  }

  protected update(value: Tensor, gradient: Tensor, slots: readonly Tensor[], learningRate: Tensor) {
    const [momentum] = slots as readonly [Tensor];
    const mixed = (beta: number) => add(multiply(momentum, beta), multiply(gradient, 1 - beta));
    return { value: subtract(value, multiply(sign(mixed(this.beta1)), learningRate)), slots: [mixed(this.beta2)] };
  }

  override config(): Configuration {
    return { ...super.config(), beta1: this.beta1, beta2: this.beta2 };
  }
}
