/** The largest elements, and elements chosen by an index of their own. */
import { checkBoolean, checkInteger, checkOptions } from "../graph/options.ts";
import { gatherAlongAxis } from "../graph/primitives/along-axis.ts";
import { formatShape, normalizeAxis, sameShape } from "../graph/shape.ts";
import { Tensor } from "../tensor/tensor.ts";
import { greaterEqual, less, logicalAnd, where } from "./elementwise.ts";
import { at, order } from "./sorting.ts";

export interface TopKOptions {
  /** The axis to search, counted from the end if negative; default -1. */
  axis?: number;
  /** Whether to find the largest elements rather than the smallest; default true. */
  largest?: boolean;
}

/**
 * The `k` largest elements along an axis, the largest first, and their positions. Of equal elements the first one comes first;
 * NaN counts as less than everything, or as more where the smallest are sought.
 *
 * @param k At least 0, at most the size of the axis, which becomes `k`.
 * @returns `values` in the dtype of `x`, through which gradients flow, and `indices`, int32.
 * @throws RangeError If the axis has fewer than `k` elements.
 * @example
 * const { values, indices } = ops.topK(tensor([3, 9, 5]), 2);
 * await values.array(); // [9, 5]
 * await indices.array(); // [1, 2]
 */
export function topK(x: Tensor, k: number, options: TopKOptions = {}): { values: Tensor; indices: Tensor } {
  checkOptions<TopKOptions>("topK", options, { axis: true, largest: true });
  const { axis = -1, largest = true } = options;
  checkBoolean("topK", "largest", largest);
  checkInteger("topK", "k", k, 0);
  const along = normalizeAxis(axis, x.rank, "topK");
  const size = x.shape[along] as number;
  if (k > size)
    throw new RangeError(`topK: k is ${k}, but axis ${along} of ${formatShape(x.shape)} has ${size} elements`);
  const positions = order(x, { axis: along, descending: largest, count: k });
  return { values: at(x, positions, along), indices: new Tensor(positions) };
}

/**
 * Elements chosen along an axis by an index for each place, as NumPy's `take_along_axis` and PyTorch's `gather`:
 * out[i, j] = x[i, indices[i, j]] along axis 1.
 *
 * @param indices int32, in the shape of `x` but for the axis.
 * @returns In the shape of `indices`.
 * @throws If the shapes differ in another axis or the indices are not int32.
 * @throws IndexError When it runs, if an index is outside the axis.
 * @example
 * const scores = tensor([[1, 2, 3], [4, 5, 6]]);
 * await ops.takeAlongAxis(scores, tensor([[2], [0]], { dtype: "int32" }), 1).array(); // [[3], [4]]
 */
export function takeAlongAxis(x: Tensor, indices: Tensor, axis = -1): Tensor {
  const along = normalizeAxis(axis, x.rank, "takeAlongAxis");
  if (indices.dtype !== "int32")
    throw new TypeError(`takeAlongAxis: the indices are ${indices.dtype}, expected int32; cast them first`);
  const size = x.shape[along] as number;
  if (indices.rank !== x.rank || !sameShape(indices.shape.with(along, size), x.shape))
    throw new Error(
      `takeAlongAxis: the indices have the shape ${formatShape(indices.shape)} and x ${formatShape(x.shape)}, ` +
        `which must be equal but for axis ${along}`,
    );
  // Every element is found by its place among all: an index outside the axis must not name one of another row.
  const inside = logicalAnd(greaterEqual(indices, 0), less(indices, size));
  const outside = -(x.size + 1);
  return new Tensor(gatherAlongAxis(x.node, where(inside, indices, outside).node, along));
}
