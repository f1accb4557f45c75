/** Judging: which way losses and metrics get better, and their values so far. */
import type { Metric, MetricResult } from "../../metrics/metric.ts";
import type { Direction, Logs } from "../callbacks/callback.ts";
import { namedMetrics } from "./log-names.ts";
import type { Totals } from "./totals.ts";
import type { TrainableModel } from "./trainable.ts";

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
  fbetaScore: "max",
  specificity: "max",
  auc: "max",
  balancedAccuracy: "max",
  cohenKappa: "max",
  matthewsCorrelation: "max",
  meanIoU: "max",
  r2Score: "max",
  explainedVariance: "max",
  cosineSimilarity: "max",
  averagePrecision: "max",
  jaccardScore: "max",
  diceScore: "max",
  iouScore: "max",
  meanSquaredError: "min",
  meanAbsoluteError: "min",
  meanAbsolutePercentageError: "min",
  rootMeanSquaredError: "min",
  perplexity: "min",
  meanLoss: "min",
  logLoss: "min",
  brierScore: "min",
  expectedCalibrationError: "min",
  hammingLoss: "min",
  maxError: "min",
};

/** The name of a value of the validation: `valLoss` for `loss`. */
export function validationName(name: string): string {
  return `val${name.charAt(0).toUpperCase()}${name.slice(1)}`;
}

/** The parts of a model that judging needs. */
type JudgedModel = Pick<TrainableModel, "compilation" | "ownMetrics">;

export function metricsOf({ compilation, ownMetrics }: JudgedModel): readonly Metric[] {
  return namedMetrics(compilation, ownMetrics).map(([, metric]) => metric);
}

/**
 * The names that logs will have, and which way each gets better where that is known.
 *
 * @param trained What training steps report.
 * @param validated What test steps report; undefined where there is no validation.
 */
export function logDirections(
  { compilation, ownMetrics }: JudgedModel,
  trained: readonly string[],
  validated: readonly string[] | undefined,
): Map<string, Direction | undefined> {
  const judging = namedMetrics(compilation, ownMetrics)
    .filter(([, { className }]) => className !== "confusionMatrix")
    .map(([name, { className }]): [string, Direction | undefined] => [name, directions[className]]);
  const losses = (names: readonly string[]) =>
    names.map((name): [string, Direction | undefined] => [name, /loss$/i.test(name) ? "min" : undefined]);
  const validation = validated ? [...losses(validated), ...judging] : [];
  return new Map([
    ...losses(trained),
    ...judging,
    ...validation.map(([name, direction]): [string, Direction | undefined] => [validationName(name), direction]),
  ]);
}

/** Losses and metrics of a pass so far. Metrics that are not single numbers are left out: they belong in a report. */
export async function readLogs(totals: Totals, model: JudgedModel): Promise<Logs> {
  const { means } = await totals.read();
  const logs: Logs = Object.fromEntries(means);
  for (const [name, value] of await readMetrics(model)) if (typeof value === "number") logs[name] = value;
  return logs;
}

export async function readMetrics({
  compilation,
  ownMetrics,
}: JudgedModel): Promise<[name: string, value: MetricResult][]> {
  return Promise.all(
    namedMetrics(compilation, ownMetrics).map(
      async ([name, metric]): Promise<[string, MetricResult]> => [name, await metric.result()],
    ),
  );
}
