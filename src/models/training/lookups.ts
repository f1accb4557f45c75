/**
 * Models with layers that look something up, such as embeddings: whether they have what data ask for. What looks for it is fetched for such
 * models alone.
 */
import type { HostArray } from "../../tensor/host-array.ts";
import type { Tensor } from "../../tensor/tensor.ts";
import { allLayers } from "../networks/network.ts";
import { fetchOnDemand } from "./fetch-on-demand.node.ts";
import type { TrainableModel } from "./trainable.ts";

function looksUp(model: TrainableModel): boolean {
  return allLayers(model.layers).some(({ indexLimit }) => indexLimit !== undefined);
}

/** @throws If a number that comes to such a layer is no index, or not below its limit; the message names example, value and layer. */
export async function checkLookups(model: TrainableModel, x: readonly HostArray[], owner: string): Promise<void> {
  if (!looksUp(model)) return;
  const { checkIndices } = await fetchOnDemand();
  await checkIndices(model, x, owner);
}

/**
 * Runs `body`; an error of the device that an index is wrong names the layer that looked it up.
 *
 * @param source Gives the inputs among which the index is, batch by batch; read after an error only.
 * @param owner What is called, for messages: `fit`.
 */
export async function explaining<T>(
  model: TrainableModel,
  owner: string,
  source: { inputs(): Iterable<readonly Tensor[]> },
  body: () => Promise<T>,
): Promise<T> {
  try {
    return await body();
  } catch (error) {
    if (!looksUp(model)) throw error;
    const { explainIndexError } = await fetchOnDemand();
    throw await explainIndexError(error, model, source.inputs(), owner);
  }
}
