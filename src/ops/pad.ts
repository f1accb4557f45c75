/** Tensors surrounded by a constant, or by elements of their own. */
import { pad as padNode } from "../graph/primitives/movement.ts";
import { formatShape } from "../graph/shape.ts";
import { Tensor } from "../tensor/tensor.ts";
import { concatenate } from "./joining.ts";
import { broadcastTo } from "./movement.ts";
import { flip, sliceAxis } from "./slicing.ts";

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
  return new Tensor(padNode(x.node, { shape, start: padding.map(([before]) => before), value }));
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
