/** Elements chosen by an index of their own along one axis, as compositions of gather and scatter-add over all elements. */
import type { Node } from "../node.ts";
import { sizeOf } from "../shape.ts";
import { add, fillLike, multiply } from "./elementwise.ts";
import { gather, scatterAdd } from "./gather.ts";
import { reshape } from "./movement.ts";
import { iota } from "./source.ts";

/** The row-major places in an array with `size` elements along the axis that `indices` name along that axis. */
function places(indices: Node, axis: number, size: number): Node {
  const [outer, count, inner] = [
    indices.shape.slice(0, axis),
    indices.shape.slice(axis, axis + 1),
    indices.shape.slice(axis + 1),
  ].map(sizeOf) as [number, number, number];
  const shape = [outer, count, inner];
  const scaled = (node: Node, factor: number) => (factor === 1 ? node : multiply(node, fillLike(node, factor)));
  const line = add(scaled(iota(shape, 0), size * inner), iota(shape, 2));
  return reshape(add(line, scaled(reshape(indices, shape), inner)), [outer * count * inner]);
}

/** result[..., i, ...] = x[..., indices[..., i, ...], ...]; the indices are int32 and lie in the axis. */
export function gatherAlongAxis(x: Node, indices: Node, axis: number): Node {
  const all = reshape(x, [sizeOf(x.shape)]);
  return reshape(gather(all, places(indices, axis, x.shape[axis] as number), 0), indices.shape);
}

/** Zeros with `size` along the axis, to which each update is added at its index: the transpose of `gatherAlongAxis`. */
export function scatterAddAlongAxis(updates: Node, indices: Node, axis: number, size: number): Node {
  const shape = updates.shape.with(axis, size);
  const all = reshape(updates, [sizeOf(updates.shape)]);
  return reshape(scatterAdd(all, places(indices, axis, size), { axis: 0, size: sizeOf(shape) }), shape);
}
