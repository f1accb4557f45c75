/** Changes of images' colours by random numbers: what the layers RandomBrightness, RandomContrast, … and RandomColorJitter share. */
import { checkNumber, describe } from "../../graph/options.ts";
import { adjustContrast, adjustHue, adjustSaturation } from "../../ops/color.ts";
import { add, clip, divide, greater, multiply, subtract, where } from "../../ops/elementwise.ts";
import type { Tensor } from "../../tensor/tensor.ts";
import { type Factor, fractionsOf, type Range, rangeOf, within } from "./factor.ts";

/** One kind of change. */
export interface ColorAdjustment {
  /** Whether it mixes colours, so that images must have three channels. */
  readonly needsColours: boolean;
  /** Checks an option and gives what it means. */
  rangeOf(owner: string, option: string, value: Factor): Range;
  /**
   * Images changed, float32.
   *
   * @param draw Gives a number of a range for each image, `[batch, 1, 1, 1]`.
   */
  adjust(images: Tensor, range: Range, valueRange: Range, draw: (range: Range) => Tensor): Tensor;
}

export const brightness: ColorAdjustment = {
  needsColours: false,
  rangeOf: (owner, option, value) => within(owner, option, rangeOf(owner, option, value), -1, 1),
  adjust: (images, range, [low, high], draw) => clip(add(images, multiply(draw(range), high - low)), low, high),
};

export const contrast: ColorAdjustment = {
  needsColours: false,
  // Not a range but two distances from 1, of which either may be the larger.
  rangeOf(owner, option, value) {
    const distances: Range = typeof value === "number" ? [value, value] : value;
    if (!Array.isArray(distances) || distances.length !== 2)
      throw new TypeError(`${owner}: ${option} is ${describe(value)}, expected a number or [lower, upper]`);
    const [lower, upper] = distances;
    checkNumber(owner, option, lower, { minimum: 0, maximum: 1 });
    checkNumber(owner, option, upper, { minimum: 0 });
    return [lower, upper];
  },
  adjust: (images, [less, more], [low, high], draw) =>
    clip(adjustContrast(images, draw([1 - less, 1 + more])), low, high),
};

export const saturation: ColorAdjustment = {
  needsColours: true,
  rangeOf: fractionsOf,
  adjust: (images, range, valueRange, draw) => {
    const share = draw(range);
    const factor = divide(share, add(subtract(1, share), 1e-7));
    return inUnitRange(images, valueRange, (x) => adjustSaturation(x, factor));
  },
};

export const hue: ColorAdjustment = {
  needsColours: true,
  rangeOf: fractionsOf,
  adjust: (images, range, valueRange, draw) => {
    const turns = multiply(draw(range), 0.5);
    const signed = where(greater(draw([0, 1]), 0.5), multiply(turns, -1), turns);
    return inUnitRange(images, valueRange, (x) => adjustHue(x, signed));
  },
};

/** Changes images as if their values lay in [0, 1]. */
function inUnitRange(images: Tensor, [low, high]: Range, change: (images: Tensor) => Tensor): Tensor {
  const unit = clip(multiply(subtract(images, low), 1 / (high - low)), 0, 1);
  return add(multiply(clip(change(unit), 0, 1), high - low), low);
}
