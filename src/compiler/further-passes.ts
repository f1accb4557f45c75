/** What few graphs need of the compiler: pages fetch it when one does. */
import { withBatchLoops } from "./batch-loops.ts";
import { withColumnSums } from "./column-sums.ts";
import { lineInstructions } from "./line-instructions.ts";

export type FurtherPasses = typeof furtherPasses;

/** See missing-passes.ts. */
export const furtherPasses = { withBatchLoops, withColumnSums, instructions: lineInstructions };
