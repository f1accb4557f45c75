/** The shift that keeps exponentials finite, for softmax and the losses that contain it. */
import type { Tensor } from "../tensor/tensor.ts";
import { stopGradient, subtract } from "./elementwise.ts";
import { max } from "./reduce.ts";

/**
 * x less its largest value along an axis: at most 0, and 0 at the largest. No gradient flows through the shift, for it cancels in
 * whatever it is used for. A row of only -Infinity becomes NaN, as its softmax is in other libraries too.
 */
export function shiftByMax(x: Tensor, axis: number): Tensor {
  return subtract(x, stopGradient(max(x, { axis, keepDims: true })));
}
