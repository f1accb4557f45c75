/**
 * Scores of a classifier from lists of labels or scores, on the host, under scikit-learn's names and with its results. Labels
 * are numbers or texts; numbers are sorted by size, texts by their code units.
 */
export * from "./agreement.ts";
export * from "./label-scores.ts";
export type { Label, LabelRows, Labels, MatrixOptions, WeightOptions } from "./labels.ts";
export type { KappaWeights } from "./matrix-scores.ts";
export * from "./report.ts";
export { type ClassificationReport, type ClassScores, reportOfConfusionMatrix, type Scores } from "./scores.ts";
