/** Enters the kinds of models that come with Rappel into their registry, and models among the layers. */
import { layerRegistry } from "../layers/layer-registry.ts";
import { FunctionalModel } from "./networks/functional.ts";
import { registerModelKind } from "./networks/model-kinds.ts";
import { ModelLayer } from "./networks/model-layer.ts";
import { Sequential } from "./networks/sequential.ts";

/** Makes Rappel's models known by name, as importing this file does; a call keeps bundlers from leaving it out. */
export function registerModelKinds(): void {
  registerModelKind(Sequential.className, Sequential, (config) => Sequential.fromConfig(config));
  registerModelKind(FunctionalModel.className, FunctionalModel, (config) => FunctionalModel.fromConfig(config));
  layerRegistry.register(ModelLayer);
}

registerModelKinds();
