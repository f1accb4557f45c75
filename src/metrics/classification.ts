/**
 * Scores of a classifier from two lists of labels, on the host, under scikit-learn's names and with its results. Labels are
 * numbers or texts; numbers are sorted by size, texts by their code units.
 */
import { checkChoice, checkNumber, checkOptions, describe } from "../graph/options.ts";
import {
  averageScores,
  type ClassAverage,
  type ClassCounts,
  type ClassificationReport,
  classCounts,
  type Matrix,
  type Scores,
  scoresOf,
  total,
} from "./scores.ts";

export { type ClassificationReport, type ClassScores, reportOfConfusionMatrix, type Scores } from "./scores.ts";

/** A class: its number or its name. */
export type Label = number | string;
/** The labels of examples, one after another. */
export type Labels = ArrayLike<Label>;

export interface WeightOptions {
  /** How often each example counts; default once. */
  sampleWeight?: ArrayLike<number>;
}

export interface MatrixOptions extends WeightOptions {
  /** The classes to look at, in this order; default those that occur, sorted. */
  labels?: readonly Label[];
}

/** How the scores of classes become one, or the score of the positive class alone (`"binary"`). */
export type ScoreAverage = ClassAverage | "binary";
const averages: readonly (ScoreAverage | "none")[] = ["binary", "micro", "macro", "weighted", "none"];

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

/**
 * The share of examples predicted rightly.
 *
 * @throws If the lists differ in length.
 * @example
 * accuracyScore([0, 1, 2, 2], [0, 2, 2, 2]); // 0.75
 */
export function accuracyScore(yTrue: Labels, yPred: Labels, options: WeightOptions = {}): number {
  checkOptions("accuracyScore", options, { sampleWeight: true });
  const weights = checkLists("accuracyScore", yTrue, yPred, options.sampleWeight);
  const hits = weights.filter((_, index) => yTrue[index] === yPred[index]);
  return total(hits) / total(weights);
}

/**
 * How often examples of each class were given each class: `matrix[label][prediction]`, rows and columns in the order of `labels`.
 *
 * @throws If the lists differ in length.
 * @example
 * confusionMatrix([0, 1, 1], [0, 1, 0]); // [[1, 0], [1, 1]]
 */
export function confusionMatrix(yTrue: Labels, yPred: Labels, options: MatrixOptions = {}): number[][] {
  checkOptions("confusionMatrix", options, { sampleWeight: true, labels: true });
  const weights = checkLists("confusionMatrix", yTrue, yPred, options.sampleWeight);
  const labels = options.labels ?? occurring(yTrue, yPred);
  const position = new Map(labels.map((label, index) => [label, index]));
  const matrix = labels.map(() => new Array<number>(labels.length).fill(0));
  for (const [index, weight] of weights.entries()) {
    const row = matrix[position.get(yTrue[index] as Label) ?? -1];
    const column = position.get(yPred[index] as Label);
    if (row && column !== undefined) row[column] = (row[column] as number) + weight;
  }
  return matrix;
}

/**
 * Of the examples given a class, the share that has it: truePositives / predicted.
 *
 * @throws If the lists differ in length, or the average is `"binary"` for more than two classes.
 * @example
 * precisionScore([0, 1, 2, 2], [0, 2, 2, 2], { average: "macro" });
 */
export function precisionScore(yTrue: Labels, yPred: Labels, options: PerClass): number[];
export function precisionScore(yTrue: Labels, yPred: Labels, options?: Averaged): number;
export function precisionScore(yTrue: Labels, yPred: Labels, options: ScoreOptions = {}): number | number[] {
  return score("precisionScore", ({ precision }) => precision, yTrue, yPred, options);
}

/**
 * Of the examples of a class, the share given it: truePositives / support.
 *
 * @throws If the lists differ in length, or the average is `"binary"` for more than two classes.
 */
export function recallScore(yTrue: Labels, yPred: Labels, options: PerClass): number[];
export function recallScore(yTrue: Labels, yPred: Labels, options?: Averaged): number;
export function recallScore(yTrue: Labels, yPred: Labels, options: ScoreOptions = {}): number | number[] {
  return score("recallScore", ({ recall }) => recall, yTrue, yPred, options);
}

/**
 * The harmonic mean of precision and recall: 2 · truePositives / (predicted + support).
 *
 * @throws If the lists differ in length, or the average is `"binary"` for more than two classes.
 */
export function f1Score(yTrue: Labels, yPred: Labels, options: PerClass): number[];
export function f1Score(yTrue: Labels, yPred: Labels, options?: Averaged): number;
export function f1Score(yTrue: Labels, yPred: Labels, options: ScoreOptions = {}): number | number[] {
  return score("f1Score", ({ f1 }) => f1, yTrue, yPred, options);
}

export interface ReportOptions extends MatrixOptions {
  /** A name for each class in the order of `labels`; default the label itself. */
  classNames?: readonly string[];
  /** What stands for a quotient with the divisor 0: 0 (default), 1 or NaN. */
  zeroDivision?: number;
}

/**
 * Precision, recall, F1 and support of each class, with their averages and the accuracy.
 *
 * @throws If the lists differ in length, or the names are not one a class.
 * @example
 * classificationReport([0, 1, 1], [0, 1, 0], { classNames: ["cat", "dog"] }).classes[1]; // { name: "dog", precision: 1, … }
 */
export function classificationReport(yTrue: Labels, yPred: Labels, options: ReportOptions = {}): ClassificationReport {
  checkOptions("classificationReport", options, {
    sampleWeight: true,
    labels: true,
    classNames: true,
    zeroDivision: true,
  });
  const { sampleWeight, zeroDivision = 0 } = options;
  const weights = { ...(sampleWeight && { sampleWeight }) };
  const labels = options.labels ?? occurring(yTrue, yPred);
  const classNames = options.classNames ?? labels.map(String);
  if (classNames.length !== labels.length)
    throw new Error(
      `classificationReport: got ${classNames.length} classNames for the ${labels.length} classes ${labels.join(", ")}; give one a class`,
    );
  const all = everyLabel(labels, yTrue, yPred);
  const counts = classCounts(confusionMatrix(yTrue, yPred, { ...weights, labels: all })).slice(0, labels.length);
  const average = (kind: ClassAverage) => averageScores(counts, kind, zeroDivision);
  return {
    classes: counts.map((each, index) => ({
      name: classNames[index] as string,
      ...scoresOf(each, zeroDivision),
      support: each.support,
    })),
    accuracy: accuracyScore(yTrue, yPred, weights),
    micro: average("micro"),
    macro: average("macro"),
    weighted: average("weighted"),
    support: total(counts.map(({ support }) => support)),
  };
}

function score(
  owner: string,
  part: (scores: Scores) => number,
  yTrue: Labels,
  yPred: Labels,
  options: ScoreOptions,
): number | number[] {
  checkOptions(owner, options, {
    sampleWeight: true,
    labels: true,
    average: true,
    positiveLabel: true,
    zeroDivision: true,
  });
  const { sampleWeight, average = "binary", positiveLabel = 1, zeroDivision = 0 } = options;
  checkChoice(owner, "average", average, averages);
  if (!Number.isNaN(zeroDivision)) checkNumber(owner, "zeroDivision", zeroDivision, { minimum: 0, maximum: 1 });
  const present = occurring(yTrue, yPred);
  if (average === "binary") checkBinary(owner, present, positiveLabel);
  const labels = average === "binary" ? [positiveLabel] : (options.labels ?? present);
  // Labels that are not looked at still count as what an example was mistaken for.
  const all = everyLabel(labels, yTrue, yPred);
  const matrix: Matrix = confusionMatrix(yTrue, yPred, { ...(sampleWeight && { sampleWeight }), labels: all });
  const counts: readonly ClassCounts[] = classCounts(matrix).slice(0, labels.length);
  if (average === "none") return counts.map((each) => part(scoresOf(each, zeroDivision)));
  return part(averageScores(counts, average === "binary" ? "micro" : average, zeroDivision));
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

/** The labels that occur, sorted. */
function occurring(yTrue: Labels, yPred: Labels): Label[] {
  return [...new Set([...Array.from(yTrue), ...Array.from(yPred)])].sort(compareLabels);
}

/** The labels given, then those that occur beside them. */
function everyLabel(labels: readonly Label[], yTrue: Labels, yPred: Labels): Label[] {
  return [...new Set([...labels, ...occurring(yTrue, yPred)])];
}

function compareLabels(a: Label, b: Label): number {
  if (typeof a === "number" && typeof b === "number") return a - b;
  return String(a) < String(b) ? -1 : 1;
}

/** The weight of each example, after checking that the lists go together. */
function checkLists(
  owner: string,
  yTrue: Labels,
  yPred: Labels,
  sampleWeight: ArrayLike<number> | undefined,
): readonly number[] {
  if (yTrue.length !== yPred.length)
    throw new Error(
      `${owner}: got ${yTrue.length} true labels and ${yPred.length} predicted ones; give one of each an example`,
    );
  if (sampleWeight && sampleWeight.length !== yTrue.length)
    throw new Error(`${owner}: got ${sampleWeight.length} sample weights for ${yTrue.length} examples; give one each`);
  return sampleWeight ? Array.from(sampleWeight) : new Array<number>(yTrue.length).fill(1);
}
