/** How category indices become vectors: what CategoryEncoding and Discretization share. */
import type { Shape } from "../graph/shape.ts";
import { oneHot } from "../ops/linear.ts";
import { squeeze } from "../ops/movement.ts";
import { max, sum } from "../ops/reduce.ts";
import type { Tensor } from "../tensor/tensor.ts";

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
  const hot = oneHot(indices, categories);
  if (indices.rank === 1) return hot;
  if (output === "oneHot") return indices.shape.at(-1) === 1 ? squeeze(hot, -2) : hot;
  return output === "multiHot" ? max(hot, { axis: -2 }) : sum(hot, { axis: -2 });
}

/** The shape of one example that is encoded, without the batch axis. */
export function encodedShape(inputShape: Shape, categories: number, output: CategoryOutput): Shape {
  const wholeSample = output !== "oneHot" || inputShape.at(-1) === 1;
  return [...(wholeSample ? inputShape.slice(0, -1) : inputShape), categories];
}
