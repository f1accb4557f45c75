/**
 * Dropout, in training only:
 *
 *   out[i] = in[i] / (1 - rate) with probability 1 - rate, else 0
 *
 * so that the expected value stays; in inference the identity. Each call draws a fresh mask from the layer's own
 * generator, whose state `generator` (int32 `[2]`: seed, draws so far) is saved with the weights.
 *
 * Input and output of any shape. Srivastava et al. (2014).
 */
import type { Shape } from "../graph/shape.ts";
import { DropoutLayer, type DropoutOptions } from "./dropout-layer.ts";

/** Random zeros in training. Made by `dropout`. */
export class Dropout extends DropoutLayer {
  static readonly className = "dropout";
  readonly className = Dropout.className;

  constructor(options: DropoutOptions) {
    super("dropout", options);
  }

  protected maskShape(shape: Shape): Shape {
    return shape;
  }
}

/**
 * Drops a random fraction of its inputs in training; input and output of any shape.
 *
 * @throws If `rate` is outside [0, 1].
 * @example
 * layers.dropout({ rate: 0.5 });
 */
export function dropout(options: DropoutOptions): Dropout {
  return new Dropout(options);
}
