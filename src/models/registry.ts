/** Enters the kinds of models that come with Rappel into their registry, and models among the layers. */
import { registerLayer } from "../layers/registry.ts";
import { FunctionalModel } from "./functional.ts";
import { registerModelKind } from "./model-kinds.ts";
import { ModelLayer } from "./model-layer.ts";
import { Sequential } from "./sequential.ts";

registerModelKind(Sequential.className, Sequential, (config) => Sequential.fromConfig(config));
registerModelKind(FunctionalModel.className, FunctionalModel, (config) => FunctionalModel.fromConfig(config));
registerLayer(ModelLayer);

export { modelFromConfig } from "./model-kinds.ts";
