/**
 * Precision, recall and F1 from a confusion matrix, in scikit-learn's definitions. Plain numbers on the host; the matrix has a
 * row for each true class and a column for each predicted one.
 */

export type Matrix = readonly (readonly number[])[];

/** Of one class, how often … */
export interface ClassCounts {
  /** … it was predicted rightly, */
  readonly truePositives: number;
  /** … it was predicted at all, */
  readonly predicted: number;
  /** … it was the true class. */
  readonly support: number;
}

/** Of one class, or averaged over classes; each in [0, 1]. */
export interface Scores {
  /** truePositives / predicted */
  readonly precision: number;
  /** truePositives / support */
  readonly recall: number;
  /** The harmonic mean of both: 2 · truePositives / (predicted + support). */
  readonly f1: number;
}

/** How the scores of classes become one: their mean, the mean weighted by support, or the score of all counts together. */
export type ClassAverage = "micro" | "macro" | "weighted";

export function classCounts(matrix: Matrix): ClassCounts[] {
  return matrix.map((row, label) => ({
    truePositives: row[label] as number,
    predicted: total(matrix.map((other) => other[label] as number)),
    support: total(row),
  }));
}

export function total(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0);
}

/** The scores of one class; a quotient with the divisor 0 is `zeroDivision`. */
export function scoresOf({ truePositives, predicted, support }: ClassCounts, zeroDivision: number): Scores {
  const ratio = (dividend: number, divisor: number) => (divisor === 0 ? zeroDivision : dividend / divisor);
  return {
    precision: ratio(truePositives, predicted),
    recall: ratio(truePositives, support),
    f1: ratio(2 * truePositives, predicted + support),
  };
}

/** The scores averaged over classes. Scores that are NaN, as `zeroDivision` may make them, are left out of a mean. */
export function averageScores(counts: readonly ClassCounts[], average: ClassAverage, zeroDivision: number): Scores {
  if (average === "micro") {
    const sum = (part: (each: ClassCounts) => number) => total(counts.map(part));
    return scoresOf(
      {
        truePositives: sum(({ truePositives }) => truePositives),
        predicted: sum(({ predicted }) => predicted),
        support: sum(({ support }) => support),
      },
      zeroDivision,
    );
  }
  const scores = counts.map((each) => scoresOf(each, zeroDivision));
  const weights = counts.map(({ support }) => (average === "weighted" ? support : 1));
  const meanOf = (part: (each: Scores) => number) => weightedMean(scores.map(part), weights);
  return {
    precision: meanOf(({ precision }) => precision),
    recall: meanOf(({ recall }) => recall),
    f1: meanOf(({ f1 }) => f1),
  };
}

function weightedMean(values: readonly number[], weights: readonly number[]): number {
  const known = values.flatMap((value, index) =>
    Number.isNaN(value) ? [] : [{ value, weight: weights[index] as number }],
  );
  if (known.length === 0) return Number.NaN;
  const weight = total(known.map((each) => each.weight));
  if (weight === 0) return total(known.map(({ value }) => value)) / known.length;
  return total(known.map((each) => each.value * each.weight)) / weight;
}

/** The positions of the classes that occur, as a label or a prediction. */
export function occurringClasses(counts: readonly ClassCounts[]): number[] {
  return counts.flatMap(({ predicted, support }, label) => (predicted > 0 || support > 0 ? [label] : []));
}

export interface ClassScores extends Scores {
  /** The class's name, or its number as text. */
  readonly name: string;
  /** How many examples have this class. */
  readonly support: number;
}

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
}

export interface MatrixReportOptions {
  /** A name for each class; default its number. */
  classNames?: readonly string[];
  /** What stands for a quotient with the divisor 0: 0 (default), 1 or NaN. */
  zeroDivision?: number;
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
  const { zeroDivision = 0, classNames = matrix.map((_, label) => String(label)) } = options;
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
    classes: counts.map((each, label) => ({
      name: classNames[label] as string,
      ...scoresOf(each, zeroDivision),
      support: each.support,
    })),
    accuracy: support === 0 ? Number.NaN : right / support,
    micro: averageScores(counts, "micro", zeroDivision),
    macro: averageScores(counts, "macro", zeroDivision),
    weighted: averageScores(counts, "weighted", zeroDivision),
    support,
  };
}
