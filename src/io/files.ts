/** Saved models and weights, in one file that pages fetch when they save or load one. */

// Who saves has mostly trained. Bundlers put what both need into one chunk then, and not into several, which weighs less in every page.
export * as training from "../models/training/parts.ts";
export { loadState, removeModel, saveModel } from "./model.ts";
export { loadWeights, saveWeights } from "./weights.ts";
