/**
 * RMSprop: steps divided by the root of the gradient's running mean square (Tieleman and Hinton, 2012), in Keras's form:
 *
 *   v ← rho · v + (1 - rho) · g²;  with `centered` also a ← rho · a + (1 - rho) · g, and v - a² in place of v below
 *   s = learningRate · g / √(v + epsilon)
 *   w ← w - s;  with momentum m ← momentum · m + s and w ← w - m
 */
import { checkBoolean, checkNumber } from "../graph/options.ts";
import type { Configuration } from "../graph/registry.ts";
import { add, multiply, rsqrt, square, subtract } from "../ops/elementwise.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { Optimizer, type UpdateContext } from "./optimizer.ts";
import { checkOptimizerOptions, type OptimizerOptions } from "./optimizer-options.ts";

export interface RMSpropOptions extends OptimizerOptions {
  /** The decay of the mean square, in [0, 1); default 0.9. */
  rho?: number;
  /** How much of the last step stays, in [0, 1]; default 0. */
  momentum?: number;
  /** Keeps the division finite, above 0; default 1e-7. */
  epsilon?: number;
  /** Whether to divide by the variance rather than the mean square; default false. */
  centered?: boolean;
}

/** RMSprop, perhaps centered and with momentum. Made by `rmsprop`. */
export class RMSprop extends Optimizer<Tensor> {
  static readonly className = "rmsprop";
  readonly className = RMSprop.className;
  readonly rho: number;
  readonly momentum: number;
  readonly epsilon: number;
  readonly centered: boolean;
  protected readonly slotNames: readonly string[];

  /** The default learning rate is 0.001. */
  constructor(options: RMSpropOptions = {}) {
    checkOptimizerOptions("rmsprop", options, { rho: true, momentum: true, epsilon: true, centered: true });
    super("rmsprop", 0.001, options);
    const { rho = 0.9, momentum = 0, epsilon = 1e-7, centered = false } = options;
    checkNumber("rmsprop", "rho", rho, { minimum: 0, below: 1 });
    checkNumber("rmsprop", "momentum", momentum, { minimum: 0, maximum: 1 });
    checkNumber("rmsprop", "epsilon", epsilon, { above: 0 });
    checkBoolean("rmsprop", "centered", centered);
    this.rho = rho;
    this.momentum = momentum;
    this.epsilon = epsilon;
    this.centered = centered;
    this.slotNames = ["v", ...(centered ? ["average"] : []), ...(momentum > 0 ? ["momentum"] : [])];
  }

  protected prepare({ learningRate }: UpdateContext): Tensor {
    return learningRate;
  }

  protected update(value: Tensor, gradient: Tensor, slots: readonly Tensor[], learningRate: Tensor) {
    const [v, ...others] = slots as readonly [Tensor, ...Tensor[]];
    const momentum = this.momentum > 0 ? others.at(-1) : undefined;
    const average = this.centered ? others[0] : undefined;
    const towards = (kept: Tensor, met: Tensor) => add(multiply(kept, this.rho), multiply(met, 1 - this.rho));
    const meanSquare = towards(v, square(gradient));
    const mean = average && towards(average, gradient);
    const spread = mean ? subtract(meanSquare, square(mean)) : meanSquare;
    const step = multiply(multiply(gradient, learningRate), rsqrt(add(spread, this.epsilon)));
    const velocity = momentum && add(multiply(momentum, this.momentum), step);
    return {
      value: subtract(value, velocity ?? step),
      slots: [meanSquare, ...(mean ? [mean] : []), ...(velocity ? [velocity] : [])],
    };
  }

  override config(): Configuration {
    const { rho, momentum, epsilon, centered } = this;
    return { ...super.config(), rho, momentum, epsilon, centered };
  }
}
