/** Scores of predicted probabilities: log loss, perplexity, Brier score. On the host, with scikit-learn's results. */
import { checkBoolean, checkOptions, describe } from "../graph/options.ts";
import { defaultPositive } from "./curves.ts";
import { checkLists, type Label, type Labels, type WeightOptions } from "./labels.ts";
import { type ClassifierScores, classesOfColumns, columnOf, isScoreRows, rowsOf } from "./ranking.ts";
import { total } from "./scores.ts";

export interface ProbabilityOptions extends WeightOptions {
  /** The class of each column; default those that occur, sorted. */
  labels?: readonly Label[];
}

export interface LogLossOptions extends ProbabilityOptions {
  /** Whether to give the mean over the examples (default) rather than the sum. */
  normalize?: boolean;
}

/**
 * The cross-entropy of the true classes: the mean of -log(probability of the true class), in nats. Probabilities are clipped to
 * [2⁻⁵², 1 - 2⁻⁵²], so that the loss is finite.
 *
 * @param yTrue Labels, `[examples]`.
 * @param yProba Rows of probabilities; for two classes one each example, that of the label sorted last, is enough.
 * @throws If shapes or options do not go together, or a probability is outside [0, 1].
 * @example
 * logLoss([1, 0, 0, 1], [0.9, 0.1, 0.2, 0.65]); // 0.2161…
 */
export function logLoss(yTrue: Labels, yProba: ClassifierScores, options: LogLossOptions = {}): number {
  checkOptions("logLoss", options, { sampleWeight: true, labels: true, normalize: true });
  const { normalize = true, ...rest } = options;
  checkBoolean("logLoss", "normalize", normalize);
  const { losses, weights } = lossesOf("logLoss", yTrue, yProba, rest);
  const sum = total(losses.map((loss, index) => loss * (weights[index] as number)));
  return normalize ? sum / total(weights) : sum;
}

/**
 * The exponential of the log loss: among how many equally likely classes a guess would be as uncertain. For language models
 * the examples are tokens.
 *
 * @param yTrue Labels, `[examples]`.
 * @param yProba Rows of probabilities.
 * @throws If shapes or options do not go together, or a probability is outside [0, 1].
 * @example
 * perplexity([0, 1], [[0.25, 0.75], [0.75, 0.25]]); // 4
 */
export function perplexity(yTrue: Labels, yProba: ClassifierScores, options: ProbabilityOptions = {}): number {
  checkOptions("perplexity", options, { sampleWeight: true, labels: true });
  const { losses, weights } = lossesOf("perplexity", yTrue, yProba, options);
  return Math.exp(total(losses.map((loss, index) => loss * (weights[index] as number))) / total(weights));
}

function lossesOf(owner: string, yTrue: Labels, yProba: ClassifierScores, options: ProbabilityOptions) {
  const weights = checkLists(owner, yTrue, yProba, options.sampleWeight);
  const rows = probabilityRows(owner, yProba);
  const classes = classesOfColumns(owner, yTrue, rows, options.labels);
  const place = new Map(classes.map((label, column) => [label, column]));
  const losses = rows.map((row, index) => {
    const probability = row[place.get(yTrue[index] as Label) as number] as number;
    return -Math.log(Math.min(Math.max(probability, Number.EPSILON), 1 - Number.EPSILON));
  });
  return { losses, weights };
}

export interface BrierOptions extends ProbabilityOptions {
  /** For one probability an example, the class it is of; default 1, for labels 0 and 1 or -1 and 1. */
  positiveLabel?: Label;
  /** Whether to halve the sum over the classes, so that the score is in [0, 1]; default for two classes. */
  scaleByHalf?: boolean;
}

/**
 * The Brier score: the mean squared difference between probabilities and what happened; 0 is best.
 *
 * @param yTrue Labels, `[examples]`.
 * @param yProba One probability an example, that of the positive label, or rows with one for each class.
 * @throws If shapes or options do not go together, or a probability is outside [0, 1].
 * @example
 * brierScoreLoss([0, 1, 1, 0], [0.1, 0.9, 0.8, 0.3]); // 0.0375
 */
export function brierScoreLoss(yTrue: Labels, yProba: ClassifierScores, options: BrierOptions = {}): number {
  const owner = "brierScoreLoss";
  checkOptions(owner, options, { sampleWeight: true, labels: true, positiveLabel: true, scaleByHalf: true });
  const { labels, positiveLabel, scaleByHalf } = options;
  if (scaleByHalf !== undefined) checkBoolean(owner, "scaleByHalf", scaleByHalf);
  const weights = checkLists(owner, yTrue, yProba, options.sampleWeight);
  const isColumn = !isScoreRows(yProba) || yProba[0]?.length === 1;
  const rows = probabilityRows(owner, yProba);
  const positive = isColumn ? (positiveLabel ?? defaultPositive(owner, yTrue)) : undefined;
  const classes = isColumn ? undefined : classesOfColumns(owner, yTrue, rows, labels);
  const isClass = (label: Label | undefined, column: number) =>
    classes ? classes[column] === label : (label === positive) === (column === 1);
  const errors = rows.map((row, index) =>
    total(row.map((probability, column) => (Number(isClass(yTrue[index], column)) - probability) ** 2)),
  );
  const score = total(errors.map((error, index) => error * (weights[index] as number))) / total(weights);
  return (scaleByHalf ?? (rows[0]?.length ?? 0) < 3) ? score / 2 : score;
}

/** Rows of probabilities; one probability each becomes the rows of two classes. */
function probabilityRows(owner: string, yProba: ClassifierScores): number[][] {
  const isColumn = !isScoreRows(yProba) || yProba[0]?.length === 1;
  const rows = isColumn ? columnOf(owner, yProba).map((value) => [value]) : rowsOf(owner, yProba);
  for (const [index, row] of rows.entries()) for (const value of row) checkProbability(owner, index, value);
  return isColumn ? rows.flat().map((value) => [1 - value, value]) : rows;
}

/** @throws RangeError If a number is no probability. */
export function checkProbability(owner: string, index: number, value: number): void {
  if (!(value >= 0 && value <= 1))
    throw new RangeError(
      `${owner}: example ${index} has the probability ${describe(value)}, expected numbers in [0, 1]; apply softmax or sigmoid to logits`,
    );
}
