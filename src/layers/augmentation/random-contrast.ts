/**
 * RandomContrast, in training only, moves the pixels of each image away from the mean of their channel, or towards it:
 *
 *   out = clip((in - mean) · factor + mean, low, high), with [low, high] the valueRange
 *
 * In inference the identity. Input and output `[batch, height, width, channels]`; the state `generator` is saved with the weights.
 */
import { contrast } from "./color-adjustments.ts";
import { RandomColorLayer, type RandomColorOptions } from "./random-color-layer.ts";

/** Stronger and weaker contrasts in training. Made by `randomContrast`. */
export class RandomContrast extends RandomColorLayer {
  static readonly className = "randomContrast";
  readonly className = RandomContrast.className;

  constructor(options: RandomColorOptions) {
    super("randomContrast", options, contrast);
  }
}

/**
 * Changes the contrast of images at random in training; input and output `[batch, height, width, channels]`.
 *
 * @param options `factor`: `[lower, upper]`, of at least 0, for factors in [1 - lower, 1 + upper]; a number stands for both.
 * @throws If the factor is out of range, or `valueRange` is no range.
 * @example
 * layers.randomContrast({ factor: 0.3 });
 */
export function randomContrast(options: RandomColorOptions): RandomContrast {
  return new RandomContrast(options);
}
