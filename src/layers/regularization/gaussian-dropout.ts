/**
 * GaussianDropout, in training only: out[i] = in[i] · n, n normally distributed around 1 with the variance rate / (1 - rate).
 *
 * That is the mean and variance of dropout's own factor, 0 or 1 / (1 - rate). In inference the identity. Input and output of
 * any shape; the state `generator` is saved with the weights. Srivastava et al. (2014), section 10.
 */
import { checkNumber } from "../../graph/options.ts";
import type { Configuration } from "../../graph/registry.ts";
import { multiply } from "../../ops/elementwise.ts";
import { randomNormal } from "../../tensor/random.ts";
import type { Tensor } from "../../tensor/tensor.ts";
import { type CallContext, checkLayerOptions } from "../layer.ts";
import { RandomLayer, type RandomLayerOptions } from "../random-layer.ts";

export interface GaussianDropoutOptions extends RandomLayerOptions {
  /** The rate of the dropout whose variance the noise has, in [0, 1). */
  rate: number;
}

/** Multiplied noise in training. Made by `gaussianDropout`. */
export class GaussianDropout extends RandomLayer {
  static readonly className = "gaussianDropout";
  readonly className = GaussianDropout.className;
  override readonly supportsMasking = true;
  readonly rate: number;

  constructor(options: GaussianDropoutOptions) {
    checkLayerOptions("gaussianDropout", options, { rate: true, seed: true });
    super("gaussianDropout", options);
    checkNumber("gaussianDropout", "rate", options.rate, { minimum: 0, below: 1 });
    this.rate = options.rate;
  }

  call(input: Tensor, { training }: CallContext): Tensor {
    const { rate, generator } = this;
    if (!training || rate === 0) return this.checkedInput(input);
    const x = this.checkedFloatInput(input);
    const standardDeviation = Math.sqrt(rate / (1 - rate));
    return multiply(x, randomNormal(x.shape, { mean: 1, standardDeviation, generator }));
  }

  override config(): Configuration {
    return { ...super.config(), rate: this.rate };
  }
}

/**
 * Multiplies by normally distributed noise around 1 in training; input and output of any shape.
 *
 * @throws If `rate` is outside [0, 1).
 * @example
 * layers.gaussianDropout({ rate: 0.3 });
 */
export function gaussianDropout(options: GaussianDropoutOptions): GaussianDropout {
  return new GaussianDropout(options);
}
