/** Parts of tensors, and tensors backwards: without a copy. */
import { slice as sliceNode } from "../graph/primitives/movement.ts";
import { normalizeAxis, type Shape } from "../graph/shape.ts";
import { Tensor } from "../tensor/tensor.ts";

/**
 * A part of a tensor: for each axis `start` and `size` elements, every `step`-th (default 1; negative walks backwards).
 *
 * @throws RangeError If the part does not lie inside.
 */
export function slice(x: Tensor, options: { start: readonly number[]; size: Shape; step?: readonly number[] }): Tensor {
  return new Tensor(sliceNode(x.node, options));
}

/** Elements [from, to) along one axis; negative positions count from the end. */
export function sliceAxis(
  x: Tensor,
  axis: number,
  from: number,
  to: number = x.shape[normalizeAxis(axis, x.rank, "sliceAxis")] as number,
): Tensor {
  const at = normalizeAxis(axis, x.rank, "sliceAxis");
  const size = x.shape[at] as number;
  const [first, last] = [from < 0 ? from + size : from, to < 0 ? to + size : to];
  return slice(x, {
    start: x.shape.map((_, index) => (index === at ? first : 0)),
    size: x.shape.with(at, Math.max(0, last - first)),
  });
}

/** Reverses the order of elements along axes. */
export function flip(x: Tensor, axes: number | readonly number[]): Tensor {
  const list = [axes].flat().map((axis) => normalizeAxis(axis, x.rank, "flip"));
  const start = x.shape.map((size, axis) => (list.includes(axis) ? Math.max(0, size - 1) : 0));
  return slice(x, { start, size: x.shape, step: x.shape.map((_, axis) => (list.includes(axis) ? -1 : 1)) });
}
