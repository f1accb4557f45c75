/**
 * Precision, recall, F1 and their kin from the counts of classes, in scikit-learn's definitions. Plain numbers on the host; a
 * confusion matrix has a row for each true class and a column for each predicted one.
 */

export type Matrix = readonly (readonly number[])[];

/** Of one class, how often … */
export interface ClassCounts {
  /** … it was predicted rightly, */
  readonly truePositives: number;
  /** … it was predicted at all, */
  readonly predicted: number;
  /** … it was the true class, */
  readonly support: number;
  /** … any example was judged. */
  readonly examples: number;
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
  const examples = total(matrix.map(total));
  return matrix.map((row, label) => ({
    truePositives: row[label] as number,
    predicted: total(matrix.map((other) => other[label] as number)),
    support: total(row),
    examples,
  }));
}

export function total(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0);
}

/** How often each count enters a sum; not at all where it is not named. */
export type CountFactors = Readonly<Partial<Record<keyof ClassCounts, number>>>;

/**
 * A score of one class, or of the counts of several added up; a quotient with the divisor 0 is `zeroDivision`. It is one sum of counts
 * by another, told here too, for where counts are tensors.
 */
export interface ScoreOfCounts {
  (counts: ClassCounts, zeroDivision: number): number;
  readonly dividend: CountFactors;
  readonly divisor: CountFactors;
}

function quotientOf(dividend: CountFactors, divisor: CountFactors): ScoreOfCounts {
  const score = (counts: ClassCounts, zeroDivision: number) => {
    const below = sumOfCounts(divisor, counts);
    return below === 0 ? zeroDivision : sumOfCounts(dividend, counts) / below;
  };
  return Object.assign(score, { dividend, divisor });
}

function sumOfCounts(factors: CountFactors, counts: ClassCounts): number {
  const { truePositives = 0, predicted = 0, support = 0, examples = 0 } = factors;
  return (
    truePositives * counts.truePositives +
    predicted * counts.predicted +
    support * counts.support +
    examples * counts.examples
  );
}

/** truePositives / predicted */
export const precisionOf: ScoreOfCounts = /* @__PURE__ */ quotientOf({ truePositives: 1 }, { predicted: 1 });

/** truePositives / support */
export const recallOf: ScoreOfCounts = /* @__PURE__ */ quotientOf({ truePositives: 1 }, { support: 1 });

/** (1 + beta²) · truePositives / (beta² · support + predicted); with an infinite beta the recall. */
export function fbetaOf(beta: number): ScoreOfCounts {
  if (beta === Number.POSITIVE_INFINITY) return recallOf;
  const square = beta ** 2;
  return quotientOf({ truePositives: 1 + square }, { predicted: 1, support: square });
}

/** 2 · truePositives / (support + predicted) */
export const f1Of: ScoreOfCounts = /* @__PURE__ */ fbetaOf(1);

/** trueNegatives / negatives */
export const specificityOf: ScoreOfCounts = /* @__PURE__ */ quotientOf(
  { examples: 1, support: -1, predicted: -1, truePositives: 1 },
  { examples: 1, support: -1 },
);

/** Intersection over union: truePositives / (predicted + support - truePositives). */
export const jaccardOf: ScoreOfCounts = /* @__PURE__ */ quotientOf(
  { truePositives: 1 },
  { predicted: 1, support: 1, truePositives: -1 },
);

/** Precision, recall and F1 of one class; a quotient with the divisor 0 is `zeroDivision`. */
export function scoresOf(counts: ClassCounts, zeroDivision: number): Scores {
  return {
    precision: precisionOf(counts, zeroDivision),
    recall: recallOf(counts, zeroDivision),
    f1: f1Of(counts, zeroDivision),
  };
}

/** A score averaged over classes. Scores that are NaN, as `zeroDivision` may make them, are left out of a mean. */
export function averageOf(
  score: ScoreOfCounts,
  counts: readonly ClassCounts[],
  average: ClassAverage,
  zeroDivision: number,
): number {
  if (average === "micro") {
    const sum = (part: keyof ClassCounts) => total(counts.map((each) => each[part]));
    const together = {
      truePositives: sum("truePositives"),
      predicted: sum("predicted"),
      support: sum("support"),
      examples: sum("examples"),
    };
    return score(together, zeroDivision);
  }
  return weightedMean(
    counts.map((each) => score(each, zeroDivision)),
    counts.map(({ support }) => (average === "weighted" ? support : 1)),
  );
}

/** Precision, recall and F1 averaged over classes. */
export function averageScores(counts: readonly ClassCounts[], average: ClassAverage, zeroDivision: number): Scores {
  return {
    precision: averageOf(precisionOf, counts, average, zeroDivision),
    recall: averageOf(recallOf, counts, average, zeroDivision),
    f1: averageOf(f1Of, counts, average, zeroDivision),
  };
}

/** The mean of the values that are not NaN; where their weights are all 0, the plain one. */
export function weightedMean(values: readonly number[], weights: readonly number[]): number {
  const known = values.flatMap((value, index) =>
    Number.isNaN(value) ? [] : [{ value, weight: weights[index] as number }],
  );
  if (known.length === 0) return Number.NaN;
  const weight = total(known.map((each) => each.weight));
  if (weight === 0) return total(known.map(({ value }) => value)) / known.length;
  return total(known.map((each) => each.value * each.weight)) / weight;
}

/** The counts of some of the classes. @throws RangeError If there is no such class. */
export function chosenCounts(
  owner: string,
  counts: readonly ClassCounts[],
  labels: readonly number[],
): readonly ClassCounts[] {
  return labels.map((label) => {
    const found = counts[label];
    if (!found)
      throw new RangeError(
        `${owner}: labels has ${label}, but there are ${counts.length} classes, 0 to ${counts.length - 1}`,
      );
    return found;
  });
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

/** The scores of every class under its name. */
export function classScores(
  counts: readonly ClassCounts[],
  classNames: readonly string[] | undefined,
  zeroDivision: number,
): ClassScores[] {
  return counts.map((each, label) => ({
    name: classNames?.[label] ?? String(label),
    ...scoresOf(each, zeroDivision),
    support: each.support,
  }));
}
