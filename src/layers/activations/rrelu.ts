/**
 * RReLU, a leaky rectifier whose slope for negative inputs is drawn anew for each value in training:
 *
 *   out = in where in > 0, else a · in
 *
 * a from a uniform distribution in [lower, upper), in inference its mean. Input and output of any shape; the state `generator` is
 * saved with the weights. Xu et al., "Empirical evaluation of rectified activations in convolutional network" (2015).
 */
import { checkNumber } from "../../graph/options.ts";
import type { Configuration } from "../../graph/registry.ts";
import { add, greater, multiply, where } from "../../ops/elementwise.ts";
import { randomUniform } from "../../tensor/random.ts";
import type { Tensor } from "../../tensor/tensor.ts";
import { type CallContext, checkLayerOptions } from "../layer.ts";
import { RandomLayer, type RandomLayerOptions } from "../random-layer.ts";

export interface RReLUOptions extends RandomLayerOptions {
  /** The least slope, at least 0; default 1/8. */
  lower?: number;
  /** The largest slope, at least `lower`; default 1/3. */
  upper?: number;
}

/** A rectifier with a random slope for negative inputs. Made by `rReLU`. */
export class RReLU extends RandomLayer {
  static readonly className = "rReLU";
  readonly className = RReLU.className;
  override readonly supportsMasking = true;
  readonly lower: number;
  readonly upper: number;

  constructor(options: RReLUOptions = {}) {
    checkLayerOptions("rReLU", options, { lower: true, upper: true, seed: true });
    super("rReLU", options);
    const { lower = 1 / 8, upper = 1 / 3 } = options;
    checkNumber("rReLU", "lower", lower, { minimum: 0 });
    checkNumber("rReLU", "upper", upper, { minimum: lower });
    this.lower = lower;
    this.upper = upper;
  }

  call(input: Tensor, { training }: CallContext): Tensor {
    const { lower, upper, generator } = this;
    const x = this.checkedFloatInput(input);
    const slope = training
      ? add(multiply(randomUniform(x.shape, { generator }), upper - lower), lower)
      : (lower + upper) / 2;
    return where(greater(x, 0), x, multiply(x, slope));
  }

  override config(): Configuration {
    return { ...super.config(), lower: this.lower, upper: this.upper };
  }
}

/**
 * A rectifier whose slope for negative inputs is random in training.
 *
 * @throws If `lower` is below 0 or above `upper`.
 * @example
 * layers.rReLU({ lower: 0.1, upper: 0.3 });
 */
export function rReLU(options?: RReLUOptions): RReLU {
  return new RReLU(options);
}
