/** Padding of sliding windows as Keras names it, for sequences, images and volumes. */
import { checkInteger, describe, suggestion } from "../graph/options.ts";
import { allEnds, images, type Margins, perAxis, type Sizes, type Space } from "./spatial.ts";

/** A number for height and width alike, or one for each. */
export type Pair = number | readonly [height: number, width: number];

/** A number for depth, height and width alike, or one for each. */
export type Triple = number | readonly [depth: number, height: number, width: number];

/**
 * `"valid"`: no padding. `"same"`: as much as makes the output `ceil(input / stride)`, the odd pixel at the bottom and right.
 * Or the padding itself: `[[top, bottom], [left, right]]`.
 */
export type Padding =
  | "valid"
  | "same"
  | readonly [readonly [top: number, bottom: number], readonly [left: number, right: number]];

/** As `Padding`, for volumes: `"valid"`, `"same"` or `[[front, back], [top, bottom], [left, right]]`. */
export type Padding3d =
  | "valid"
  | "same"
  | readonly [
      readonly [front: number, back: number],
      readonly [top: number, bottom: number],
      readonly [left: number, right: number],
    ];

/** The padding of windows along any number of axes. */
export type WindowPadding = "valid" | "same" | "causal" | readonly (readonly [before: number, after: number])[];

/** How a window lies and moves, for each axis. */
export interface WindowGeometry {
  readonly window: readonly number[];
  readonly strides: readonly number[];
  readonly padding: WindowPadding;
  readonly dilation: readonly number[];
}

/** Checks a pair of integers and writes a single number out. */
export function pairOf(owner: string, option: string, value: Pair, minimum = 1): readonly [number, number] {
  return perAxis(owner, option, value, images, minimum);
}

/** Checks a padding option: of images, unless another space is named. */
export function checkPadding<Size extends Sizes>(
  owner: string,
  padding: "valid" | "same" | Margins<Size>,
  space: Space<Sizes> = images,
): void {
  if (padding === "valid" || padding === "same") return;
  if (typeof padding === "string")
    throw new RangeError(`${owner}: padding is ${describe(padding)}${suggestion(padding, ["valid", "same"])}`);
  const pairs: readonly unknown[] = Array.isArray(padding) ? padding : [];
  const valid = pairs.length === space.axes.length && pairs.every((pair) => Array.isArray(pair) && pair.length === 2);
  if (!valid)
    throw new TypeError(`${owner}: padding is ${describe(padding)}, expected "valid", "same" or ${allEnds(space)}`);
  for (const elements of pairs.flat()) checkInteger(owner, "padding", elements as number, 0);
}

/** The elements of padding before and after along one axis of a size. */
export function axisPadding(geometry: WindowGeometry, axis: number, size: number): readonly [number, number] {
  const { padding } = geometry;
  const along = (values: readonly number[]) => values[axis] as number;
  const reach = along(geometry.dilation) * (along(geometry.window) - 1);
  if (padding === "valid") return [0, 0];
  if (padding === "causal") return [reach, 0];
  if (padding !== "same") return padding[axis] as readonly [number, number];
  const stride = along(geometry.strides);
  const total = Math.max(0, (Math.ceil(size / stride) - 1) * stride + reach + 1 - size);
  const before = Math.floor(total / 2);
  return [before, total - before];
}

/** The padding in pixels, `[[top, bottom], [left, right]]`, for an input of a height and width. */
export function explicitPadding(
  padding: Padding,
  size: readonly [number, number],
  window: readonly [number, number],
  strides: readonly [number, number],
  dilation: readonly [number, number],
): Margins<readonly [number, number]> {
  const geometry = { window, strides, padding, dilation };
  return [axisPadding(geometry, 0, size[0]), axisPadding(geometry, 1, size[1])];
}
