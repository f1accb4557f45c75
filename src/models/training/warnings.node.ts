/** Warnings of settings that compute, but hardly what is meant, outside of pages: there from the start. */
export { warnOfMismatch } from "./mismatch.ts";
export { warnOfTraining } from "./training-warnings.ts";
