/** Matrix products, and rows by index. */
import * as graph from "../graph/primitives/gather.ts";
import { matmul as matmulNode } from "../graph/primitives/matmul.ts";
import { broadcast, reshape } from "../graph/primitives/movement.ts";
import { broadcastShapes, normalizeAxis } from "../graph/shape.ts";
import { iota } from "../tensor/creation.ts";
import { activePrecision } from "../tensor/precision.ts";
import { Tensor } from "../tensor/tensor.ts";
import { cast, equal } from "./elementwise.ts";
import { expandDims } from "./movement.ts";

/**
 * The matrix product of the last two axes, as NumPy's `@`: leading axes broadcast, a vector is a row on the left and a
 * column on the right and its axis disappears from the result.
 *
 * Within `withPrecision("bfloat16", …)` the operands are rounded to bfloat16.
 *
 * @throws If the inner sizes differ.
 */
export function matmul(a: Tensor, b: Tensor): Tensor {
  const left = a.rank === 1 ? reshape(a.node, [1, a.size]) : a.node;
  const right = b.rank === 1 ? reshape(b.node, [b.size, 1]) : b.node;
  const batch = broadcastShapes(left.shape.slice(0, -2), right.shape.slice(0, -2), "matmul");
  // One matrix on the right for every batch on the left is one tall product.
  const shared = right.shape.length === 2 && left.shape.length > 2;
  const [rows, inner] = left.shape.slice(-2) as [number, number];
  const columns = right.shape[right.shape.length - 1] as number;
  const count = batch.reduce((product, size) => product * size, 1);
  const precision = activePrecision();
  const product = shared
    ? matmulNode(reshape(left, [count * rows, inner]), right, precision)
    : matmulNode(
        broadcast(left, [...batch, rows, inner]),
        broadcast(right, [...batch, ...right.shape.slice(-2)]),
        precision,
      );
  return new Tensor(reshape(product, [...batch, ...(a.rank === 1 ? [] : [rows]), ...(b.rank === 1 ? [] : [columns])]));
}

/**
 * Elements of `x` at int32 `indices` along an axis, which is replaced by the indices' shape.
 *
 * @throws IndexError When it runs, if an index is outside the axis.
 * @example
 * gather(embeddings, tokens); // [batch, time] -> [batch, time, width]
 */
export function gather(x: Tensor, indices: Tensor, axis = 0): Tensor {
  return new Tensor(graph.gather(x.node, indices.node, normalizeAxis(axis, x.rank, "gather")));
}

/** Zeros with `size` along the axis, to which each row of `updates` is added at its index. */
export function scatterAdd(updates: Tensor, indices: Tensor, options: { axis?: number; size: number }): Tensor {
  return new Tensor(graph.scatterAdd(updates.node, indices.node, { axis: options.axis ?? 0, size: options.size }));
}

/** One-hot rows: a new last axis of `classes`, 1 at the label. A label outside [0, classes) gives a row of zeros. */
export function oneHot(labels: Tensor, classes: number): Tensor {
  return cast(equal(expandDims(labels, -1), cast(iota([classes]), labels.dtype)), "float32");
}
