/** Masks of sequences of different lengths. */
import { checkInteger } from "../graph/options.ts";
import { iota } from "../tensor/creation.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { cast, less } from "./elementwise.ts";
import { expandDims } from "./movement.ts";

/**
 * Which steps lie within their sequence: true at step t where t < length.
 *
 * @param lengths Whole numbers `[...]`, mostly `[batch]`.
 * @param maxLength The number of steps, at least 1.
 * @returns bool `[..., maxLength]`
 * @throws If `maxLength` is not a positive integer.
 * @example
 * await ops.sequenceMask(tensor([1, 3]), 3).array(); // [[1, 0, 0], [1, 1, 1]]
 */
export function sequenceMask(lengths: Tensor, maxLength: number): Tensor {
  checkInteger("sequenceMask", "maxLength", maxLength, 1);
  return less(iota([maxLength]), expandDims(cast(lengths, "int32"), -1));
}
