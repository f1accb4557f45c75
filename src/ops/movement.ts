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
