/** The part of the public API that reads and writes models and files. */
export { load, saveModel } from "./model.ts";
export { decodeSafetensors, encodeSafetensors, type Safetensors, type SavedArray } from "./safetensors.ts";
export { deleteSavedModel, listSavedModels } from "./stores/indexed-db.ts";
export type { LoadSource, NamedFile } from "./stores/open-store.ts";
export { loadWeights, saveWeights } from "./weights.ts";
