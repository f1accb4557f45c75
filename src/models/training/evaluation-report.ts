/** What evaluate adds of classifiers: the confusion matrix, every class's scores, how sure they are. Pages fetch it when it is asked for. */
import type { BootstrapOptions } from "../../metrics/bootstrap.ts";
import { ConfusionMatrix } from "../../metrics/confusion.ts";
import { decisionsOfMatrix, reportIntervals } from "../../metrics/report-intervals.ts";
import { classCounts, classScores, type Matrix } from "../../metrics/scores.ts";
import type { Evaluation } from "./evaluate.ts";

/** A metric that counts how often examples of each class were given another. */
export function confusionMatrixOf(classes: number): ConfusionMatrix {
  return new ConfusionMatrix({ classes });
}

/** The part of an evaluation that follows from a confusion matrix. */
export function reportOf(
  matrix: Matrix,
  classNames: readonly string[] | undefined,
  bootstrap: boolean | BootstrapOptions,
): Pick<Evaluation, "confusionMatrix" | "perClass" | "intervals"> {
  const owner = "evaluate: bootstrap";
  return {
    confusionMatrix: matrix,
    perClass: classScores(classCounts(matrix), classNames, 0),
    ...(bootstrap !== false && {
      intervals: reportIntervals(owner, decisionsOfMatrix(owner, matrix), 0, bootstrap === true ? {} : bootstrap),
    }),
  };
}
