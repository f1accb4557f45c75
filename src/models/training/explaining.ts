/** Errors of the device, told in the terms of the model. What finds the cause is fetched when there is an error. */
import type { Tensor } from "../../tensor/tensor.ts";
import type { TrainableModel } from "./trainable.ts";

/**
 * Runs `body`; an error of the device that a layer's index is wrong names that layer.
 *
 * @param batches Those that `body` computes, the model's inputs of each; read only after an error.
 * @param owner What is called, for messages: `fit`.
 */
export async function explaining<T>(
  model: TrainableModel,
  owner: string,
  batches: Iterable<readonly Tensor[]>,
  body: () => Promise<T>,
): Promise<T> {
  try {
    return await body();
  } catch (error) {
    const { explainIndexError } = await import("../examples/index-errors.ts");
    throw await explainIndexError(error, model, batches, owner);
  }
}
