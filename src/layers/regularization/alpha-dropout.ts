/**
 * AlphaDropout, in training only, for networks with SELU, whose mean 0 and variance 1 it keeps:
 *
 *   out[i] = a · (in[i] with probability 1 - rate, else α) + b
 *
 * where α ≈ -1.7581 is what SELU gives for very negative inputs, a = ((1 - rate) · (1 + rate · α²))^-½ and b = -a · α · rate.
 * In inference the identity. Input and output of any shape; the state `generator` is saved with the weights. Klambauer et
 * al., "Self-normalizing neural networks" (2017).
 */
import { add, multiply, where } from "../../ops/elementwise.ts";
import { randomBernoulli } from "../../tensor/random.ts";
import type { Tensor } from "../../tensor/tensor.ts";
import type { RandomLayerOptions } from "../random-layer.ts";
import { DropoutLayer } from "./dropout-layer.ts";

/** SELU's scale times its alpha, negated. */
const saturation = -1.0507009873554805 * 1.6732632423543772;

export interface AlphaDropoutOptions extends RandomLayerOptions {
  /** The fraction of inputs to replace, in [0, 1). */
  rate: number;
}

/** Random saturation in training. Made by `alphaDropout`. */
export class AlphaDropout extends DropoutLayer {
  static readonly className = "alphaDropout";
  readonly className = AlphaDropout.className;

  constructor(options: AlphaDropoutOptions) {
    super("alphaDropout", options, { minimum: 0, below: 1 });
  }

  protected drop(x: Tensor): Tensor {
    const { rate, generator } = this;
    const kept = randomBernoulli(x.shape, 1 - rate, { generator });
    const factor = ((1 - rate) * (1 + rate * saturation ** 2)) ** -0.5;
    return add(multiply(where(kept, x, saturation), factor), -factor * saturation * rate);
  }
}

/**
 * Replaces a random fraction of its inputs by SELU's saturation value in training, keeping mean and variance.
 *
 * @throws If `rate` is outside [0, 1).
 * @example
 * layers.alphaDropout({ rate: 0.1 });
 */
export function alphaDropout(options: AlphaDropoutOptions): AlphaDropout {
  return new AlphaDropout(options);
}
