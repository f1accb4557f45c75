/** Running means of gradients and of their squares, and the correction of their start at 0. */
import { add, expm1, multiply, negative, subtract } from "../ops/elementwise.ts";
import type { Tensor } from "../tensor/tensor.ts";

/** beta · mean + (1 - beta) · value, in the form that rounds less. */
export function towards(mean: Tensor, value: Tensor, beta: number): Tensor {
  return add(mean, multiply(subtract(value, mean), 1 - beta));
}

/** 1 - betaᵗ. In float32 the power of a beta near 1 would lose half of the digits that matter. */
export function oneMinusPower(beta: number, t: Tensor): Tensor {
  // betaᵗ of 0 is 0 for every t, but its logarithm is no number to multiply with.
  return beta === 0 ? add(multiply(t, 0), 1) : negative(expm1(multiply(t, Math.log(beta))));
}
