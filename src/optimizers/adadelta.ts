/**
 * Adadelta: steps in the units of the weights, from the ratio of the running root mean squares of steps and gradients (Zeiler, 2012):
 *
 *   v ← rho · v + (1 - rho) · g²
 *   s = √(d + epsilon) / √(v + epsilon) · g
 *   d ← rho · d + (1 - rho) · s²
 *   w ← w - learningRate · s
 */
import { checkNumber } from "../graph/options.ts";
import type { Configuration } from "../graph/registry.ts";
import { add, divide, multiply, sqrt, square, subtract } from "../ops/elementwise.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { Optimizer, type UpdateContext } from "./optimizer.ts";
import { checkOptimizerOptions, type OptimizerOptions } from "./optimizer-options.ts";

export interface AdadeltaOptions extends OptimizerOptions {
  /** The decay of both means, in [0, 1); default 0.95. */
  rho?: number;
  /** Keeps the division finite and starts the steps, above 0; default 1e-7. */
  epsilon?: number;
}

/** Adadelta. Made by `adadelta`. */
export class Adadelta extends Optimizer<Tensor> {
  static readonly className = "adadelta";
  readonly className = Adadelta.className;
  readonly rho: number;
  readonly epsilon: number;
  protected readonly slotNames = ["v", "delta"];

  /** The default learning rate is 0.001; the paper's is 1. */
  constructor(options: AdadeltaOptions = {}) {
    checkOptimizerOptions("adadelta", options, { rho: true, epsilon: true });
    super("adadelta", 0.001, options);
    const { rho = 0.95, epsilon = 1e-7 } = options;
    checkNumber("adadelta", "rho", rho, { minimum: 0, below: 1 });
    checkNumber("adadelta", "epsilon", epsilon, { above: 0 });
    this.rho = rho;
    this.epsilon = epsilon;
  }

  protected prepare({ learningRate }: UpdateContext): Tensor {
    return learningRate;
  }

  protected update(value: Tensor, gradient: Tensor, slots: readonly Tensor[], learningRate: Tensor) {
    const [v, delta] = slots as readonly [Tensor, Tensor];
    const decayed = (mean: Tensor, met: Tensor) => add(multiply(mean, this.rho), multiply(square(met), 1 - this.rho));
    const root = (mean: Tensor) => sqrt(add(mean, this.epsilon));
    const meanSquare = decayed(v, gradient);
    const step = multiply(divide(root(delta), root(meanSquare)), gradient);
    return { value: subtract(value, multiply(step, learningRate)), slots: [meanSquare, decayed(delta, step)] };
  }

  override config(): Configuration {
    return { ...super.config(), rho: this.rho, epsilon: this.epsilon };
  }
}
