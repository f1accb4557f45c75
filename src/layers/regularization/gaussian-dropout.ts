/**
 * GaussianDropout, in training only: out[i] = in[i] · n, n normally distributed around 1 with the variance rate / (1 - rate).
 *
 * That is the mean and variance of dropout's own factor, 0 or 1 / (1 - rate). In inference the identity. Input and output of
 * any shape; the state `generator` is saved with the weights. Srivastava et al. (2014), section 10.
 */
import { multiply } from "../../ops/elementwise.ts";
import { randomNormal } from "../../tensor/random.ts";
import type { Tensor } from "../../tensor/tensor.ts";
import type { RandomLayerOptions } from "../random-layer.ts";
import { DropoutLayer } from "./dropout-layer.ts";

export interface GaussianDropoutOptions extends RandomLayerOptions {
  /** The rate of the dropout whose variance the noise has, in [0, 1). */
  rate: number;
}

/** Multiplied noise in training. Made by `gaussianDropout`. */
export class GaussianDropout extends DropoutLayer {
  static readonly className = "gaussianDropout";
  readonly className = GaussianDropout.className;

  constructor(options: GaussianDropoutOptions) {
    super("gaussianDropout", options, { minimum: 0, below: 1 });
  }

  protected drop(x: Tensor): Tensor {
    const { rate, generator } = this;
    const standardDeviation = Math.sqrt(rate / (1 - rate));
    return multiply(x, randomNormal(x.shape, { mean: 1, standardDeviation, generator }));
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
