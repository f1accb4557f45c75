/** The report of a classifier as a table to print. */
import { checkInteger, checkOptions } from "../graph/options.ts";
import type { ClassificationReport } from "./report.ts";
import type { Scores } from "./scores.ts";

export interface ReportTextOptions {
  /** How many digits behind the point; default 2. */
  digits?: number;
}

/** A line: its name, three scores (or the one that all are) and the number of examples. */
interface Line {
  readonly name: string;
  readonly scores: readonly (number | undefined)[];
  readonly support: number;
}

const columns = ["precision", "recall", "f1-score", "support"];
const columnWidth = 9;

/**
 * A classification report as text, laid out as scikit-learn prints it: a line for each class, then the averages.
 *
 * @throws If `digits` is not an integer of at least 0.
 * @example
 * console.log(classificationReportText(classificationReport([0, 1, 1], [0, 1, 0])));
 */
export function classificationReportText(report: ClassificationReport, options: ReportTextOptions = {}): string {
  checkOptions("classificationReportText", options, { digits: true });
  const { digits = 2 } = options;
  checkInteger("classificationReportText", "digits", digits, 0);
  const { classes, accuracy, micro, macro, weighted, support } = report;
  // Where all classes are looked at, the scores of all examples together are the accuracy.
  const isAll = micro.precision === micro.recall && Math.abs(micro.precision - accuracy) < 1e-12;
  const lineOf = (name: string, scores: Scores, count: number): Line => ({
    name,
    scores: [scores.precision, scores.recall, scores.f1],
    support: count,
  });
  const ofClasses = classes.map((each) => lineOf(each.name, each, each.support));
  const ofAll = [
    isAll
      ? { name: "accuracy", scores: [undefined, undefined, accuracy], support }
      : lineOf("micro avg", micro, support),
    lineOf("macro avg", macro, support),
    lineOf("weighted avg", weighted, support),
  ];
  const width = Math.max(digits, ...[...ofClasses, ...ofAll].map(({ name }) => name.length));
  const rowOf = (name: string, cells: readonly string[]) =>
    [`${name.padStart(width)} `, ...cells.map((cell) => cell.padStart(columnWidth))].join(" ");
  const textOf = ({ name, scores, support: count }: Line) =>
    rowOf(name, [...scores.map((score) => score?.toFixed(digits) ?? ""), String(count)]);
  const head = rowOf("", columns);
  return [head, "", ...ofClasses.map(textOf), "", ...ofAll.map(textOf), ""].join("\n");
}
