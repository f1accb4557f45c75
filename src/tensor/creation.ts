/** Tensors of known content: constants, ranges, identity. They are expressions and take no memory until they are used. */
import type { DType } from "../graph/dtype.ts";
import { add, cast, equal, multiply } from "../graph/primitives/elementwise.ts";
import { constant } from "../graph/primitives/leaf.ts";
import { broadcast } from "../graph/primitives/movement.ts";
import { iota as iotaNode } from "../graph/primitives/source.ts";
import type { Shape } from "../graph/shape.ts";
import { Tensor } from "./tensor.ts";

/** A tensor of `shape` in which every element is `value`. */
export function fill(shape: Shape, value: number, dtype: DType = "float32"): Tensor {
  return new Tensor(broadcast(constant(value, dtype), shape));
}

/** A tensor of zeros. */
export function zeros(shape: Shape, dtype: DType = "float32"): Tensor {
  return fill(shape, 0, dtype);
}

/** A tensor of ones. */
export function ones(shape: Shape, dtype: DType = "float32"): Tensor {
  return fill(shape, 1, dtype);
}

/** Zeros in the shape and dtype of `like`. */
export function zerosLike(like: Tensor): Tensor {
  return zeros(like.shape, like.dtype);
}

/** Ones in the shape and dtype of `like`. */
export function onesLike(like: Tensor): Tensor {
  return ones(like.shape, like.dtype);
}

/** int32 of `shape` in which each element is its own index along `axis`. */
export function iota(shape: Shape, axis = 0): Tensor {
  return new Tensor(iotaNode(shape, axis));
}

/**
 * `start`, `start + step`, … up to but not including `stop`, as in NumPy.
 *
 * @throws RangeError If `step` is 0 or not finite.
 * @example
 * arange(0, 10, 3); // 0, 3, 6, 9
 */
export function arange(start: number, stop: number, step = 1, dtype: DType = "float32"): Tensor {
  if (step === 0 || !Number.isFinite(step) || !Number.isFinite(start) || !Number.isFinite(stop))
    throw new RangeError(
      `arange: from ${start} to ${stop} in steps of ${step} is not a finite range; the step must not be 0`,
    );
  const count = Math.max(0, Math.ceil((stop - start) / step));
  return ramp(count, start, step, dtype);
}

/** `count` evenly spaced values from `start` to `stop`, both included, as float32. */
export function linspace(start: number, stop: number, count: number): Tensor {
  return ramp(count, start, count > 1 ? (stop - start) / (count - 1) : 0, "float32");
}

function ramp(count: number, start: number, step: number, dtype: DType): Tensor {
  const index = cast(iotaNode([count], 0), dtype);
  return new Tensor(
    add(multiply(index, broadcast(constant(step, dtype), [count])), broadcast(constant(start, dtype), [count])),
  );
}

/** The identity matrix, [rows, columns]. */
export function eye(rows: number, columns = rows, dtype: DType = "float32"): Tensor {
  return new Tensor(cast(equal(iotaNode([rows, columns], 0), iotaNode([rows, columns], 1)), dtype));
}
