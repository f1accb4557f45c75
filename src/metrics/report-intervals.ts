/** How sure the scores of a classifier's report are: confidence intervals of all of them from one set of resamples. */
import { uniformIntegers } from "../tensor/permutation.ts";
import { type BootstrapOptions, type ConfidenceInterval, intervalOf, resolveBootstrap } from "./bootstrap.ts";
import { averageScores, classCounts, type Matrix, type Scores, scoresOf, total } from "./scores.ts";

/** The intervals of precision, recall and F1. */
export type ScoreIntervals = { readonly [Score in keyof Scores]: ConfidenceInterval };

/** An interval for each score of a report. */
export interface ReportIntervals {
  /** A class each, in the report's order. */
  readonly classes: readonly ScoreIntervals[];
  readonly accuracy: ConfidenceInterval;
  readonly micro: ScoreIntervals;
  readonly macro: ScoreIntervals;
  readonly weighted: ScoreIntervals;
}

/** What was decided about examples. */
export interface Decisions {
  /** For each example `label · size + prediction`, in a confusion matrix of `size` rows. */
  readonly cells: ArrayLike<number>;
  /** How much each example counts; without it once. */
  readonly weights?: ArrayLike<number>;
  readonly size: number;
  /** How many classes, the first ones, are in the report. */
  readonly classes: number;
}

/**
 * Draws the examples anew with replacement, many times, and computes all scores of each draw: Efron's percentile bootstrap.
 *
 * @param owner Whose option it is, for messages.
 */
export function reportIntervals(
  owner: string,
  { cells, weights, size, classes }: Decisions,
  zeroDivision: number,
  options: BootstrapOptions,
): ReportIntervals {
  const { resamples, confidence, seed } = resolveBootstrap(owner, options);
  const examples = cells.length;
  const draw = uniformIntegers(seed, 0);
  const matrixOf = (choose: (at: number) => number) => {
    const counts = new Float64Array(size * size);
    for (let at = 0; at < examples; at++) {
      const chosen = choose(at);
      const cell = cells[chosen] as number;
      counts[cell] = (counts[cell] as number) + (weights ? (weights[chosen] as number) : 1);
    }
    return Array.from({ length: size }, (_, row) => Array.from(counts.subarray(row * size, (row + 1) * size)));
  };
  const scoresOfMatrix = (matrix: Matrix) => allScores(matrix, classes, zeroDivision);
  const estimates = scoresOfMatrix(matrixOf((at) => at));
  const drawn = Array.from({ length: examples === 0 ? 0 : resamples }, () =>
    scoresOfMatrix(matrixOf(() => draw(examples))),
  );
  const interval = (position: number) =>
    intervalOf(
      estimates[position] as number,
      drawn.map((scores) => scores[position] as number),
      confidence,
    );
  const three = (position: number): ScoreIntervals => ({
    precision: interval(position),
    recall: interval(position + 1),
    f1: interval(position + 2),
  });
  return {
    classes: Array.from({ length: classes }, (_, label) => three(10 + 3 * label)),
    accuracy: interval(0),
    micro: three(1),
    macro: three(4),
    weighted: three(7),
  };
}

/** Accuracy; precision, recall and F1 of each kind of average; and of each class. */
function allScores(matrix: Matrix, classes: number, zeroDivision: number): readonly number[] {
  const every = classCounts(matrix);
  const counts = every.slice(0, classes);
  const numbersOf = ({ precision, recall, f1 }: Scores) => [precision, recall, f1];
  const averages = (["micro", "macro", "weighted"] as const).flatMap((average) =>
    numbersOf(averageScores(counts, average, zeroDivision)),
  );
  const right = total(every.map(({ truePositives }) => truePositives));
  return [
    right / total(every.map(({ support }) => support)),
    ...averages,
    ...counts.flatMap((each) => numbersOf(scoresOf(each, zeroDivision))),
  ];
}

/** The examples that a confusion matrix counts. @throws If it holds weights instead. */
export function decisionsOfMatrix(owner: string, matrix: Matrix): Decisions {
  const broken = matrix.flat().find((count) => !Number.isSafeInteger(count) || count < 0);
  if (broken !== undefined)
    throw new RangeError(`${owner}: the matrix holds ${broken}; intervals need counts of examples, without weights`);
  const cells = new Int32Array(total(matrix.map(total)));
  let at = 0;
  for (const [index, count] of matrix.flat().entries()) {
    cells.fill(index, at, at + count);
    at += count;
  }
  return { cells, size: matrix.length, classes: matrix.length };
}
