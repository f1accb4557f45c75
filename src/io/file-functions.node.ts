/** What models call to be saved and read. */
import type { ModelFileFunctions } from "../models/saver.ts";
import { loadState, removeModel, saveModel } from "./model.ts";
import { loadWeights, saveWeights } from "./weights.ts";

export const fileFunctions: ModelFileFunctions = {
  save: saveModel,
  loadState,
  remove: removeModel,
  saveWeights,
  loadWeights,
};
