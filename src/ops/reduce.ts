/** Sums, means, extremes and their positions, over some or all axes. */
import type { Node } from "../graph/node.ts";
import { argReduce, type ReduceKind, reduce } from "../graph/primitives/reduce.ts";
import { normalizeAxes, normalizeAxis, sizeOf } from "../graph/shape.ts";
import { Tensor } from "../tensor/tensor.ts";
import {
  add,
  cast,
  divide,
  exp,
  isFinite,
  log,
  multiply,
  sqrt,
  square,
  stopGradient,
  subtract,
  where,
} from "./elementwise.ts";
import { reshape } from "./movement.ts";

export interface ReduceOptions {
  /** The axes to reduce, counted from the end if negative; by default all. */
  axis?: number | readonly number[];
  /** Keep the reduced axes with size 1. */
  keepDims?: boolean;
}

function reducer(kind: ReduceKind, prepare: (x: Tensor) => Node): (x: Tensor, options?: ReduceOptions) => Tensor {
  return (x, { axis, keepDims = false } = {}) => {
    const axes = normalizeAxes(axis, x.rank, kind);
    const result = new Tensor(reduce(kind, prepare(x), axes));
    return keepDims
      ? reshape(
          result,
          x.shape.map((size, at) => (axes.includes(at) ? 1 : size)),
        )
      : result;
  };
}
const numeric = (x: Tensor): Node => (x.dtype === "bool" || x.dtype === "uint8" ? cast(x, "int32") : x).node;
const logical = (x: Tensor): Node => cast(x, "bool").node;

/** The sum; of nothing, 0. bool and uint8 are summed as int32. */
export const sum = reducer("sum", numeric);
/** The product; of nothing, 1. */
export const prod = reducer("prod", numeric);
/** The largest element; NaN if one is NaN, -Infinity of nothing. */
export const max = reducer("max", numeric);
/** The smallest element; NaN if one is NaN, Infinity of nothing. */
export const min = reducer("min", numeric);
/** Whether any element is true (not 0). */
export const any = reducer("any", logical);
/** Whether all elements are true (not 0). */
export const all = reducer("all", logical);

/** The mean, float32; NaN of nothing. */
export function mean(x: Tensor, options: ReduceOptions = {}): Tensor {
  const axes = normalizeAxes(options.axis, x.rank, "mean");
  const count = sizeOf(axes.map((axis) => x.shape[axis] as number));
  // A product with the reciprocal is exact where the count is a power of two, and within an ulp elsewhere.
  return count === 0
    ? divide(sum(cast(x, "float32"), options), 0)
    : multiply(sum(cast(x, "float32"), options), 1 / count);
}

/** The variance around the mean, divided by the count less `correction` (default 0: of the population). */
export function variance(x: Tensor, options: ReduceOptions & { correction?: number } = {}): Tensor {
  const { correction = 0, ...rest } = options;
  const centered = subtract(x, mean(x, { ...rest, keepDims: true }));
  const count = sizeOf(normalizeAxes(rest.axis, x.rank, "variance").map((axis) => x.shape[axis] as number));
  return multiply(sum(square(centered), rest), 1 / (count - correction));
}

/** The square root of the variance. */
export function standardDeviation(x: Tensor, options: ReduceOptions & { correction?: number } = {}): Tensor {
  return sqrt(variance(x, options));
}

/** log(sum(exp(x))), computed so that it neither overflows nor underflows. */
export function logSumExp(x: Tensor, options: ReduceOptions = {}): Tensor {
  const largest = stopGradient(max(x, { ...options, keepDims: true }));
  // A row of only -Infinity (or with +Infinity) is shifted by 0: the difference of infinities would be NaN.
  const shift = where(isFinite(largest), largest, 0);
  const result = add(log(sum(exp(subtract(x, shift)), { ...options, keepDims: true })), shift);
  if (options.keepDims) return result;
  const axes = normalizeAxes(options.axis, x.rank, "logSumExp");
  return reshape(
    result,
    x.shape.filter((_, axis) => !axes.includes(axis)),
  );
}

/** The position of the first largest element along an axis, int32; NaN counts as largest. */
export function argMax(x: Tensor, axis = -1): Tensor {
  return new Tensor(argReduce("argMax", numeric(x), normalizeAxis(axis, x.rank, "argMax")));
}

/** The position of the first smallest element along an axis, int32; NaN counts as smallest. */
export function argMin(x: Tensor, axis = -1): Tensor {
  return new Tensor(argReduce("argMin", numeric(x), normalizeAxis(axis, x.rank, "argMin")));
}
