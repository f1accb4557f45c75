/** Traits: what the programs of a model depend on beside the data. */
import { allLayers } from "../networks/network.ts";
import type { TrainableModel } from "./trainable.ts";

/** What a traced program depends on beside its arguments: frozen layers are traced anew. */
export function traitsOf(model: TrainableModel): string {
  const flags = [model, ...allLayers(model.layers)].map(({ trainable }) => (trainable ? "t" : "f"));
  return flags.join("");
}
