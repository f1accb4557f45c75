/** How well a classifier did, as text: a table of scores by class, the confusion matrix as a shaded grid, the worst confusions. */
import type { ClassScores } from "../index.ts";
import { integer, percent } from "./numbers.ts";
import type { Style } from "./style.ts";

export interface ClassificationSummary {
  /** Of each class: its name, its precision, recall and F1 in [0, 1], and how many examples there are of it. */
  readonly classes: readonly ClassScores[];
  /** `confusionMatrix[label][prediction]`, counts. */
  readonly confusionMatrix: readonly (readonly number[])[];
}

/** The most classes whose matrix still fits a terminal; beyond, only the worst confusions are shown. */
const largestGrid = 20;

/** The table, the matrix and the worst confusions, one under another, without a newline at the end. */
export function formatClassification(summary: ClassificationSummary, style: Style): string {
  const parts = [formatScores(summary.classes, style)];
  if (summary.classes.length <= largestGrid) parts.push(formatConfusionMatrix(summary, style));
  const confusions = formatConfusions(summary, style);
  if (confusions !== "") parts.push(confusions);
  return parts.join("\n\n");
}

/** Precision, recall, F1 and support, a line for each class and one for their unweighted mean. */
export function formatScores(classes: readonly ClassScores[], style: Style): string {
  const total = classes.reduce((sum, { support }) => sum + support, 0);
  const mean = (score: (scores: ClassScores) => number) =>
    classes.reduce((sum, scores) => sum + score(scores), 0) / Math.max(classes.length, 1);
  const average: ClassScores = {
    name: "Mean of classes",
    precision: mean(({ precision }) => precision),
    recall: mean(({ recall }) => recall),
    f1: mean(({ f1 }) => f1),
    support: total,
  };
  const width = Math.max(...[...classes, average].map(({ name }) => name.length));
  const row = ({ name, precision, recall, f1, support }: ClassScores) =>
    `${name.padEnd(width)}  ${percent(precision).padStart(9)}  ${percent(recall).padStart(7)}  ` +
    `${percent(f1).padStart(7)}  ${integer(support).padStart(7)}`;
  return [
    style.bold(`${"Class".padEnd(width)}  Precision   Recall       F1  Support`),
    ...classes.map(row),
    style.bold(row(average)),
  ].join("\n");
}

/**
 * The confusion matrix as a grid: a row for each true class, a column for each predicted one. With colours, right answers are
 * shaded green and errors red by their share of the row; without, blocks stand for the shares; elsewhere there are only the counts.
 */
export function formatConfusionMatrix({ classes, confusionMatrix }: ClassificationSummary, style: Style): string {
  const indexWidth = String(classes.length - 1).length;
  const hasNames = classes.some(({ name }, label) => name !== `${label}`);
  const nameWidth = Math.max(...classes.map(({ name }) => name.length));
  const rowLabel = (label: number) => {
    const index = `${label}`.padStart(indexWidth);
    return hasNames ? `${(classes[label]?.name ?? "").padEnd(nameWidth)} ${index}` : index;
  };
  const largest = Math.max(0, ...confusionMatrix.flat());
  const cellWidth = Math.max(integer(largest).length, indexWidth) + 2;
  const margin = " ".repeat(rowLabel(0).length + 1);
  const header = classes.map((_, index) => `${index}`.padStart(cellWidth - 1).padEnd(cellWidth)).join("");
  const rows = confusionMatrix.map((counts, label) => {
    const total = counts.reduce((sum, count) => sum + count, 0);
    const cells = counts.map((count, prediction) =>
      formatCell(count, total === 0 ? 0 : count / total, label === prediction, cellWidth, style),
    );
    return `${rowLabel(label)} ${cells.join("")}`.trimEnd();
  });
  return [
    style.bold("Confusion matrix: a row for each true class, a column for each predicted one"),
    style.dim(`${margin}${header}`.trimEnd()),
    ...rows,
  ].join("\n");
}

const blocks = ["░", "▒", "▓", "█"] as const;
const greens = [22, 22, 28] as const;
const reds = [236, 52, 88, 124, 160, 196] as const; // from grey: one error in a thousand should not shout
const white = 231;

function formatCell(count: number, share: number, isRight: boolean, width: number, style: Style): string {
  const text = count === 0 ? "·" : integer(count);
  const cell = text.padStart(width - 1).padEnd(width);
  if (style.shading === "plain") return count === 0 ? cell.replace("·", ".") : cell;
  if (count === 0) return style.dim(cell);
  if (style.shading === "blocks") return `${level(share, isRight, blocks)}${cell.slice(1)}`;
  return style.onColor(cell, white, level(share, isRight, isRight ? greens : reds));
}

/** The step of a ramp for a share in (0, 1]. Errors are rare, so their steps are fine near zero: 20 % is the strongest. */
function level<T>(share: number, isRight: boolean, ramp: readonly T[]): T {
  const position = isRight ? share : Math.min(Math.sqrt(share / 0.2), 1);
  const step = Math.min(Math.floor(position * ramp.length), ramp.length - 1);
  return ramp[step] as T;
}

/** The classes most often taken for another, at most `limit` of them; empty where there is no error. */
export function formatConfusions({ classes, confusionMatrix }: ClassificationSummary, style: Style, limit = 5): string {
  const confusions = confusionMatrix
    .flatMap((counts, label) => {
      const total = counts.reduce((sum, count) => sum + count, 0);
      return counts.map((count, prediction) => ({ label, prediction, count, share: count / total }));
    })
    .filter(({ label, prediction, count }) => label !== prediction && count > 0)
    .sort((a, b) => b.count - a.count)
    .slice(0, limit);
  if (confusions.length === 0) return "";
  const nameOf = (index: number) => classes[index]?.name ?? `${index}`;
  const width = Math.max(...confusions.map(({ label }) => nameOf(label).length));
  const countWidth = Math.max(...confusions.map(({ count }) => integer(count).length));
  return [
    style.bold("Most frequent confusions"),
    ...confusions.map(
      ({ label, prediction, count, share }) =>
        `${integer(count).padStart(countWidth)}  ${nameOf(label).padEnd(width)}  taken for ${nameOf(prediction)} ` +
        style.dim(`(${percent(share)} of the class)`),
    ),
  ].join("\n");
}
