/** Colours of images: hue, saturation and value, shades of grey, and how strongly a picture shows them. */
import { formatShape } from "../graph/shape.ts";
import type { Tensor } from "../tensor/tensor.ts";
import {
  abs,
  add,
  cast,
  clip,
  divide,
  equal,
  greater,
  less,
  maximum,
  minimum,
  mod,
  multiply,
  subtract,
  type TensorLike,
  where,
} from "./elementwise.ts";
import { stack } from "./joining.ts";
import { squeeze } from "./movement.ts";
import { mean } from "./reduce.ts";
import { sliceAxis } from "./slicing.ts";

/** How bright red, green and blue are to the eye, by ITU-R BT.601. */
const luminance = [0.2989, 0.587, 0.114] as const;

/** The three channels, each without the last axis. */
function channelsOf(owner: string, images: Tensor): readonly [Tensor, Tensor, Tensor] {
  if (images.rank === 0 || images.shape.at(-1) !== 3)
    throw new Error(
      `${owner}: the images have the shape ${formatShape(images.shape)}, expected three channels in the last axis, [..., 3]`,
    );
  const channel = (index: number) => squeeze(sliceAxis(cast(images, "float32"), -1, index, index + 1), -1);
  return [channel(0), channel(1), channel(2)];
}

/**
 * Red, green and blue as hue, saturation and value: the hue as a part of a full turn of the colour circle, from red over green
 * and blue; grey has the hue 0.
 *
 * @param images `[..., 3]`, in [0, 1]
 * @returns float32 `[..., 3]`, in [0, 1]
 * @throws If the last axis is not 3.
 * @example
 * await rgbToHsv(tensor([0, 1, 0])).array(); // [1/3, 1, 1]
 */
export function rgbToHsv(images: Tensor): Tensor {
  const [red, green, blue] = channelsOf("rgbToHsv", images);
  const value = maximum(maximum(red, green), blue);
  const range = subtract(value, minimum(minimum(red, green), blue));
  const isColour = greater(range, 0);
  const norm = divide(1 / 6, where(isColour, range, 1));
  const sector = (from: Tensor, to: Tensor, start: number) => add(multiply(norm, subtract(from, to)), start);
  const hue = where(
    equal(value, red),
    sector(green, blue, 0),
    where(equal(value, green), sector(blue, red, 2 / 6), sector(red, green, 4 / 6)),
  );
  const inCircle = where(less(hue, 0), add(hue, 1), hue);
  const isLight = greater(value, 0);
  const saturation = where(isLight, divide(range, where(isLight, value, 1)), 0);
  return stack([where(isColour, inCircle, 0), saturation, value], -1);
}

/**
 * Hue, saturation and value as red, green and blue: the inverse of `rgbToHsv`. A hue outside of [0, 1) goes on around the circle.
 *
 * @param images `[..., 3]`
 * @returns float32 `[..., 3]`
 * @throws If the last axis is not 3.
 * @example
 * await hsvToRgb(tensor([1 / 3, 1, 1])).array(); // [0, 1, 0]
 */
export function hsvToRgb(images: Tensor): Tensor {
  const [hue, saturation, value] = channelsOf("hsvToRgb", images);
  const sector = multiply(mod(hue, 1), 6);
  const distance = (from: number) => abs(subtract(sector, from));
  const shares = [
    clip(subtract(distance(3), 1), 0, 1),
    clip(subtract(2, distance(2)), 0, 1),
    clip(subtract(2, distance(4)), 0, 1),
  ];
  const white = subtract(1, saturation);
  return stack(
    shares.map((share) => multiply(value, add(white, multiply(saturation, share)))),
    -1,
  );
}

/**
 * Colour images as shades of grey: 0.2989 · red + 0.587 · green + 0.114 · blue.
 *
 * @param images `[..., 3]` in any range
 * @returns float32 `[..., 1]`
 * @throws If the last axis is not 3.
 * @example
 * rgbToGrayscale(images).shape; // [batch, height, width, 1]
 */
export function rgbToGrayscale(images: Tensor): Tensor {
  const shares = channelsOf("rgbToGrayscale", images).map((channel, index) =>
    multiply(channel, luminance[index] as number),
  );
  return stack([shares.reduce(add)], -1);
}

/**
 * Moves pixels away from the mean of their channel, or towards it: (x - mean) · factor + mean, with the mean over height and width.
 *
 * @param images `[..., height, width, channels]` in any range
 * @param factor A number, or a tensor that stretches to the images; 1 changes nothing, 0 leaves the mean.
 * @returns float32 in the same shape
 * @example
 * adjustContrast(images, 1.5);
 */
export function adjustContrast(images: Tensor, factor: TensorLike): Tensor {
  if (images.rank < 3)
    throw new Error(
      `adjustContrast: the images have the shape ${formatShape(images.shape)}, expected [..., height, width, channels]`,
    );
  const centre = mean(images, { axis: [-3, -2], keepDims: true });
  return add(multiply(subtract(images, centre), factor), centre);
}

/**
 * Turns the colours of images around the colour circle.
 *
 * @param images `[..., 3]`, in [0, 1]
 * @param turns Parts of a full turn: a number, or a tensor that stretches to `[..., 1]`.
 * @returns float32 in the same shape
 * @throws If the last axis is not 3.
 * @example
 * adjustHue(images, 1 / 3); // red becomes green
 */
export function adjustHue(images: Tensor, turns: TensorLike): Tensor {
  return changeHsv(images, (hue, saturation) => [add(hue, turns), saturation]);
}

/**
 * Multiplies the saturation of images; what would be more than full stays full.
 *
 * @param images `[..., 3]`, in [0, 1]
 * @param factor A number of at least 0, or a tensor that stretches to `[..., 1]`; 1 changes nothing, 0 leaves shades of grey.
 * @returns float32 in the same shape
 * @throws If the last axis is not 3.
 * @example
 * adjustSaturation(images, 0.5);
 */
export function adjustSaturation(images: Tensor, factor: TensorLike): Tensor {
  return changeHsv(images, (hue, saturation) => [hue, clip(multiply(saturation, factor), 0, 1)]);
}

/** Images whose hue and saturation, each `[..., 1]`, were replaced. */
function changeHsv(images: Tensor, change: (hue: Tensor, saturation: Tensor) => [Tensor, Tensor]): Tensor {
  const hsv = rgbToHsv(images);
  const channel = (index: number) => sliceAxis(hsv, -1, index, index + 1);
  const changed = [...change(channel(0), channel(1)), channel(2)].map((each) => squeeze(each, -1));
  return hsvToRgb(stack(changed, -1));
}
