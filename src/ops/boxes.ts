/** Rectangles within images: which pixels lie in them. */
import { iota } from "../tensor/creation.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { cast, greaterEqual, less, logicalAnd, type TensorLike } from "./elementwise.ts";

/** A rectangle for each image: numbers or tensors `[batch, 1, 1, 1]`, in pixels; what begins at `top` ends before `bottom`. */
export interface Box {
  readonly top: TensorLike;
  readonly bottom: TensorLike;
  readonly left: TensorLike;
  readonly right: TensorLike;
}

/**
 * Which pixels of images lie in a rectangle.
 *
 * @returns bool `[batch, height, width, 1]`
 * @example
 * where(boxMask(28, 28, { top: 0, bottom: 14, left: 0, right: 28 }), 0, images); // covers the upper half
 */
export function boxMask(height: number, width: number, { top, bottom, left, right }: Box): Tensor {
  const row = cast(iota([1, height, 1, 1], 1), "float32");
  const column = cast(iota([1, 1, width, 1], 2), "float32");
  const inside = (place: Tensor, from: TensorLike, to: TensorLike) =>
    logicalAnd(greaterEqual(place, from), less(place, to));
  return logicalAnd(inside(row, top, bottom), inside(column, left, right));
}
