/** The kinds of models by name, for those that are rebuilt from data. */
import type { Configuration } from "../graph/registry.ts";
import { FunctionalModel } from "./functional.ts";
import type { Model } from "./model.ts";
import { Sequential } from "./sequential.ts";

/** Makes a model from what its `config` wrote down, without its weights. */
export type ModelFromConfig = (config: Configuration) => Model;

/** From the name in saved files to what makes such a model. */
export const modelKinds: ReadonlyMap<string, ModelFromConfig> = new Map<string, ModelFromConfig>([
  [Sequential.className, (config) => Sequential.fromConfig(config)],
  [FunctionalModel.className, (config) => FunctionalModel.fromConfig(config)],
]);
