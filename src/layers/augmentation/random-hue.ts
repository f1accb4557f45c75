/**
 * RandomHue, in training only, turns the colours of each image around the colour circle, by a random part of half a turn in a
 * random direction.
 *
 * In inference the identity. Input and output `[batch, height, width, 3]`; the state `generator` is saved with the weights.
 */
import { hue } from "./color-adjustments.ts";
import { RandomColorLayer, type RandomColorOptions } from "./random-color-layer.ts";

/** Other hues in training. Made by `randomHue`. */
export class RandomHue extends RandomColorLayer {
  static readonly className = "randomHue";
  readonly className = RandomHue.className;

  constructor(options: RandomColorOptions) {
    super("randomHue", options, hue);
  }
}

/**
 * Changes the hues of images at random in training; input and output `[batch, height, width, 3]`.
 *
 * @param options `factor`: `[low, high]` within [0, 1], parts of half a turn; a number for `[0, number]`.
 * @throws If the factor is out of range, or `valueRange` is no range; and, when it is built, if images have not three channels.
 * @example
 * layers.randomHue({ factor: 0.1 });
 */
export function randomHue(options: RandomColorOptions): RandomHue {
  return new RandomHue(options);
}
