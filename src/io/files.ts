/** Saved models and weights, in one file that pages fetch when they save or load one. */
export { loadState, removeModel, saveModel } from "./model.ts";
export { loadWeights, saveWeights } from "./weights.ts";
