/**
 * RandomTranslation, in training only, shifts each image by random parts of its height and width.
 *
 * In inference the identity. Input and output `[batch, height, width, channels]`; the state `generator` is saved with the weights.
 */
import type { Configuration } from "../../graph/registry.ts";
import { multiply } from "../../ops/elementwise.ts";
import type { Tensor } from "../../tensor/tensor.ts";
import { checkLayerOptions } from "../layer.ts";
import { type Factor, rangeOf } from "./factor.ts";
import { RandomAffineLayer, type RandomAffineOptions, randomAffineOptionNames } from "./random-affine-layer.ts";

export interface RandomTranslationOptions extends RandomAffineOptions {
  /** The shift as a part of the height, downwards: `[low, high]`, or a number for both directions. */
  heightFactor: Factor;
  /** The shift as a part of the width, to the right: `[low, high]`, or a number for both directions. */
  widthFactor: Factor;
}

/** Shifted images in training. Made by `randomTranslation`. */
export class RandomTranslation extends RandomAffineLayer {
  static readonly className = "randomTranslation";
  readonly className = RandomTranslation.className;
  readonly heightFactor: readonly [low: number, high: number];
  readonly widthFactor: readonly [low: number, high: number];

  constructor(options: RandomTranslationOptions) {
    checkLayerOptions("randomTranslation", options, {
      ...randomAffineOptionNames,
      heightFactor: true,
      widthFactor: true,
    });
    super("randomTranslation", options);
    this.heightFactor = rangeOf("randomTranslation", "heightFactor", options.heightFactor);
    this.widthFactor = rangeOf("randomTranslation", "widthFactor", options.widthFactor);
  }

  protected coefficients(batch: number, height: number, width: number): readonly (Tensor | number)[] {
    const down = multiply(this.draw(batch, this.heightFactor), -height);
    const across = multiply(this.draw(batch, this.widthFactor), -width);
    return [1, 0, across, 0, 1, down];
  }

  override config(): Configuration {
    return { ...super.config(), heightFactor: this.heightFactor, widthFactor: this.widthFactor };
  }
}

/**
 * Shifts images at random in training; input and output `[batch, height, width, channels]`.
 *
 * @throws If a factor is neither a number of at least 0 nor `[low, high]`.
 * @example
 * layers.randomTranslation({ heightFactor: 0.1, widthFactor: 0.1 });
 */
export function randomTranslation(options: RandomTranslationOptions): RandomTranslation {
  return new RandomTranslation(options);
}
