/** Functions that rearrange tensors without computing. */
import * as graph from "../graph/primitives/movement.ts";
import { formatShape, normalizeAxis, type Shape, sizeOf } from "../graph/shape.ts";
import { Tensor } from "../tensor/tensor.ts";

/**
 * The same elements in another shape; one dimension may be -1 and follows from the others.
 *
 * @throws If the sizes differ.
 * @example
 * reshape(x, [x.shape[0], -1]); // flattens all but the first axis
 */
export function reshape(x: Tensor, shape: Shape): Tensor {
  const unknown = shape.indexOf(-1);
  if (unknown < 0) return new Tensor(graph.reshape(x.node, shape));
  const rest = sizeOf(shape.filter((_, axis) => axis !== unknown));
  if (shape.indexOf(-1, unknown + 1) >= 0 || rest === 0 || x.size % rest !== 0)
    throw new Error(
      `reshape: ${formatShape(shape)} does not follow from ${formatShape(x.shape)} of ${x.size} elements; at most one dimension may be -1`,
    );
  return new Tensor(graph.reshape(x.node, shape.with(unknown, x.size / rest)));
}

/** Reorders the axes; without `axes` reverses them. */
export function transpose(x: Tensor, axes: readonly number[] = x.shape.map((_, axis) => x.rank - 1 - axis)): Tensor {
  return new Tensor(
    graph.permute(
      x.node,
      axes.map((axis) => normalizeAxis(axis, x.rank, "transpose")),
    ),
  );
}

/** Stretches missing axes and axes of size 1 to `shape`, by NumPy's rule. */
export function broadcastTo(x: Tensor, shape: Shape): Tensor {
  return new Tensor(graph.broadcast(x.node, shape));
}

/** Inserts an axis of size 1; -1 appends it. */
export function expandDims(x: Tensor, axis: number): Tensor {
  return reshape(x, x.shape.toSpliced(normalizeAxis(axis, x.rank + 1, "expandDims"), 0, 1));
}

/** Removes axes of size 1: those given, or all. @throws If an axis named is of another size. */
export function squeeze(x: Tensor, axes?: number | readonly number[]): Tensor {
  const list =
    axes === undefined
      ? x.shape.flatMap((size, axis) => (size === 1 ? [axis] : []))
      : [axes].flat().map((axis) => normalizeAxis(axis, x.rank, "squeeze"));
  const large = list.find((axis) => x.shape[axis] !== 1);
  if (large !== undefined)
    throw new Error(`squeeze: axis ${large} of ${formatShape(x.shape)} has the size ${x.shape[large]}, expected 1`);
  return reshape(
    x,
    x.shape.filter((_, axis) => !list.includes(axis)),
  );
}

/**
 * A part of a tensor: for each axis `start` and `size` elements, every `step`-th (default 1; negative walks backwards).
 *
 * @throws RangeError If the part does not lie inside.
 */
export function slice(x: Tensor, options: { start: readonly number[]; size: Shape; step?: readonly number[] }): Tensor {
  return new Tensor(graph.slice(x.node, options));
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
