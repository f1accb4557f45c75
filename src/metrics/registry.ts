/** All metrics by name. A page that uses no name does without. */
import type { ConfigurableClass } from "../graph/registry.ts";
import { registerLosses } from "../losses/registry.ts";
import { BinaryAccuracy, CategoricalAccuracy, SparseCategoricalAccuracy } from "./accuracies.ts";
import { Accuracy } from "./accuracy.ts";
import { AUC, AveragePrecision } from "./area.ts";
import { BrierScore } from "./brier.ts";
import { ExpectedCalibrationError } from "./calibration-error.ts";
import { ConfusionMatrix, F1Score, FBetaScore, JaccardScore, Precision, Recall, Specificity } from "./confusion.ts";
import {
  CosineSimilarity,
  MeanAbsoluteError,
  MeanAbsolutePercentageError,
  MeanSquaredError,
  Perplexity,
  RootMeanSquaredError,
} from "./errors.ts";
import { ExplainedVariance, R2Score } from "./explained.ts";
import { HammingLoss } from "./hamming-loss.ts";
import { LogLoss } from "./log-loss.ts";
import { BalancedAccuracy, CohenKappa, MatthewsCorrelation, MeanIoU } from "./matrix-numbers.ts";
import { MaxError } from "./max-error.ts";
import { MeanLoss } from "./mean-loss.ts";
import type { Metric } from "./metric.ts";
import { type MetricLike, metricRegistry, resolveKnownMetric } from "./metric-registry.ts";
import { DiceScore, IoUScore } from "./overlap.ts";
import { SparseTopKCategoricalAccuracy, TopKCategoricalAccuracy } from "./top-k-accuracy.ts";

const all: readonly ConfigurableClass<Metric>[] = [
  Accuracy,
  AUC,
  AveragePrecision,
  BalancedAccuracy,
  BinaryAccuracy,
  BrierScore,
  CategoricalAccuracy,
  CohenKappa,
  ConfusionMatrix,
  CosineSimilarity,
  DiceScore,
  ExpectedCalibrationError,
  ExplainedVariance,
  F1Score,
  FBetaScore,
  HammingLoss,
  IoUScore,
  JaccardScore,
  LogLoss,
  MatthewsCorrelation,
  MaxError,
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
  registerLosses();
  registerMetrics();
  return resolveKnownMetric(owner, value);
}
