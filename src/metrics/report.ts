/** The report of a classifier: precision, recall, F1 and support of each class, from two lists of labels. */
import { checkOptions } from "../graph/options.ts";
import { accuracyScore, confusionMatrix } from "./agreement.ts";
import { everyLabel, type Labels, type MatrixOptions, occurringLabels } from "./labels.ts";
import {
  averageScores,
  type ClassAverage,
  type ClassificationReport,
  classCounts,
  classScores,
  total,
} from "./scores.ts";

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
  };
}
