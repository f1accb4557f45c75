/**
 * How far two lists of labels agree: the confusion matrix and the single numbers that follow from it — accuracy, balanced
 * accuracy, Matthews's correlation, Cohen's kappa. On the host, under scikit-learn's names and with its results.
 */
import { checkBoolean, checkChoice, checkOptions } from "../graph/options.ts";
import {
  checkLists,
  checkRows,
  isRows,
  type Label,
  type LabelRows,
  type Labels,
  type MatrixOptions,
  occurringLabels,
  type WeightOptions,
} from "./labels.ts";
import {
  balancedAccuracyOfMatrix,
  cohenKappaOfMatrix,
  type KappaWeights,
  kappaWeights,
  matthewsOfMatrix,
  type Normalization,
  normalizations,
  normalizeMatrix,
} from "./matrix-scores.ts";
import { total } from "./scores.ts";

/**
 * The share of examples predicted rightly; of rows of 0 and 1, the share of rows that are right in every label.
 *
 * @throws If the lists differ in length.
 * @example
 * accuracyScore([0, 1, 2, 2], [0, 2, 2, 2]); // 0.75
 */
export function accuracyScore(
  yTrue: Labels | LabelRows,
  yPred: Labels | LabelRows,
  options: WeightOptions = {},
): number {
  checkOptions("accuracyScore", options, { sampleWeight: true });
  const weights = checkLists("accuracyScore", yTrue, yPred, options.sampleWeight);
  const isHit =
    isRows(yTrue) && isRows(yPred) ? equalRows("accuracyScore", yTrue, yPred) : (at: number) => yTrue[at] === yPred[at];
  return total(weights.filter((_, index) => isHit(index))) / total(weights);
}

function equalRows(owner: string, yTrue: LabelRows, yPred: LabelRows): (at: number) => boolean {
  const [truth, guesses] = [
    checkRows(owner, "the true labels", yTrue),
    checkRows(owner, "the predicted labels", yPred),
  ];
  return (at) =>
    truth[at]?.length === guesses[at]?.length && !!truth[at]?.every((value, i) => value === guesses[at]?.[i]);
}

/**
 * The share of labels that are wrong: of examples for one label each, of the entries of all rows for rows of 0 and 1.
 *
 * @throws If the lists differ in length.
 * @example
 * hammingLoss([[0, 1], [1, 1]], [[0, 1], [0, 1]]); // 0.25
 */
export function hammingLoss(yTrue: Labels | LabelRows, yPred: Labels | LabelRows, options: WeightOptions = {}): number {
  checkOptions("hammingLoss", options, { sampleWeight: true });
  const weights = checkLists("hammingLoss", yTrue, yPred, options.sampleWeight);
  if (!isRows(yTrue) || !isRows(yPred))
    return total(weights.filter((_, index) => yTrue[index] !== yPred[index])) / total(weights);
  const truth = checkRows("hammingLoss", "the true labels", yTrue);
  const guesses = checkRows("hammingLoss", "the predicted labels", yPred);
  const wrong = truth.map((row, at) => row.filter((value, column) => value !== guesses[at]?.[column]).length);
  return total(wrong.map((count, at) => count * (weights[at] as number))) / (total(weights) * (truth[0]?.length ?? 0));
}

export interface ConfusionMatrixOptions extends MatrixOptions {
  /** Shares instead of counts: of the true class (rows sum to 1), of the predicted one (columns do), or of all examples. */
  normalize?: Normalization;
}

/**
 * How often examples of each class were given each class: `matrix[label][prediction]`, rows and columns in the order of
 * `labels`. Shares of nothing are 0.
 *
 * @throws If the lists differ in length.
 * @example
 * confusionMatrix([0, 1, 1], [0, 1, 0]); // [[1, 0], [1, 1]]
 * confusionMatrix([0, 1, 1], [0, 1, 0], { normalize: "true" }); // [[1, 0], [0.5, 0.5]]
 */
export function confusionMatrix(yTrue: Labels, yPred: Labels, options: ConfusionMatrixOptions = {}): number[][] {
  checkOptions("confusionMatrix", options, { sampleWeight: true, labels: true, normalize: true });
  const { normalize } = options;
  if (normalize !== undefined) checkChoice("confusionMatrix", "normalize", normalize, normalizations);
  const matrix = countPairs("confusionMatrix", yTrue, yPred, options);
  return normalizeMatrix(matrix, normalize).map((row) => [...row]);
}

function countPairs(owner: string, yTrue: Labels, yPred: Labels, options: MatrixOptions): number[][] {
  const weights = checkLists(owner, yTrue, yPred, options.sampleWeight);
  const labels = options.labels ?? occurringLabels(yTrue, yPred);
  const position = new Map(labels.map((label, index) => [label, index]));
  const matrix = labels.map(() => new Array<number>(labels.length).fill(0));
  for (const [index, weight] of weights.entries()) {
    const row = matrix[position.get(yTrue[index] as Label) ?? -1];
    const column = position.get(yPred[index] as Label);
    if (row && column !== undefined) row[column] = (row[column] as number) + weight;
  }
  return matrix;
}

export interface BalancedAccuracyOptions extends WeightOptions {
  /** Whether to shift and scale it so that chance is 0 and perfection 1; default false. */
  adjusted?: boolean;
}

/**
 * The mean of the recalls of the classes that have examples.
 *
 * @throws If the lists differ in length.
 * @example
 * balancedAccuracyScore([0, 0, 0, 1], [0, 0, 0, 0]); // 0.5, where the accuracy is 0.75
 */
export function balancedAccuracyScore(yTrue: Labels, yPred: Labels, options: BalancedAccuracyOptions = {}): number {
  checkOptions("balancedAccuracyScore", options, { sampleWeight: true, adjusted: true });
  const { adjusted = false } = options;
  checkBoolean("balancedAccuracyScore", "adjusted", adjusted);
  return balancedAccuracyOfMatrix(countPairs("balancedAccuracyScore", yTrue, yPred, weightOnly(options)), adjusted);
}

/**
 * Matthews's correlation coefficient, in [-1, 1], for any number of classes (Gorodkin 2004); 0 where one list has a single class.
 *
 * @throws If the lists differ in length.
 * @example
 * matthewsCorrcoef([1, 1, 1, 0], [1, 0, 1, 1]); // -0.333…
 */
export function matthewsCorrcoef(yTrue: Labels, yPred: Labels, options: WeightOptions = {}): number {
  checkOptions("matthewsCorrcoef", options, { sampleWeight: true });
  return matthewsOfMatrix(countPairs("matthewsCorrcoef", yTrue, yPred, options));
}

export interface CohenKappaOptions extends MatrixOptions {
  /** How a mistake counts by the distance of its classes in `labels`; default every mistake alike. */
  weights?: KappaWeights;
  /** The value where chance leaves no disagreement to expect; default NaN. */
  replaceUndefinedBy?: number;
}

/**
 * Cohen's kappa: how far two raters agree beyond chance, 1 - observed / expected disagreement.
 *
 * @throws If the lists differ in length.
 * @example
 * cohenKappaScore([0, 1, 2, 2], [0, 2, 2, 2], { weights: "quadratic" });
 */
export function cohenKappaScore(y1: Labels, y2: Labels, options: CohenKappaOptions = {}): number {
  checkOptions("cohenKappaScore", options, {
    sampleWeight: true,
    labels: true,
    weights: true,
    replaceUndefinedBy: true,
  });
  const { weights, replaceUndefinedBy = Number.NaN, ...rest } = options;
  if (weights !== undefined) checkChoice("cohenKappaScore", "weights", weights, kappaWeights);
  const kappa = cohenKappaOfMatrix(countPairs("cohenKappaScore", y1, y2, rest), weights);
  return Number.isNaN(kappa) ? replaceUndefinedBy : kappa;
}

function weightOnly({ sampleWeight }: WeightOptions): WeightOptions {
  return { ...(sampleWeight && { sampleWeight }) };
}
