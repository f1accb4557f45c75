/**
 * Single numbers from a confusion matrix, `matrix[label][prediction]`: balanced accuracy, Matthews's correlation, Cohen's kappa,
 * mean intersection over union. The scores on the host and the metrics on the device both end here.
 */
import { classCounts, jaccardOf, type Matrix, recallOf, total, weightedMean } from "./scores.ts";

/** A quotient, or 0 where the divisor is 0. */
export function ratioOrZero(dividend: number, divisor: number): number {
  return divisor === 0 ? 0 : dividend / divisor;
}

/** Shares instead of counts: of the true class (rows sum to 1), of the predicted one (columns do), or of all examples. */
export type Normalization = "true" | "pred" | "all";
export const normalizations: readonly Normalization[] = ["true", "pred", "all"];

/** A matrix with shares for counts. Shares of nothing are 0. */
export function normalizeMatrix(matrix: Matrix, normalize: Normalization | undefined): Matrix {
  if (normalize === undefined) return matrix;
  const columns = matrix.map((_, column) => total(matrix.map((row) => row[column] as number)));
  const all = total(columns);
  return matrix.map((row) => {
    const support = total(row);
    const divisors = { true: () => support, pred: (column: number) => columns[column] as number, all: () => all };
    return row.map((value, column) => ratioOrZero(value, divisors[normalize](column)));
  });
}

/** The mean recall of the classes that have examples; adjusted, so that chance is 0. */
export function balancedAccuracyOfMatrix(matrix: Matrix, adjusted: boolean): number {
  const recalls = classCounts(matrix)
    .map((counts) => recallOf(counts, Number.NaN))
    .filter((recall) => !Number.isNaN(recall));
  const score = total(recalls) / recalls.length;
  const chance = 1 / recalls.length;
  return adjusted ? (score - chance) / (1 - chance) : score;
}

/** The correlation of true and predicted classes as indicator vectors (Gorodkin 2004); 0 where one of them is constant. */
export function matthewsOfMatrix(matrix: Matrix): number {
  const counts = classCounts(matrix);
  const examples = total(counts.map(({ support }) => support));
  if (examples === 0) return Number.NaN;
  const right = total(counts.map(({ truePositives }) => truePositives));
  const products = (part: (each: (typeof counts)[number]) => number) => total(counts.map(part));
  const covariance = right * examples - products(({ support, predicted }) => support * predicted);
  const ofPredicted = examples ** 2 - products(({ predicted }) => predicted ** 2);
  const ofTrue = examples ** 2 - products(({ support }) => support ** 2);
  const variances = ofPredicted * ofTrue;
  return variances === 0 ? 0 : covariance / Math.sqrt(variances);
}

/** How much a mistake counts: by the distance of the classes, or its square. */
export type KappaWeights = "linear" | "quadratic";
export const kappaWeights: readonly KappaWeights[] = ["linear", "quadratic"];

/** 1 - observed / expected disagreement; NaN where none is expected. */
export function cohenKappaOfMatrix(matrix: Matrix, weights: KappaWeights | undefined): number {
  const counts = classCounts(matrix);
  const examples = total(counts.map(({ support }) => support));
  const weightOf = (a: number, b: number) => {
    if (weights === undefined) return a === b ? 0 : 1;
    return weights === "linear" ? Math.abs(a - b) : (a - b) ** 2;
  };
  const disagreement = (cell: (row: number, column: number) => number) =>
    total(counts.map((_, row) => total(counts.map((_, column) => weightOf(row, column) * cell(row, column)))));
  const observed = disagreement((row, column) => matrix[row]?.[column] as number);
  const expected = disagreement(
    (row, column) => ((counts[row]?.support as number) * (counts[column]?.predicted as number)) / examples,
  );
  return examples === 0 || expected === 0 ? Number.NaN : 1 - observed / expected;
}

/** The mean of intersection over union over the classes that occur; NaN where none does. */
export function meanIoUOfMatrix(matrix: Matrix): number {
  const scores = classCounts(matrix).map((counts) => jaccardOf(counts, Number.NaN));
  return weightedMean(
    scores,
    scores.map(() => 1),
  );
}
