/**
 * What most trainings do without: names, reports of classifiers, streams, the search for NaN, pictures. Pages fetch it when something
 * of it is used. It is one file, for bundlers cut what several such files share into many small ones, which compress badly.
 */
import { registerLosses } from "../../losses/registry.ts";
import { registerMetrics } from "../../metrics/registry.ts";
import { registerOptimizers } from "../../optimizers/registry.ts";

export { svgOf, terminalTextOf } from "../charts/course.ts";
export { checkIndices } from "../examples/check-indices.ts";
export { explainIndexError } from "../examples/index-errors.ts";
export { plotModel } from "../summary/plot.ts";
export { BatchReader } from "./batch-reader.ts";
export { confusionMatrixOf, reportOf } from "./evaluation-report.ts";
export { hostBatches } from "./host-batches.ts";
export { explainNonFiniteLoss } from "./non-finite.ts";
export { predictStream } from "./predict-stream.ts";
export { StreamEvaluationPass } from "./stream-evaluation-pass.ts";
export { StreamSource } from "./stream-source.ts";

/** Makes all optimizers, losses and metrics known by name. */
export function registerNames(): void {
  registerOptimizers();
  registerLosses();
  registerMetrics();
}
