/**
 * The layers that are known by name. registry.ts enters all of Rappel's; who imports this file alone does not load them, so that a
 * bundled page holds only the layers it uses.
 */
import { Registry } from "../graph/registry.ts";
import type { Layer } from "./layer.ts";
import { type SerializedLayer, sharedLayer } from "./sharing.ts";

export const layerRegistry = new Registry<Layer>("layer", []);

/** The layer that was written down as data, not built, if its class is known by now. @throws If it is not, or refuses the options. */
export function knownLayerFromConfig(serialized: SerializedLayer): Layer {
  return sharedLayer(serialized, () => layerRegistry.create(serialized));
}
