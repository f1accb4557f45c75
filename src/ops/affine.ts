/** Images seen through an affine map: rotated, scaled, shifted, sheared. */
import { checkChoice, checkNumber, checkOptions } from "../graph/options.ts";
import { formatShape } from "../graph/shape.ts";
import { iota } from "../tensor/creation.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { add, cast, clip, equal, floor, greaterEqual, multiply, subtract, where } from "./elementwise.ts";
import { gather } from "./linear.ts";
import { expandDims, reshape } from "./movement.ts";
import { sliceAxis } from "./slicing.ts";

/**
 * What lies outside of an image: `"reflect"`, the image mirrored at its edges (`d c b a | a b c d | d c b a`); `"nearest"`, the
 * pixels at its edges; `"constant"`, one value.
 */
export type FillMode = "reflect" | "nearest" | "constant";

/** Between pixels: `"bilinear"`, the mean of the four around, weighted by nearness; `"nearest"`, the nearest of them. */
export type Interpolation = "bilinear" | "nearest";

export const fillModes: readonly FillMode[] = ["reflect", "nearest", "constant"];
export const interpolations: readonly Interpolation[] = ["bilinear", "nearest"];

export interface AffineTransformOptions {
  /** What lies outside of an image; default `"constant"`. */
  fillMode?: FillMode;
  /** The value outside, where the mode is `"constant"`; default 0. */
  fillValue?: number;
  /** What lies between pixels; default `"bilinear"`. */
  interpolation?: Interpolation;
}

/**
 * Draws each image anew: the pixel at column x and row y is what lies in the input at column a·x + b·y + c and row d·x + e·y + f.
 *
 * @param images float32 `[batch, height, width, channels]`
 * @param transforms float32 `[batch, 6]`: a, b, c, d, e, f for each image
 * @returns `[batch, height, width, channels]`
 * @throws If a shape is another, or an option is unknown.
 * @example
 * affineTransform(images, broadcastTo(tensor([1, 0, 3, 0, 1, 0]), [batch, 6])); // shifts to the left by 3 pixels
 */
export function affineTransform(images: Tensor, transforms: Tensor, options: AffineTransformOptions = {}): Tensor {
  checkOptions("affineTransform", options, { fillMode: true, fillValue: true, interpolation: true });
  const { fillMode = "constant", fillValue = 0, interpolation = "bilinear" } = options;
  checkChoice("affineTransform", "fillMode", fillMode, fillModes);
  checkNumber("affineTransform", "fillValue", fillValue);
  checkChoice("affineTransform", "interpolation", interpolation, interpolations);
  if (images.rank !== 4)
    throw new Error(
      `affineTransform: the images have the shape ${formatShape(images.shape)}, expected [batch, height, width, channels]`,
    );
  const [batch, height, width, channels] = images.shape as readonly [number, number, number, number];
  if (transforms.rank !== 2 || transforms.shape[0] !== batch || transforms.shape[1] !== 6)
    throw new Error(
      `affineTransform: the transforms have the shape ${formatShape(transforms.shape)}, expected [${batch}, 6] for images of ` +
        `${formatShape(images.shape)}`,
    );
  if (images.size === 0) return images;
  const x = cast(iota([1, 1, width], 2), "float32");
  const y = cast(iota([1, height, 1], 1), "float32");
  const coefficient = (index: number) => reshape(sliceAxis(transforms, 1, index, index + 1), [batch, 1, 1]);
  const along = (first: number, size: number) => {
    const linear = add(multiply(coefficient(first), x), multiply(coefficient(first + 1), y));
    return insideOf(add(linear, coefficient(first + 2)), size, fillMode);
  };
  const [column, row] = [along(0, width), along(3, height)];

  const pixels = reshape(images, [batch * height * width, channels]);
  const firstOfImage = multiply(iota([batch, 1, 1], 0), height * width);
  /** The pixels at whole rows and columns, `[batch, height, width, channels]`. */
  const pixelsAt = (atRow: Tensor, atColumn: Tensor): Tensor => {
    const [nearRow, nearColumn] = [clip(atRow, 0, height - 1), clip(atColumn, 0, width - 1)];
    const place = add(multiply(cast(nearRow, "int32"), width), cast(nearColumn, "int32"));
    const found = gather(pixels, add(firstOfImage, place));
    if (fillMode !== "constant") return found;
    const within = multiply(cast(equal(nearRow, atRow), "int32"), cast(equal(nearColumn, atColumn), "int32"));
    return where(expandDims(equal(within, 1), -1), found, fillValue);
  };
  if (interpolation === "nearest") return pixelsAt(floor(add(row, 0.5)), floor(add(column, 0.5)));

  const [top, left] = [floor(row), floor(column)];
  const [down, across] = [expandDims(subtract(row, top), -1), expandDims(subtract(column, left), -1)];
  const between = (a: Tensor, b: Tensor, share: Tensor) => add(multiply(a, subtract(1, share)), multiply(b, share));
  const line = (at: Tensor) => between(pixelsAt(at, left), pixelsAt(at, add(left, 1)), across);
  return between(line(top), line(add(top, 1)), down);
}

/** Positions along an axis brought to where the image is, as the fill mode says; only `"constant"` leaves some outside. */
function insideOf(position: Tensor, size: number, fillMode: FillMode): Tensor {
  if (fillMode === "constant") return position;
  if (fillMode === "nearest") return clip(position, 0, size - 1);
  const period = 2 * size;
  const turn = subtract(position, multiply(floor(multiply(position, 1 / period)), period));
  return clip(where(greaterEqual(turn, size), subtract(period - 1, turn), turn), 0, size - 1);
}
