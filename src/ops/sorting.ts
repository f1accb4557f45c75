/** Elements in order. */
import type { Node } from "../graph/node.ts";
import { checkBoolean, checkOptions } from "../graph/options.ts";
import { gatherAlongAxis } from "../graph/primitives/along-axis.ts";
import { type ArgsortAttributes, argsort as argsortNode } from "../graph/primitives/sort.ts";
import { normalizeAxis } from "../graph/shape.ts";
import { Tensor } from "../tensor/tensor.ts";

export interface SortOptions {
  /** The axis to sort along, counted from the end if negative; default -1. */
  axis?: number;
  /** From the largest to the smallest; default false. */
  descending?: boolean;
}

function checked(name: string, x: Tensor, options: SortOptions): { axis: number; descending: boolean } {
  checkOptions<SortOptions>(name, options, { axis: true, descending: true });
  const { axis = -1, descending = false } = options;
  checkBoolean(name, "descending", descending);
  return { axis: normalizeAxis(axis, x.rank, name), descending };
}

/**
 * The positions of the elements along an axis in order, int32 in the shape of `x`. Equal elements keep their order; NaN is
 * last, in descending order too.
 *
 * @throws RangeError If the axis is outside the tensor.
 * @example
 * await ops.argsort(tensor([3, 1, 2])).array(); // [1, 2, 0]
 */
export function argsort(x: Tensor, options: SortOptions = {}): Tensor {
  const { axis, descending } = checked("argsort", x, options);
  return new Tensor(order(x, { axis, descending, count: x.shape[axis] as number }));
}

/**
 * The elements along an axis in order; of any dtype, in the shape of `x`. NaN is last, in descending order too. Gradients go
 * back to where the elements came from.
 *
 * @throws RangeError If the axis is outside the tensor.
 * @example
 * await ops.sort(tensor([3, 1, 2]), { descending: true }).array(); // [3, 2, 1]
 */
export function sort(x: Tensor, options: SortOptions = {}): Tensor {
  const { axis, descending } = checked("sort", x, options);
  return at(x, order(x, { axis, descending, count: x.shape[axis] as number }), axis);
}

/** The positions of the first elements in order. */
export function order(x: Tensor, attributes: ArgsortAttributes): Node {
  return argsortNode(x.node, attributes);
}

/** The elements at positions along an axis. */
export function at(x: Tensor, positions: Node, axis: number): Tensor {
  return new Tensor(gatherAlongAxis(x.node, positions, axis));
}
