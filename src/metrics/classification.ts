/**
 * Scores of a classifier from lists of labels, scores or probabilities, on the host, under scikit-learn's names and with its
 * results. Labels are numbers or texts; numbers are sorted by size, texts by their code units.
 */
export * from "./agreement.ts";
export * from "./calibration.ts";
export {
  auc,
  type CurveOptions,
  type PrecisionRecallCurve,
  precisionRecallCurve,
  type RocCurve,
  rocCurve,
} from "./curves.ts";
export * from "./label-scores.ts";
export type { Label, LabelRows, Labels, MatrixOptions, WeightOptions } from "./labels.ts";
export type { KappaWeights, Normalization } from "./matrix-scores.ts";
export {
  type BrierOptions,
  brierScoreLoss,
  type LogLossOptions,
  logLoss,
  type ProbabilityOptions,
  perplexity,
} from "./probability.ts";
export {
  type AveragePrecisionOptions,
  averagePrecisionScore,
  type ClassifierScores,
  type RankingAverage,
  type RocAucOptions,
  rocAucScore,
  type TopKOptions,
  topKAccuracyScore,
} from "./ranking.ts";
export * from "./report.ts";
export type { ReportIntervals, ScoreIntervals } from "./report-intervals.ts";
export * from "./report-text.ts";
export type { ClassScores, Scores } from "./scores.ts";
