/** Running results along an axis: sums, products and extremes so far, and linear recurrences. */
import { checkBoolean, checkOptions } from "../graph/options.ts";
import {
  type CumulateKind,
  cumulate,
  elementBefore,
  linearRecurrence as recurrence,
} from "../graph/primitives/cumulate.ts";
import { identityOf } from "../graph/primitives/reduce.ts";
import { normalizeAxis } from "../graph/shape.ts";
import { Tensor } from "../tensor/tensor.ts";
import { cast } from "./elementwise.ts";
import { broadcastTo } from "./movement.ts";

export interface CumulativeOptions {
  /** The axis to walk, counted from the end if negative; default -1. */
  axis?: number;
  /** Whether to walk from the last element to the first; default false. */
  reverse?: boolean;
  /** Whether each result leaves out the element at its own place; default false. */
  exclusive?: boolean;
}

const reductionOf = { sum: "sum", product: "prod", max: "max", min: "min" } as const;

function cumulative(name: string, kind: CumulateKind): (x: Tensor, options?: CumulativeOptions) => Tensor {
  return (x, options = {}) => {
    checkOptions<CumulativeOptions>(name, options, { axis: true, reverse: true, exclusive: true });
    const { axis = -1, reverse = false, exclusive = false } = options;
    checkBoolean(name, "reverse", reverse);
    checkBoolean(name, "exclusive", exclusive);
    const along = { axis: normalizeAxis(axis, x.rank, name), reverse };
    const { node } = x.dtype === "bool" || x.dtype === "uint8" ? cast(x, "int32") : x;
    const result = cumulate(node, { ...along, kind });
    if (!exclusive) return new Tensor(result);
    const first = identityOf(reductionOf[kind], result.dtype === "int32" ? "int32" : "float32");
    return new Tensor(elementBefore(result, along, first));
  };
}

/**
 * The sum of the elements so far along an axis, in the shape of `x`; bool and uint8 are summed as int32. The elements are added
 * in their order, floats in double precision.
 *
 * @throws RangeError If the axis is outside the tensor.
 * @example
 * const x = tensor([1, 2, 3]);
 * await ops.cumulativeSum(x).array(); // [1, 3, 6]
 * await ops.cumulativeSum(x, { exclusive: true }).array(); // [0, 1, 3]
 * await ops.cumulativeSum(x, { reverse: true }).array(); // [6, 5, 3]
 */
export const cumulativeSum = cumulative("cumulativeSum", "sum");

/** The product of the elements so far along an axis, in the shape of `x`. Its gradient is exact where elements are 0. */
export const cumulativeProduct = cumulative("cumulativeProduct", "product");

/**
 * The largest element so far along an axis, in the shape of `x`; NaN from the first NaN on, -Infinity before the first element.
 * The gradient goes to the first of equal elements.
 */
export const cumulativeMax = cumulative("cumulativeMax", "max");

/** The smallest element so far along an axis, in the shape of `x`; NaN from the first NaN on. */
export const cumulativeMin = cumulative("cumulativeMin", "min");

/**
 * The linear recurrence h[t] = decay[t] · h[t-1] + x[t] along an axis, with 0 before the first: moving averages, discounted
 * returns, state space models. The program does not grow with the axis.
 *
 * @param decay float32, broadcasts to the shape of `x`.
 * @param options `axis`: default -1; `reverse`: from the last element to the first, default false.
 * @returns float32 in the shape of `x`.
 * @throws If `decay` does not broadcast to `x`.
 * @example
 * // Discounted returns: r[t] + 0.9 r[t+1] + 0.81 r[t+2] …
 * ops.linearRecurrence(tensor(0.9), rewards, { reverse: true });
 */
export function linearRecurrence(decay: Tensor, x: Tensor, options: { axis?: number; reverse?: boolean } = {}): Tensor {
  checkOptions<{ axis?: number; reverse?: boolean }>("linearRecurrence", options, { axis: true, reverse: true });
  const { axis = -1, reverse = false } = options;
  checkBoolean("linearRecurrence", "reverse", reverse);
  const factors = broadcastTo(cast(decay, "float32"), x.shape);
  return new Tensor(
    recurrence(factors.node, cast(x, "float32").node, {
      axis: normalizeAxis(axis, x.rank, "linearRecurrence"),
      reverse,
    }),
  );
}
