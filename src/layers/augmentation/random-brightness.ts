/**
 * RandomBrightness, in training only, makes each image lighter or darker by a random amount:
 *
 *   out = clip(in + factor · (high - low), low, high), with [low, high] the valueRange
 *
 * In inference the identity. Input and output `[batch, height, width, channels]`; the state `generator` is saved with the weights.
 */
import { brightness } from "./color-adjustments.ts";
import { RandomColorLayer, type RandomColorOptions } from "./random-color-layer.ts";

/** Lighter and darker images in training. Made by `randomBrightness`. */
export class RandomBrightness extends RandomColorLayer {
  static readonly className = "randomBrightness";
  readonly className = RandomBrightness.className;

  constructor(options: RandomColorOptions) {
    super("randomBrightness", options, brightness);
  }
}

/**
 * Makes images lighter and darker at random in training; input and output `[batch, height, width, channels]`.
 *
 * @param options `factor`: `[low, high]` within [-1, 1], or a number for `[-number, number]`; -1 is black, 1 white.
 * @throws If the factor is out of range, or `valueRange` is no range.
 * @example
 * layers.randomBrightness({ factor: 0.2 });
 */
export function randomBrightness(options: RandomColorOptions): RandomBrightness {
  return new RandomBrightness(options);
}
