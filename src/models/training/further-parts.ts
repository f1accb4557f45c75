/** What few trainings need beside `fit`: judging apart from it, single batches, warnings, further names. Pages fetch it when it is used. */
export { withClassWeight } from "../examples/class-weight.ts";
export { evaluate } from "./evaluate.ts";
export { registerFurtherNames } from "./further-names.ts";
export { warnOfMismatch } from "./mismatch.ts";
export { runOnBatch } from "./on-batch.ts";
export { warnOfTraining } from "./training-warnings.ts";
