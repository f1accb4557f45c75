/** Functions that rearrange tensors without computing. */
import * as graph from "../graph/primitives/movement.ts";
import { formatShape, normalizeAxis, type Shape, sameShape, sizeOf } from "../graph/shape.ts";
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

/**
 * What stands around a tensor, in NumPy's words: `"reflect"` mirrors it without repeating its outermost elements (`c b | a b c | b a`),
 * `"symmetric"` repeats them (`b a | a b c | c b`), `"edge"` holds them (`a a | a b c | c c`), `"wrap"` begins again at the other
 * end (`b c | a b c | a b`).
 */
export type PadMode = "reflect" | "symmetric" | "edge" | "wrap";

/**
 * Surrounds a tensor with `[before, after]` elements of each axis: with a constant, by default 0, or with its own elements.
 *
 * @throws If there is not one pair for each axis, or the axis has too few elements of its own.
 * @example
 * pad(tensor([1, 2, 3]), [[1, 2]], "edge"); // [1, 1, 2, 3, 3, 3]
 */
export function pad(
  x: Tensor,
  padding: readonly (readonly [before: number, after: number])[],
  value: number | PadMode = 0,
): Tensor {
  if (padding.length !== x.rank)
    throw new Error(
      `pad: ${padding.length} pairs of padding for the ${x.rank} axes of ${formatShape(x.shape)}; give one pair for each`,
    );
  if (typeof value !== "number")
    return padding.reduce((padded, [before, after], axis) => padAxis(padded, axis, before, after, value), x);
  const shape = x.shape.map((size, axis) => size + (padding[axis]?.[0] ?? 0) + (padding[axis]?.[1] ?? 0));
  return new Tensor(graph.pad(x.node, { shape, start: padding.map(([before]) => before), value }));
}

function padAxis(x: Tensor, axis: number, before: number, after: number, mode: PadMode): Tensor {
  if (before === 0 && after === 0) return x;
  const size = x.shape[axis] as number;
  const most = { reflect: size - 1, symmetric: size, edge: size === 0 ? 0 : Number.POSITIVE_INFINITY, wrap: size }[
    mode
  ];
  if (before > most || after > most)
    throw new RangeError(
      `pad: ${before} before and ${after} after axis ${axis} of ${formatShape(x.shape)}, but mode "${mode}" has at most ` +
        `${Math.max(0, most)} for its ${size} elements`,
    );
  const part = (from: number, to: number) => sliceAxis(x, axis, from, to);
  const ends = (): readonly [Tensor, Tensor] => {
    switch (mode) {
      case "reflect":
        return [flip(part(1, before + 1), axis), flip(part(size - 1 - after, size - 1), axis)];
      case "symmetric":
        return [flip(part(0, before), axis), flip(part(size - after, size), axis)];
      case "edge":
        return [
          broadcastTo(part(0, 1), x.shape.with(axis, before)),
          broadcastTo(part(size - 1, size), x.shape.with(axis, after)),
        ];
      case "wrap":
        return [part(size - before, size), part(0, after)];
    }
  };
  const [first, last] = ends();
  return concatenate([...(before > 0 ? [first] : []), x, ...(after > 0 ? [last] : [])], axis);
}

/** Joins tensors along an existing axis. */
export function concatenate(tensors: readonly Tensor[], axis = 0): Tensor {
  const rank = tensors[0]?.rank ?? 0;
  return new Tensor(
    graph.concatenate(
      tensors.map((x) => x.node),
      normalizeAxis(axis, rank, "concatenate"),
    ),
  );
}

/** Joins tensors of one shape along a new axis. */
export function stack(tensors: readonly Tensor[], axis = 0): Tensor {
  const [first] = tensors;
  const odd = tensors.find((x) => first && !sameShape(x.shape, first.shape));
  if (first && odd)
    throw new Error(
      `stack: the shapes ${formatShape(first.shape)} and ${formatShape(odd.shape)} differ; all must be equal`,
    );
  return concatenate(
    tensors.map((x) => expandDims(x, axis)),
    axis < 0 ? axis + (first?.rank ?? 0) + 1 : axis,
  );
}

/** Cuts a tensor into `count` equal parts along an axis. */
export function split(x: Tensor, count: number, axis = 0): Tensor[] {
  const at = normalizeAxis(axis, x.rank, "split");
  const size = x.shape[at] as number;
  if (size % count !== 0)
    throw new Error(
      `split: axis ${at} of ${formatShape(x.shape)} has the size ${size}, which ${count} does not divide`,
    );
  const part = size / count;
  return Array.from({ length: count }, (_, index) => sliceAxis(x, at, index * part, (index + 1) * part));
}
