/** Judging: what losses and metrics are called in logs, which way they get better, and their values so far. */
import type { Metric, MetricResult } from "../metrics/metric.ts";
import type { Direction, Logs } from "./callbacks/callback.ts";
import type { Compilation } from "./compilation.ts";
import type { Totals } from "./totals.ts";

/** Which way the metrics that come with Rappel get better. */
const directions: Readonly<Record<string, Direction>> = {
  accuracy: "max",
  binaryAccuracy: "max",
  categoricalAccuracy: "max",
  sparseCategoricalAccuracy: "max",
  topKCategoricalAccuracy: "max",
  sparseTopKCategoricalAccuracy: "max",
  precision: "max",
  recall: "max",
  f1Score: "max",
  auc: "max",
  balancedAccuracy: "max",
  cohenKappa: "max",
  matthewsCorrelation: "max",
  meanIoU: "max",
  r2Score: "max",
  meanSquaredError: "min",
  meanAbsoluteError: "min",
  meanAbsolutePercentageError: "min",
  rootMeanSquaredError: "min",
  perplexity: "min",
};

/** The name of a value of the validation: `valLoss` for `loss`. */
export function validationName(name: string): string {
  return `val${name.charAt(0).toUpperCase()}${name.slice(1)}`;
}

/** The name of one output's loss or metric among those of several: `ageLoss`. */
export function outputName(output: string, name: string): string {
  return `${output}${name.charAt(0).toUpperCase()}${name.slice(1)}`;
}

/** All metrics by the names they have in logs: their own, and behind the output's where there are several. */
export function namedMetrics({ outputs }: Pick<Compilation, "outputs">): [name: string, metric: Metric][] {
  return outputs.flatMap(({ name, metrics, weightedMetrics }) =>
    [...metrics, ...weightedMetrics].map((metric): [string, Metric] => [
      outputs.length === 1 ? metric.name : outputName(name, metric.name),
      metric,
    ]),
  );
}

export function metricsOf(compilation: Compilation): readonly Metric[] {
  return namedMetrics(compilation).map(([, metric]) => metric);
}

/** The names that logs will have, and which way each gets better where that is known. */
export function logDirections(
  compilation: Compilation,
  { regularized, validated }: { readonly regularized: boolean; readonly validated: boolean },
): Map<string, Direction | undefined> {
  const names = new Map<string, Direction | undefined>([["loss", "min"]]);
  if (regularized) names.set("dataLoss", "min");
  if (compilation.outputs.length > 1)
    for (const { name } of compilation.outputs) names.set(outputName(name, "loss"), "min");
  for (const [name, { className }] of namedMetrics(compilation))
    if (className !== "confusionMatrix") names.set(name, directions[className]);
  if (validated) for (const [name, direction] of [...names]) names.set(validationName(name), direction);
  return names;
}

/** Loss and metrics of a pass so far. Metrics that are not single numbers are left out: they belong in a report. */
export async function readLogs(totals: Totals, compilation: Compilation, regularized: boolean): Promise<Logs> {
  const { loss, dataLoss, outputLosses } = await totals.read();
  const logs: Logs = regularized ? { loss, dataLoss } : { loss };
  for (const [name, value] of outputLosses) logs[outputName(name, "loss")] = value;
  for (const [name, value] of await readMetrics(compilation)) if (typeof value === "number") logs[name] = value;
  return logs;
}

export async function readMetrics(compilation: Compilation): Promise<[name: string, value: MetricResult][]> {
  return Promise.all(
    namedMetrics(compilation).map(
      async ([name, metric]): Promise<[string, MetricResult]> => [name, await metric.result()],
    ),
  );
}
