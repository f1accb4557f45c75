/**
 * Stochastic gradient descent, with momentum if asked for, in Keras's form:
 *
 *   without momentum  w ← w - learningRate · g
 *   momentum          m ← momentum · m - learningRate · g;  w ← w + m
 *   Nesterov          m ← momentum · m - learningRate · g;  w ← w + momentum · m - learningRate · g
 *
 * Sutskever et al. (2013).
 */
import { checkBoolean, checkNumber } from "../graph/options.ts";
import type { Configuration } from "../graph/registry.ts";
import { add, multiply, subtract } from "../ops/elementwise.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { Optimizer, type UpdateContext } from "./optimizer.ts";
import { checkOptimizerOptions, type OptimizerOptions } from "./optimizer-options.ts";

export interface SGDOptions extends OptimizerOptions {
  /** How much of the last step stays, in [0, 1]; default 0. */
  momentum?: number;
  /** Whether to look ahead along the momentum; default false. */
  nesterov?: boolean;
}

/** Gradient descent with or without momentum. Made by `sgd`. */
export class SGD extends Optimizer<Tensor> {
  static readonly className = "sgd";
  readonly className = SGD.className;
  readonly momentum: number;
  readonly nesterov: boolean;
  protected readonly slotNames: readonly string[];

  /** The default learning rate is 0.01. */
  constructor(options: SGDOptions = {}) {
    checkOptimizerOptions("sgd", options, { momentum: true, nesterov: true });
    super("sgd", 0.01, options);
    const { momentum = 0, nesterov = false } = options;
    checkNumber("sgd", "momentum", momentum, { minimum: 0, maximum: 1 });
    checkBoolean("sgd", "nesterov", nesterov);
    this.momentum = momentum;
    this.nesterov = nesterov;
    this.slotNames = momentum > 0 ? ["momentum"] : [];
  }

  protected prepare({ learningRate }: UpdateContext): Tensor {
    return learningRate;
  }

  protected update(value: Tensor, gradient: Tensor, [momentum]: readonly Tensor[], learningRate: Tensor) {
    const step = multiply(gradient, learningRate);
    if (!momentum) return { value: subtract(value, step), slots: [] };
    const velocity = subtract(multiply(momentum, this.momentum), step);
    const ahead = this.nesterov ? subtract(multiply(velocity, this.momentum), step) : velocity;
    return { value: add(value, ahead), slots: [velocity] };
  }

  override config(): Configuration {
    return { ...super.config(), momentum: this.momentum, nesterov: this.nesterov };
  }
}
