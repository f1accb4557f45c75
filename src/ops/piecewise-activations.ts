/**
 * Activation functions made of straight pieces and parabolas, with the slopes that Keras and PyTorch take at their kinks. NaN stays
 * NaN.
 */
import type { Tensor } from "../tensor/tensor.ts";
import { abs, add, greaterEqual, less, lessEqual, multiply, square, subtract, where } from "./elementwise.ts";

/** x where |x| > threshold, else 0; `threshold` is 0.5 by default. */
export function hardShrink(x: Tensor, { threshold = 0.5 }: { threshold?: number } = {}): Tensor {
  return where(lessEqual(abs(x), threshold), 0, x);
}

/** x nearer to 0 by the threshold, and 0 where that reaches it; `threshold` is 0.5 by default. */
export function softShrink(x: Tensor, { threshold = 0.5 }: { threshold?: number } = {}): Tensor {
  const shrunk = where(less(x, 0), add(x, threshold), subtract(x, threshold));
  return where(lessEqual(abs(x), threshold), 0, shrunk);
}

/** min(max(x, minValue), maxValue), by default between -1 and 1; the slope is 0 at both ends. */
export function hardTanh(
  x: Tensor,
  { minValue = -1, maxValue = 1 }: { minValue?: number; maxValue?: number } = {},
): Tensor {
  return where(lessEqual(x, minValue), minValue, where(greaterEqual(x, maxValue), maxValue, x));
}

/** x where x > threshold, else the value. */
export function threshold(x: Tensor, options: { threshold: number; value: number }): Tensor {
  return where(lessEqual(x, options.threshold), options.value, x);
}

/** 0 up to -1, x from 1 on, and (x + 1)² / 4 between: the integral of `sparseSigmoid`. */
export function sparsePlus(x: Tensor): Tensor {
  const bent = multiply(square(add(x, 1)), 0.25);
  return where(lessEqual(x, -1), 0, where(greaterEqual(x, 1), x, bent));
}

/** 0 up to -1, 1 from 1 on, and (x + 1) / 2 between: Martins and Astudillo (2016). */
export function sparseSigmoid(x: Tensor): Tensor {
  return where(lessEqual(x, -1), 0, where(greaterEqual(x, 1), 1, multiply(add(x, 1), 0.5)));
}
