/**
 * Precision, recall, F-scores and their kin from two lists of labels, on the host, under scikit-learn's names and with its
 * results: for one label an example, and for rows of 0 and 1 where an example may have several.
 */
import { checkChoice, checkNumber, checkOptions, describe } from "../graph/options.ts";
import { confusionMatrix } from "./agreement.ts";
import {
  checkLists,
  checkRows,
  everyLabel,
  isRows,
  type Label,
  type LabelRows,
  type Labels,
  type MatrixOptions,
  occurringLabels,
} from "./labels.ts";
import {
  averageOf,
  type ClassAverage,
  type ClassCounts,
  classCounts,
  f1Of,
  fbetaOf,
  jaccardOf,
  precisionOf,
  recallOf,
  type ScoreOfCounts,
  specificityOf,
  total,
  weightedMean,
} from "./scores.ts";

/**
 * How the scores of classes become one, or the score of the positive class alone (`"binary"`), or the mean over the examples
 * of each one's score (`"samples"`, for rows of labels).
 */
export type ScoreAverage = ClassAverage | "binary" | "samples";
const averages: readonly (ScoreAverage | "none")[] = ["binary", "micro", "macro", "weighted", "samples", "none"];

export interface ScoreOptions extends MatrixOptions {
  /** Default `"binary"`; `"none"` gives an array with a score for each class. */
  average?: ScoreAverage | "none";
  /** The class that `"binary"` looks at; default 1. */
  positiveLabel?: Label;
  /** What stands for a quotient with the divisor 0: 0 (default), 1 or NaN. */
  zeroDivision?: number;
}

type PerClass = ScoreOptions & { average: "none" };
type Averaged = ScoreOptions & { average?: ScoreAverage };
type AnyLabels = Labels | LabelRows;

/**
 * Of the examples given a class, the share that has it: truePositives / predicted.
 *
 * @param yTrue A label an example, or a row of 0 and 1 each; `labels` then are the columns to look at.
 * @throws If the lists differ in length, or the average is `"binary"` for more than two classes.
 * @example
 * precisionScore([0, 1, 2, 2], [0, 2, 2, 2], { average: "macro" }); // 0.555…
 */
export function precisionScore(yTrue: AnyLabels, yPred: AnyLabels, options: PerClass): number[];
export function precisionScore(yTrue: AnyLabels, yPred: AnyLabels, options?: Averaged): number;
export function precisionScore(yTrue: AnyLabels, yPred: AnyLabels, options: ScoreOptions): number | number[];
export function precisionScore(yTrue: AnyLabels, yPred: AnyLabels, options: ScoreOptions = {}): number | number[] {
  return score("precisionScore", precisionOf, yTrue, yPred, options);
}

/**
 * Of the examples of a class, the share given it: truePositives / support.
 *
 * @throws If the lists differ in length, or the average is `"binary"` for more than two classes.
 * @example
 * recallScore([[1, 0, 1], [0, 1, 0]], [[1, 0, 0], [0, 1, 1]], { average: "samples" }); // 0.75
 */
export function recallScore(yTrue: AnyLabels, yPred: AnyLabels, options: PerClass): number[];
export function recallScore(yTrue: AnyLabels, yPred: AnyLabels, options?: Averaged): number;
export function recallScore(yTrue: AnyLabels, yPred: AnyLabels, options: ScoreOptions): number | number[];
export function recallScore(yTrue: AnyLabels, yPred: AnyLabels, options: ScoreOptions = {}): number | number[] {
  return score("recallScore", recallOf, yTrue, yPred, options);
}

/**
 * Of the examples without a class, the share not given it: trueNegatives / negatives. It is the recall of "not this class".
 *
 * @throws If the lists differ in length, or the average is `"binary"` for more than two classes.
 * @example
 * specificityScore([0, 0, 0, 1], [0, 0, 1, 1]); // 2 / 3
 */
export function specificityScore(yTrue: AnyLabels, yPred: AnyLabels, options: PerClass): number[];
export function specificityScore(yTrue: AnyLabels, yPred: AnyLabels, options?: Averaged): number;
export function specificityScore(yTrue: AnyLabels, yPred: AnyLabels, options: ScoreOptions): number | number[];
export function specificityScore(yTrue: AnyLabels, yPred: AnyLabels, options: ScoreOptions = {}): number | number[] {
  return score("specificityScore", specificityOf, yTrue, yPred, options);
}

/**
 * The harmonic mean of precision and recall: 2 · truePositives / (predicted + support).
 *
 * @throws If the lists differ in length, or the average is `"binary"` for more than two classes.
 * @example
 * f1Score([0, 1, 1, 1], [0, 1, 0, 1]); // 0.8
 */
export function f1Score(yTrue: AnyLabels, yPred: AnyLabels, options: PerClass): number[];
export function f1Score(yTrue: AnyLabels, yPred: AnyLabels, options?: Averaged): number;
export function f1Score(yTrue: AnyLabels, yPred: AnyLabels, options: ScoreOptions): number | number[];
export function f1Score(yTrue: AnyLabels, yPred: AnyLabels, options: ScoreOptions = {}): number | number[] {
  return score("f1Score", f1Of, yTrue, yPred, options);
}

/**
 * Intersection over union: truePositives / (predicted + support - truePositives), also known as the Jaccard index.
 *
 * @throws If the lists differ in length, or the average is `"binary"` for more than two classes.
 * @example
 * jaccardScore([0, 1, 1, 1], [0, 1, 0, 1]); // 2 / 3
 */
export function jaccardScore(yTrue: AnyLabels, yPred: AnyLabels, options: PerClass): number[];
export function jaccardScore(yTrue: AnyLabels, yPred: AnyLabels, options?: Averaged): number;
export function jaccardScore(yTrue: AnyLabels, yPred: AnyLabels, options: ScoreOptions): number | number[];
export function jaccardScore(yTrue: AnyLabels, yPred: AnyLabels, options: ScoreOptions = {}): number | number[] {
  return score("jaccardScore", jaccardOf, yTrue, yPred, options);
}

export interface FbetaOptions extends ScoreOptions {
  /** How many times as much recall counts as precision, at least 0; 0.5, 1 and 2 are usual. */
  beta: number;
}

/**
 * The harmonic mean of precision and recall with recall counted `beta` times as much:
 * (1 + beta²) · truePositives / (beta² · support + predicted).
 *
 * @throws If the lists differ in length, or the average is `"binary"` for more than two classes.
 * @example
 * fbetaScore([0, 1, 1, 1], [0, 1, 0, 1], { beta: 2 }); // 0.714…
 */
export function fbetaScore(yTrue: AnyLabels, yPred: AnyLabels, options: FbetaOptions & { average: "none" }): number[];
export function fbetaScore(
  yTrue: AnyLabels,
  yPred: AnyLabels,
  options: FbetaOptions & { average?: ScoreAverage },
): number;
export function fbetaScore(yTrue: AnyLabels, yPred: AnyLabels, options: FbetaOptions): number | number[];
export function fbetaScore(yTrue: AnyLabels, yPred: AnyLabels, options: FbetaOptions): number | number[] {
  const { beta, ...rest } = options;
  if (beta !== Number.POSITIVE_INFINITY) checkNumber("fbetaScore", "beta", beta, { minimum: 0 });
  return score("fbetaScore", fbetaOf(beta), yTrue, yPred, rest);
}

function score(
  owner: string,
  part: ScoreOfCounts,
  yTrue: AnyLabels,
  yPred: AnyLabels,
  options: ScoreOptions,
): number | number[] {
  checkOptions(owner, options, {
    sampleWeight: true,
    labels: true,
    average: true,
    positiveLabel: true,
    zeroDivision: true,
  });
  const { average = "binary", zeroDivision = 0 } = options;
  checkChoice(owner, "average", average, averages);
  if (!Number.isNaN(zeroDivision)) checkNumber(owner, "zeroDivision", zeroDivision, { minimum: 0, maximum: 1 });
  const weights = checkLists(owner, yTrue, yPred, options.sampleWeight);
  const counts = countsOf(owner, yTrue, yPred, weights, average, options);
  if (average === "samples")
    return weightedMean(
      counts.map((each) => part(each, zeroDivision)),
      weights,
    );
  if (average === "none") return counts.map((each) => part(each, zeroDivision));
  return averageOf(part, counts, average === "binary" ? "micro" : average, zeroDivision);
}

function countsOf(
  owner: string,
  yTrue: AnyLabels,
  yPred: AnyLabels,
  weights: readonly number[],
  average: ScoreAverage | "none",
  options: ScoreOptions,
): ClassCounts[] {
  if (isRows(yTrue) && isRows(yPred)) return countsOfRows(owner, yTrue, yPred, weights, average, options.labels);
  if (!isRows(yTrue) && !isRows(yPred)) return countsOfLabels(owner, yTrue, yPred, weights, average, options);
  throw new TypeError(
    `${owner}: one list has a label an example and the other rows of 0 and 1; give both in the same form`,
  );
}

function countsOfLabels(
  owner: string,
  yTrue: Labels,
  yPred: Labels,
  sampleWeight: readonly number[],
  average: ScoreAverage | "none",
  { labels: chosen, positiveLabel = 1 }: ScoreOptions,
): ClassCounts[] {
  if (average === "samples")
    throw new RangeError(
      `${owner}: average "samples" is for examples with several labels; give rows of 0 and 1, or choose "macro" or "micro"`,
    );
  const present = occurringLabels(yTrue, yPred);
  if (average === "binary") checkBinary(owner, present, positiveLabel);
  const labels = average === "binary" ? [positiveLabel] : (chosen ?? present);
  // Labels that are not looked at still count as what an example was mistaken for.
  const all = everyLabel(labels, yTrue, yPred);
  return classCounts(confusionMatrix(yTrue, yPred, { sampleWeight, labels: all })).slice(0, labels.length);
}

/** The counts of each column of rows of labels, or for `"samples"` those of each row. */
function countsOfRows(
  owner: string,
  yTrue: LabelRows,
  yPred: LabelRows,
  weights: readonly number[],
  average: ScoreAverage | "none",
  labels: readonly Label[] | undefined,
): ClassCounts[] {
  if (average === "binary")
    throw new RangeError(
      `${owner}: average "binary" is for one label an example, but these are rows of 0 and 1; ` +
        `choose "samples", "macro", "micro", "weighted" or "none"`,
    );
  const [truth, guesses] = [
    checkRows(owner, "the true labels", yTrue),
    checkRows(owner, "the predicted labels", yPred),
  ];
  const width = truth[0]?.length ?? 0;
  if (guesses[0]?.length !== width)
    throw new Error(`${owner}: the rows have ${width} true labels and ${guesses[0]?.length} predicted ones`);
  const chosen = (labels ?? Array.from({ length: width }, (_, column) => column)).map((column) => {
    if (typeof column === "number" && Number.isInteger(column) && column >= 0 && column < width) return column;
    throw new RangeError(`${owner}: labels has ${describe(column)}, expected columns of the rows, 0 to ${width - 1}`);
  });
  const count = (cells: readonly { readonly row: number; readonly column: number; readonly weight: number }[]) => {
    const sumWhere = (holds: (truth: boolean, guess: boolean) => boolean) =>
      total(
        cells.map(({ row, column, weight }) =>
          holds(truth[row]?.[column] !== 0, guesses[row]?.[column] !== 0) ? weight : 0,
        ),
      );
    return {
      truePositives: sumWhere((isTrue, isGuessed) => isTrue && isGuessed),
      predicted: sumWhere((_, isGuessed) => isGuessed),
      support: sumWhere((isTrue) => isTrue),
      examples: sumWhere(() => true),
    };
  };
  if (average === "samples") return truth.map((_, row) => count(chosen.map((column) => ({ row, column, weight: 1 }))));
  return chosen.map((column) => count(weights.map((weight, row) => ({ row, column, weight }))));
}

function checkBinary(owner: string, present: readonly Label[], positiveLabel: Label): void {
  if (present.length > 2)
    throw new RangeError(
      `${owner}: average "binary" is for two classes, but the labels are ${present.map(describe).join(", ")}; ` +
        `choose "macro", "micro", "weighted" or "none"`,
    );
  if (present.length === 2 && !present.includes(positiveLabel))
    throw new RangeError(
      `${owner}: positiveLabel is ${describe(positiveLabel)}, but the labels are ${present.map(describe).join(" and ")}`,
    );
}
