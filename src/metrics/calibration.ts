/** Calibration: whether what is predicted with some probability happens as often. On the host. */
import { checkChoice, checkInteger, checkOptions } from "../graph/options.ts";
import { type Bin, type CalibrationNorm, calibrationNorms, errorOfBins, evenEdges } from "./calibration-bins.ts";
import { defaultPositive } from "./curves.ts";
import { checkLists, type Label, type Labels, type WeightOptions, weightsOf } from "./labels.ts";
import { checkProbability } from "./probability.ts";
import { quantile, sorted } from "./quantiles.ts";
import { type ClassifierScores, classesOfColumns, columnOf, isScoreRows, rowsOf } from "./ranking.ts";

export interface CalibrationCurveOptions {
  /** How many bins; default 5. */
  bins?: number;
  /** Bins of equal width (`"uniform"`, default) or with equally many examples (`"quantile"`). */
  strategy?: "uniform" | "quantile";
  /** The class whose probabilities are given; default 1, for labels 0 and 1 or -1 and 1. */
  positiveLabel?: Label;
}

/** A point for each bin that has examples. */
export interface CalibrationCurve {
  /** The share of positive examples. */
  readonly probTrue: readonly number[];
  /** The mean of the predicted probabilities. */
  readonly probPred: readonly number[];
}

/**
 * How often the positive class happens where it is predicted with some probability, in bins; scikit-learn's `calibration_curve`.
 *
 * @param yTrue Labels, `[examples]`.
 * @param yProb The probability of the positive label, `[examples]`.
 * @throws If the lists differ in length, or a probability is outside [0, 1].
 * @example
 * calibrationCurve([0, 0, 1, 1], [0.1, 0.3, 0.6, 0.9], { bins: 2 }); // { probTrue: [0, 1], probPred: [0.2, 0.75] }
 */
export function calibrationCurve(
  yTrue: Labels,
  yProb: ArrayLike<number>,
  options: CalibrationCurveOptions = {},
): CalibrationCurve {
  const owner = "calibrationCurve";
  checkOptions(owner, options, { bins: true, strategy: true, positiveLabel: true });
  const { bins = 5, strategy = "uniform", positiveLabel = defaultPositive(owner, yTrue) } = options;
  checkInteger(owner, "bins", bins, 1);
  checkChoice(owner, "strategy", strategy, ["uniform", "quantile"]);
  const weights = checkLists(owner, yTrue, yProb, undefined);
  const probabilities = columnOf(owner, yProb);
  for (const [index, value] of probabilities.entries()) checkProbability(owner, index, value);
  const even = evenEdges(bins);
  const order = sorted(probabilities);
  const edges = strategy === "uniform" ? even : even.map((share) => quantile(order, share));
  const hits = Array.from(yTrue, (label) => label === positiveLabel);
  const filled = fillBins(edges, probabilities, hits, weights);
  return {
    probTrue: filled.map(({ hits, weight }) => hits / weight),
    probPred: filled.map(({ confidence, weight }) => confidence / weight),
  };
}

export interface CalibrationErrorOptions extends WeightOptions {
  /** How many bins of equal width; default 15. */
  bins?: number;
  /** The weighted mean of the gaps (`"l1"`, default), the root of that of their squares (`"l2"`), or the largest (`"max"`). */
  norm?: CalibrationNorm;
  /** The class of each column; default those that occur, sorted. */
  labels?: readonly Label[];
  /** For one probability an example, the class it is of; default 1, for labels 0 and 1 or -1 and 1. */
  positiveLabel?: Label;
}

/**
 * Expected calibration error (Guo et al. 2017): the gap between confidence and accuracy, averaged over bins of confidence
 * weighted by their examples. Bins are open on the left and closed on the right.
 *
 * For rows of probabilities, the confidence is the largest one and a hit that its class is right. For one probability an
 * example, it is that probability and a hit that the example is positive.
 *
 * @param yTrue Labels, `[examples]`.
 * @param yProba Rows of probabilities, or one an example.
 * @throws If shapes or options do not go together, or a probability is outside [0, 1].
 * @example
 * expectedCalibrationError([0, 1], [[0.8, 0.2], [0.2, 0.8]]); // 0.2
 */
export function expectedCalibrationError(
  yTrue: Labels,
  yProba: ClassifierScores,
  options: CalibrationErrorOptions = {},
): number {
  const owner = "expectedCalibrationError";
  checkOptions(owner, options, { sampleWeight: true, bins: true, norm: true, labels: true, positiveLabel: true });
  const { bins = 15, norm = "l1" } = options;
  checkInteger(owner, "bins", bins, 1);
  checkChoice(owner, "norm", norm, calibrationNorms);
  checkLists(owner, yTrue, yProba, undefined);
  const weights = weightsOf(owner, yTrue.length, options.sampleWeight);
  const { confidences, hits } = confidencesOf(owner, yTrue, yProba, options);
  return errorOfBins(fillBins(evenEdges(bins), confidences, hits, weights), norm);
}

function confidencesOf(
  owner: string,
  yTrue: Labels,
  yProba: ClassifierScores,
  { labels, positiveLabel }: CalibrationErrorOptions,
): { readonly confidences: readonly number[]; readonly hits: readonly boolean[] } {
  if (!isScoreRows(yProba) || yProba[0]?.length === 1) {
    const positive = positiveLabel ?? defaultPositive(owner, yTrue);
    const confidences = columnOf(owner, yProba);
    for (const [index, value] of confidences.entries()) checkProbability(owner, index, value);
    return { confidences, hits: Array.from(yTrue, (label) => label === positive) };
  }
  const rows = rowsOf(owner, yProba);
  for (const [index, row] of rows.entries()) for (const value of row) checkProbability(owner, index, value);
  const classes = classesOfColumns(owner, yTrue, rows, labels);
  const confidences = rows.map((row) => Math.max(...row));
  return {
    confidences,
    hits: rows.map((row, index) => classes[row.indexOf(confidences[index] as number)] === yTrue[index]),
  };
}

function fillBins(
  edges: readonly number[],
  confidences: readonly number[],
  hits: readonly boolean[],
  weights: readonly number[],
): readonly Bin[] {
  const inner = edges.slice(1, -1);
  const bins = Array.from({ length: edges.length - 1 }, () => ({ weight: 0, hits: 0, confidence: 0 }));
  for (const [index, confidence] of confidences.entries()) {
    const above = inner.findIndex((edge) => edge >= confidence);
    const bin = bins[above < 0 ? inner.length : above];
    const weight = weights[index] as number;
    if (!bin) continue;
    bin.weight += weight;
    bin.confidence += weight * confidence;
    if (hits[index]) bin.hits += weight;
  }
  return bins.filter(({ weight }) => weight > 0);
}
