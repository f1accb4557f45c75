/** The report of a classifier: precision, recall, F1 and support of each class, from labels or a confusion matrix. */
import { checkOptions } from "../graph/options.ts";
import { accuracyScore, confusionMatrix } from "./agreement.ts";
import type { BootstrapOptions } from "./bootstrap.ts";
import { everyLabel, type Label, type Labels, type MatrixOptions, occurringLabels } from "./labels.ts";
import { type Decisions, decisionsOfMatrix, type ReportIntervals, reportIntervals } from "./report-intervals.ts";
import {
  averageScores,
  type ClassAverage,
  type ClassScores,
  classCounts,
  classScores,
  type Matrix,
  type Scores,
  total,
} from "./scores.ts";

export interface ClassificationReport {
  /** A class each, in the matrix's order. */
  readonly classes: readonly ClassScores[];
  /** The share of examples predicted rightly. */
  readonly accuracy: number;
  readonly micro: Scores;
  /** The unweighted mean over the classes. */
  readonly macro: Scores;
  /** The mean over the classes weighted by support. */
  readonly weighted: Scores;
  /** The number of examples. */
  readonly support: number;
  /** A confidence interval for each of these scores, where it was asked for. */
  readonly intervals?: ReportIntervals;
}

/** What every report takes. */
export interface AnyReportOptions {
  /** What stands for a quotient with the divisor 0: 0 (default), 1 or NaN. */
  zeroDivision?: number;
  /**
   * Whether to add confidence intervals from resampled examples, and how; default false. It takes about 20 ns for each example
   * and resample.
   */
  bootstrap?: boolean | BootstrapOptions;
}

export interface MatrixReportOptions extends AnyReportOptions {
  /** A name for each class; default its number. */
  classNames?: readonly string[];
}

export interface ReportOptions extends MatrixOptions, AnyReportOptions {
  /** A name for each class in the order of `labels`; default the label itself. */
  classNames?: readonly string[];
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
    bootstrap: true,
  });
  const { sampleWeight, zeroDivision = 0, bootstrap = false } = options;
  const weights = { ...(sampleWeight && { sampleWeight }) };
  const labels = options.labels ?? occurringLabels(yTrue, yPred);
  const classNames = options.classNames ?? labels.map(String);
  if (classNames.length !== labels.length)
    throw new Error(
      `classificationReport: got ${classNames.length} classNames for the ${labels.length} classes ${labels.join(", ")}; give one a class`,
    );
  const all = everyLabel(labels, yTrue, yPred);
  const counts = classCounts(confusionMatrix(yTrue, yPred, { ...weights, labels: all })).slice(0, labels.length);
  const average = (kind: ClassAverage) => averageScores(counts, kind, zeroDivision);
  return {
    classes: classScores(counts, classNames, zeroDivision),
    accuracy: accuracyScore(yTrue, yPred, weights),
    micro: average("micro"),
    macro: average("macro"),
    weighted: average("weighted"),
    support: total(counts.map(({ support }) => support)),
    ...intervals("classificationReport", bootstrap, zeroDivision, () => {
      const position = new Map(all.map((label, index) => [label, index]));
      const at = (label: Label | undefined) => position.get(label as Label) as number;
      const cells = Array.from(yTrue, (label, index) => at(label) * all.length + at(yPred[index]));
      return { cells, ...(sampleWeight && { weights: sampleWeight }), size: all.length, classes: labels.length };
    }),
  };
}

/** The intervals, if they are asked for. */
function intervals(
  owner: string,
  bootstrap: boolean | BootstrapOptions,
  zeroDivision: number,
  decisions: () => Decisions,
): { readonly intervals?: ReportIntervals } {
  if (bootstrap === false) return {};
  const options = bootstrap === true ? {} : bootstrap;
  return { intervals: reportIntervals(`${owner}: bootstrap`, decisions(), zeroDivision, options) };
}

/**
 * Precision, recall, F1 and support of every class, and their averages, from a confusion matrix.
 *
 * @param matrix `matrix[label][prediction]`, counts.
 * @throws If the matrix is not square, or the names are not one a class.
 * @example
 * reportOfConfusionMatrix([[8, 2], [1, 9]]).accuracy; // 0.85
 */
export function reportOfConfusionMatrix(matrix: Matrix, options: MatrixReportOptions = {}): ClassificationReport {
  checkOptions("reportOfConfusionMatrix", options, { classNames: true, zeroDivision: true, bootstrap: true });
  const { zeroDivision = 0, bootstrap = false, classNames = matrix.map((_, label) => String(label)) } = options;
  const wrong = matrix.findIndex((row) => row.length !== matrix.length);
  if (wrong >= 0)
    throw new Error(
      `reportOfConfusionMatrix: row ${wrong} has ${matrix[wrong]?.length} columns, expected ${matrix.length}, one a class`,
    );
  if (classNames.length !== matrix.length)
    throw new Error(
      `reportOfConfusionMatrix: got ${classNames.length} classNames for ${matrix.length} classes; give one a class`,
    );
  const counts = classCounts(matrix);
  const support = total(counts.map((each) => each.support));
  const right = total(counts.map(({ truePositives }) => truePositives));
  return {
    classes: classScores(counts, classNames, zeroDivision),
    accuracy: support === 0 ? Number.NaN : right / support,
    micro: averageScores(counts, "micro", zeroDivision),
    macro: averageScores(counts, "macro", zeroDivision),
    weighted: averageScores(counts, "weighted", zeroDivision),
    support,
    ...intervals("reportOfConfusionMatrix", bootstrap, zeroDivision, () =>
      decisionsOfMatrix("reportOfConfusionMatrix", matrix),
    ),
  };
}
