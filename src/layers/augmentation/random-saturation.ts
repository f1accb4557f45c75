/**
 * RandomSaturation, in training only, makes the colours of each image stronger or weaker: it multiplies the saturation by
 * factor / (1 - factor) with a random factor, so that 0 leaves shades of grey, ½ changes nothing, and 1 gives full colours.
 *
 * In inference the identity. Input and output `[batch, height, width, 3]`; the state `generator` is saved with the weights.
 */
import { saturation } from "./color-adjustments.ts";
import { RandomColorLayer, type RandomColorOptions } from "./random-color-layer.ts";

/** Stronger and weaker colours in training. Made by `randomSaturation`. */
export class RandomSaturation extends RandomColorLayer {
  static readonly className = "randomSaturation";
  readonly className = RandomSaturation.className;

  constructor(options: RandomColorOptions) {
    super("randomSaturation", options, saturation);
  }
}

/**
 * Changes the saturation of images at random in training; input and output `[batch, height, width, 3]`.
 *
 * @param options `factor`: `[low, high]` within [0, 1], of which ½ changes nothing; a number for `[0, number]`.
 * @throws If the factor is out of range, or `valueRange` is no range; and, when it is built, if images have not three channels.
 * @example
 * layers.randomSaturation({ factor: [0.4, 0.6] });
 */
export function randomSaturation(options: RandomColorOptions): RandomSaturation {
  return new RandomSaturation(options);
}
