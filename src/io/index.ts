/** The part of the public API that reads and writes files. */
export { load, saveModel } from "./model.ts";
export { decodeSafetensors, encodeSafetensors, type Safetensors, type SavedArray } from "./safetensors.ts";
