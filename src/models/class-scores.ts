/** The scores of every class, from the counts of a confusion matrix. */
import { classCounts, type Matrix, type Scores, scoresOf } from "../metrics/scores.ts";

/** How well one class is told from the others; a share of nothing is 0. */
export interface ClassScores extends Scores {
  /** The class's name, or its label where there are no names. */
  readonly name: string;
  /** How many examples of this class there are. */
  readonly support: number;
}

/** Precision, recall, F1 and support of every class. */
export function classScores(matrix: Matrix, classNames: readonly string[] | undefined): ClassScores[] {
  return classCounts(matrix).map((counts, label) => ({
    name: classNames?.[label] ?? String(label),
    ...scoresOf(counts, 0),
    support: counts.support,
  }));
}
