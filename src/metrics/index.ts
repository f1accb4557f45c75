/** Metrics: functions that make them, and their names. */
import { BinaryAccuracy, CategoricalAccuracy, SparseCategoricalAccuracy } from "./accuracies.ts";
import { Accuracy, type MultiLabelOptions } from "./accuracy.ts";
import { AUC, type AUCOptions, AveragePrecision, type AveragePrecisionOptions } from "./area.ts";
import { BrierScore, type BrierScoreOptions } from "./brier.ts";
import { ExpectedCalibrationError, type ExpectedCalibrationErrorOptions } from "./calibration-error.ts";
import {
  ConfusionMatrix,
  type CountedMatrixOptions,
  F1Score,
  FBetaScore,
  type FBetaScoreOptions,
  JaccardScore,
  Precision,
  Recall,
  Specificity,
} from "./confusion.ts";
import type { ThresholdOptions } from "./decisions.ts";
import {
  CosineSimilarity,
  MeanAbsoluteError,
  MeanAbsolutePercentageError,
  MeanSquaredError,
  Perplexity,
  type PerplexityOptions,
  RootMeanSquaredError,
} from "./errors.ts";
import { ExplainedVariance, type ExplainedVarianceOptions, R2Score, type R2ScoreOptions } from "./explained.ts";
import { HammingLoss, type HammingLossOptions } from "./hamming-loss.ts";
import { LogLoss, type LogLossOptions } from "./log-loss.ts";
import type { ConfusionMatrixOptions } from "./matrix-metric.ts";
import {
  BalancedAccuracy,
  type BalancedAccuracyOptions,
  CohenKappa,
  type CohenKappaOptions,
  MatthewsCorrelation,
  MeanIoU,
  type MeanIoUOptions,
} from "./matrix-numbers.ts";
import { MaxError } from "./max-error.ts";
import { MeanLoss, type MeanLossOptions } from "./mean-loss.ts";
import type { MetricOptions } from "./metric.ts";
import { DiceScore, IoUScore, type OverlapScoreOptions } from "./overlap.ts";
import type { ScoreOptions } from "./score-metric.ts";
import { SparseTopKCategoricalAccuracy, TopKCategoricalAccuracy, type TopKOptions } from "./top-k-accuracy.ts";

export * from "./accuracy.ts";
export * from "./area.ts";
export * from "./brier.ts";
export * from "./calibration-error.ts";
export * from "./confusion.ts";
export type { ThresholdOptions } from "./decisions.ts";
export * from "./errors.ts";
export * from "./explained.ts";
export * from "./log-loss.ts";
export type { ConfusionMatrixOptions } from "./matrix-metric.ts";
export * from "./matrix-numbers.ts";
export * from "./max-error.ts";
export * from "./mean-loss.ts";
export { Metric, type MetricOptions, type MetricResult } from "./metric.ts";
export { type MetricLike, registerMetric } from "./metric-registry.ts";
export * from "./overlap.ts";
export { resolveMetric } from "./registry.ts";
export type { Average, ScoreOptions } from "./score-metric.ts";

/**
 * The share of right decisions, for targets of any form.
 *
 * @example
 * model.compile({ optimizer: "adam", loss, metrics: [metrics.accuracy()] });
 */
export const accuracy = (options?: MultiLabelOptions): Accuracy => new Accuracy(options);
/** The share of outputs on the target's side of a threshold. */
export const binaryAccuracy = (options?: ThresholdOptions): BinaryAccuracy => new BinaryAccuracy(options);
/** The share of examples whose largest output is the class of a one-hot target. */
export const categoricalAccuracy = (options?: MetricOptions): CategoricalAccuracy => new CategoricalAccuracy(options);
/** The share of examples whose largest output is the target's class. */
export const sparseCategoricalAccuracy = (options?: MetricOptions): SparseCategoricalAccuracy =>
  new SparseCategoricalAccuracy(options);
/** The share of examples whose target's class is among the k largest outputs. */
export const topKCategoricalAccuracy = (options?: TopKOptions): TopKCategoricalAccuracy =>
  new TopKCategoricalAccuracy(options);
/** The share of examples whose target's class, an index, is among the k largest outputs. */
export const sparseTopKCategoricalAccuracy = (options?: TopKOptions): SparseTopKCategoricalAccuracy =>
  new SparseTopKCategoricalAccuracy(options);
/** The mean of (yTrue - yPred)². */
export const meanSquaredError = (options?: MetricOptions): MeanSquaredError => new MeanSquaredError(options);
/** The mean of |yTrue - yPred|. */
export const meanAbsoluteError = (options?: MetricOptions): MeanAbsoluteError => new MeanAbsoluteError(options);
/** The mean cosine of the angle between rows of targets and predictions. */
export const cosineSimilarity = (options?: MetricOptions): CosineSimilarity => new CosineSimilarity(options);
/** The root of the mean of (yTrue - yPred)². */
export const rootMeanSquaredError = (options?: MetricOptions): RootMeanSquaredError =>
  new RootMeanSquaredError(options);
/** The mean of |yTrue - yPred| / |yTrue|, a share. */
export const meanAbsolutePercentageError = (options?: MetricOptions): MeanAbsolutePercentageError =>
  new MeanAbsolutePercentageError(options);
/**
 * The coefficient of determination R².
 *
 * @example
 * model.compile({ optimizer: "adam", loss: "meanSquaredError", metrics: [metrics.r2Score()] });
 */
export const r2Score = (options?: R2ScoreOptions): R2Score => new R2Score(options);
/**
 * The exponential of the mean cross-entropy, of language models.
 *
 * @example
 * metrics.perplexity({ fromLogits: true, ignoreClass: 0 });
 */
export const perplexity = (options?: PerplexityOptions): Perplexity => new Perplexity(options);
/**
 * The area under the ROC curve, or average precision, to one of `thresholds` intervals of the score.
 *
 * @example
 * metrics.auc({ curve: "precisionRecall", fromLogits: true });
 */
export const auc = (options?: AUCOptions): AUC => new AUC(options);
/** The mean of the recalls of the classes that have examples. */
export const balancedAccuracy = (options?: BalancedAccuracyOptions): BalancedAccuracy => new BalancedAccuracy(options);
/** Matthews's correlation coefficient, for any number of classes. */
export const matthewsCorrelation = (options?: ConfusionMatrixOptions): MatthewsCorrelation =>
  new MatthewsCorrelation(options);
/**
 * Cohen's kappa, the agreement beyond chance.
 *
 * @example
 * metrics.cohenKappa({ weights: "quadratic" });
 */
export const cohenKappa = (options?: CohenKappaOptions): CohenKappa => new CohenKappa(options);
/**
 * The mean intersection over union of segmentations.
 *
 * @example
 * metrics.meanIoU({ classes: 21, ignoreClass: 255 });
 */
export const meanIoU = (options?: MeanIoUOptions): MeanIoU => new MeanIoU(options);
/**
 * The mean of a loss.
 *
 * @example
 * metrics.meanLoss({ loss: losses.huber({ delta: 0.5 }) });
 */
export const meanLoss = (options: MeanLossOptions): MeanLoss => new MeanLoss(options);
/** How often examples of a class were given another: `result()[label][prediction]`. */
export const confusionMatrix = (options?: CountedMatrixOptions): ConfusionMatrix => new ConfusionMatrix(options);
/** Of the examples given a class, the share that has it. */
export const precision = (options?: ScoreOptions): Precision => new Precision(options);
/** Of the examples of a class, the share given it. */
export const recall = (options?: ScoreOptions): Recall => new Recall(options);
/**
 * The harmonic mean of precision and recall.
 *
 * @example
 * metrics.f1Score({ average: "macro" });
 */
export const f1Score = (options?: ScoreOptions): F1Score => new F1Score(options);
/**
 * The harmonic mean of precision and recall with recall counted `beta` times as much.
 *
 * @example
 * metrics.fbetaScore({ beta: 2 });
 */
export const fbetaScore = (options?: FBetaScoreOptions): FBetaScore => new FBetaScore(options);
/** Of the examples without a class, the share not given it. */
export const specificity = (options?: ScoreOptions): Specificity => new Specificity(options);
/** Of the examples of a class or given it, the share that is both: the Jaccard index. */
export const jaccardScore = (options?: ScoreOptions): JaccardScore => new JaccardScore(options);
/**
 * Dice's coefficient of segmentations, the mean over the classes that occur.
 *
 * @example
 * metrics.diceScore({ labels: [1, 2], ignoreClass: 255 }); // without the background
 */
export const diceScore = (options?: OverlapScoreOptions): DiceScore => new DiceScore(options);
/** Intersection over union of segmentations, the mean over the classes that occur. */
export const iouScore = (options?: OverlapScoreOptions): IoUScore => new IoUScore(options);
/**
 * Average precision, to one of `thresholds` intervals of the score.
 *
 * @example
 * metrics.averagePrecision({ thresholds: "exact", average: "weighted" });
 */
export const averagePrecision = (options?: AveragePrecisionOptions): AveragePrecision => new AveragePrecision(options);
/** The mean cross-entropy of the true classes, for targets of any form. */
export const logLoss = (options?: LogLossOptions): LogLoss => new LogLoss(options);
/** The mean squared difference between probabilities and what happened. */
export const brierScore = (options?: BrierScoreOptions): BrierScore => new BrierScore(options);
/**
 * The gap between confidence and accuracy, averaged over bins of confidence.
 *
 * @example
 * metrics.expectedCalibrationError({ bins: 10, fromLogits: true });
 */
export const expectedCalibrationError = (options?: ExpectedCalibrationErrorOptions): ExpectedCalibrationError =>
  new ExpectedCalibrationError(options);
/** The share of labels that are wrong. */
export const hammingLoss = (options?: HammingLossOptions): HammingLoss => new HammingLoss(options);
/** The share of the targets' variance that predictions explain but for an offset of all. */
export const explainedVariance = (options?: ExplainedVarianceOptions): ExplainedVariance =>
  new ExplainedVariance(options);
/** The largest of |yTrue - yPred|. */
export const maxError = (options?: MetricOptions): MaxError => new MaxError(options);
