/** All metrics by name. A page that uses no name does without. */
import type { ConfigurableClass } from "../graph/registry.ts";
import {
  Accuracy,
  BinaryAccuracy,
  CategoricalAccuracy,
  SparseCategoricalAccuracy,
  SparseTopKCategoricalAccuracy,
  TopKCategoricalAccuracy,
} from "./accuracy.ts";
import { AUC } from "./area.ts";
import { ConfusionMatrix, F1Score, FBetaScore, Precision, Recall, Specificity } from "./confusion.ts";
import {
  MeanAbsoluteError,
  MeanAbsolutePercentageError,
  MeanSquaredError,
  Perplexity,
  RootMeanSquaredError,
} from "./errors.ts";
import { R2Score } from "./explained.ts";
import { BalancedAccuracy, CohenKappa, MatthewsCorrelation, MeanIoU } from "./matrix-numbers.ts";
import { MeanLoss } from "./mean-loss.ts";
import type { Metric } from "./metric.ts";
import { type MetricLike, metricRegistry } from "./metric-registry.ts";

const all: readonly ConfigurableClass<Metric>[] = [
  Accuracy,
  AUC,
  BalancedAccuracy,
  BinaryAccuracy,
  CategoricalAccuracy,
  CohenKappa,
  ConfusionMatrix,
  F1Score,
  FBetaScore,
  MatthewsCorrelation,
  MeanAbsoluteError,
  MeanAbsolutePercentageError,
  MeanIoU,
  MeanLoss,
  MeanSquaredError,
  Perplexity,
  Precision,
  R2Score,
  Recall,
  RootMeanSquaredError,
  SparseCategoricalAccuracy,
  SparseTopKCategoricalAccuracy,
  Specificity,
  TopKCategoricalAccuracy,
];

/** Makes all metrics known, where that has not happened yet. */
export function registerMetrics(): void {
  for (const each of all) metricRegistry.register(each);
}

/** The metric that an option's value stands for, whichever there is; `owner` names the option in messages. */
export function resolveMetric(owner: string, value: MetricLike): Metric {
  registerMetrics();
  return metricRegistry.resolve(owner, value);
}
