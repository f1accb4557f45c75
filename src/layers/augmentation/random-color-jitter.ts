/**
 * RandomColorJitter, in training only, changes each image's brightness, contrast, saturation and hue at random, one after the
 * other, as the layers RandomBrightness, RandomContrast, RandomSaturation and RandomHue do.
 *
 * In inference the identity. Input and output `[batch, height, width, channels]`, with three channels where saturation or hue
 * changes; the state `generator` is saved with the weights.
 */
import type { Configuration } from "../../graph/registry.ts";
import type { Shape } from "../../graph/shape.ts";
import type { Tensor } from "../../tensor/tensor.ts";
import { checkLayerOptions } from "../layer.ts";
import type { RandomLayerOptions } from "../random-layer.ts";
import { brightness, type ColorAdjustment, contrast, hue, saturation } from "./color-adjustments.ts";
import { type Factor, type Range, valueRangeOf } from "./factor.ts";
import { RandomImageLayer } from "./random-image-layer.ts";

export interface RandomColorJitterOptions extends RandomLayerOptions {
  /** As `factor` of `randomBrightness`; default no change. */
  brightnessFactor?: Factor;
  /** As `factor` of `randomContrast`; default no change. */
  contrastFactor?: Factor;
  /** As `factor` of `randomSaturation`; default no change. */
  saturationFactor?: Factor;
  /** As `factor` of `randomHue`; default no change. */
  hueFactor?: Factor;
  /** The least and the largest value of a pixel; default `[0, 255]`. Results stay within. */
  valueRange?: Range;
}

/** In the order in which they happen. */
const adjustments = [
  ["brightnessFactor", brightness],
  ["contrastFactor", contrast],
  ["saturationFactor", saturation],
  ["hueFactor", hue],
] as const;

/** Other colours in training. Made by `randomColorJitter`. */
export class RandomColorJitter extends RandomImageLayer {
  static readonly className = "randomColorJitter";
  readonly className = RandomColorJitter.className;
  readonly valueRange: Range;
  readonly #steps: readonly { readonly option: string; readonly range: Range; readonly adjustment: ColorAdjustment }[];

  constructor(options: RandomColorJitterOptions = {}) {
    checkLayerOptions("randomColorJitter", options, {
      brightnessFactor: true,
      contrastFactor: true,
      saturationFactor: true,
      hueFactor: true,
      valueRange: true,
      seed: true,
    });
    super("randomColorJitter", options);
    this.valueRange = valueRangeOf("randomColorJitter", options.valueRange ?? [0, 255]);
    this.#steps = adjustments.flatMap(([option, adjustment]) => {
      const value = options[option];
      if (value === undefined) return [];
      return [{ option, range: adjustment.rangeOf("randomColorJitter", option, value), adjustment }];
    });
  }

  protected augment(images: Tensor): Tensor {
    const draw = (range: Range) => this.drawFor(images, range);
    return this.#steps.reduce((x, { adjustment, range }) => adjustment.adjust(x, range, this.valueRange, draw), images);
  }

  protected override checkShape(shape: Shape): void {
    super.checkShape(shape);
    if (this.#steps.some(({ adjustment }) => adjustment.needsColours)) this.checkColours(shape);
  }

  override config(): Configuration {
    const factors = Object.fromEntries(this.#steps.map(({ option, range }) => [option, range]));
    return { ...super.config(), ...factors, valueRange: this.valueRange };
  }
}

/**
 * Changes brightness, contrast, saturation and hue of images at random in training.
 *
 * @throws If a factor is out of its range; and, when it is built, if saturation or hue is to change and images have not three channels.
 * @example
 * layers.randomColorJitter({ brightnessFactor: 0.2, contrastFactor: 0.2, saturationFactor: [0.4, 0.6], hueFactor: 0.05 });
 */
export function randomColorJitter(options?: RandomColorJitterOptions): RandomColorJitter {
  return new RandomColorJitter(options);
}
