/** The data part of the public API. */
export { Dataset, type DatasetOptions, type SplitOptions } from "./dataset.ts";
export * as datasets from "./datasets/index.ts";
export { type PadSequencesOptions, padSequences, type Sequence } from "./pad-sequences.ts";
export { decodeIdx, encodeIdx, type IdxArray, type IdxData } from "./sources/idx.ts";
export { readIdx, writeIdx } from "./sources/idx-file.ts";
