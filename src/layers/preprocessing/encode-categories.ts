/** How category indices become vectors: what CategoryEncoding, Discretization and the lookups share. */
import { type Shape, sizeOf } from "../../graph/shape.ts";
import { add, cast, greaterEqual, less, logicalAnd, minimum, multiply, where } from "../../ops/elementwise.ts";
import { oneHot, scatterAdd } from "../../ops/linear.ts";
import { reshape, squeeze } from "../../ops/movement.ts";
import { sliceAxis } from "../../ops/slicing.ts";
import { iota, ones } from "../../tensor/creation.ts";
import type { Tensor } from "../../tensor/tensor.ts";

/**
 * `"oneHot"`: a vector for each index, 1 at it. `"multiHot"`: a vector for each sample, 1 at every index in its last axis.
 * `"count"`: likewise, how often each index is there.
 */
export type CategoryOutput = "oneHot" | "multiHot" | "count";

export const categoryOutputs: readonly CategoryOutput[] = ["oneHot", "multiHot", "count"];

/**
 * Indices as vectors, float32. One that is outside [0, categories) counts nowhere.
 *
 * @param indices `[batch, ...]`, whole numbers
 * @returns `[batch, ...encodedShape]`
 */
export function encodeCategories(indices: Tensor, categories: number, output: CategoryOutput): Tensor {
  if (output === "oneHot" || indices.rank === 1) {
    const hot = oneHot(indices, categories);
    return indices.rank > 1 && indices.shape.at(-1) === 1 ? squeeze(hot, -2) : hot;
  }
  const counts = countCategories(cast(indices, "int32"), categories);
  return output === "multiHot" ? minimum(counts, 1) : counts;
}

/** How often each index is in the last axis. Each index adds to one place, so that the work does not grow with the categories. */
function countCategories(indices: Tensor, categories: number): Tensor {
  const [samples, leading] = [indices.shape.at(-1) as number, indices.shape.slice(0, -1)];
  const rows = sizeOf(leading);
  const flat = reshape(indices, [rows, samples]);
  const isCategory = logicalAnd(greaterEqual(flat, 0), less(flat, categories));
  // What counts nowhere is added to one place more, which is cut off.
  const place = where(isCategory, add(flat, multiply(iota([rows, 1], 0), categories)), rows * categories);
  const sums = scatterAdd(ones([rows * samples]), reshape(place, [rows * samples]), { size: rows * categories + 1 });
  return reshape(sliceAxis(sums, 0, 0, rows * categories), [...leading, categories]);
}

/** The shape of one example that is encoded, without the batch axis. */
export function encodedShape(inputShape: Shape, categories: number, output: CategoryOutput): Shape {
  const wholeSample = output !== "oneHot" || inputShape.at(-1) === 1;
  return [...(wholeSample ? inputShape.slice(0, -1) : inputShape), categories];
}
