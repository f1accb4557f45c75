/** Warnings of losses and metrics that hardly fit, outside of pages: there from the start. */
export { warnOfMismatch } from "./mismatch.ts";
