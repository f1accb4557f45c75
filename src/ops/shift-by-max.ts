/** The shift that keeps exponentials finite, for softmax and the losses that contain it. */
import type { Tensor } from "../tensor/tensor.ts";
import { isFinite, stopGradient, subtract, where } from "./elementwise.ts";
import { max } from "./reduce.ts";

/**
 * x less its largest value along an axis: at most 0, and 0 at the largest. No gradient flows through the shift, for it cancels in
 * whatever it is used for.
 */
export function shiftByMax(x: Tensor, axis: number): Tensor {
  const largest = stopGradient(max(x, { axis, keepDims: true }));
  // A row of only -Infinity is shifted by 0: the difference of infinities would be NaN.
  return subtract(x, where(isFinite(largest), largest, 0));
}
