/** Metrics that follow from a confusion matrix, which is accumulated on the device: the matrix, precision, recall and F1. */
import { checkChoice, checkInteger, checkNumber, checkOptions } from "../graph/options.ts";
import type { Configuration } from "../graph/registry.ts";
import { type ConfusionMatrixOptions, MatrixMetric } from "./matrix-metric.ts";
import { averageScores, type ClassAverage, classCounts, type Matrix, occurringClasses, scoresOf } from "./scores.ts";

/** The confusion matrix: `result()[label][prediction]` examples of a class were given another. */
export class ConfusionMatrix extends MatrixMetric {
  static readonly className = "confusionMatrix";
  readonly className = ConfusionMatrix.className;

  constructor(options: ConfusionMatrixOptions = {}) {
    checkOptions("confusionMatrix", options, { name: true, classes: true, threshold: true });
    super("confusionMatrix", options);
  }

  protected ofMatrix(matrix: Matrix): Matrix {
    return matrix;
  }

  override result(): Promise<Matrix> {
    return this.matrix();
  }
}

/** One score for each class (`"none"`), that of the positive class (`"binary"`), or an average over the classes that occur. */
export type Average = ClassAverage | "binary" | "none";
const averages: readonly Average[] = ["none", "micro", "macro", "weighted", "binary"];

export interface ScoreOptions extends ConfusionMatrixOptions {
  /** Default `"binary"` for two classes, `"macro"` for more. */
  average?: Average;
  /** What stands for a quotient with the divisor 0: a number such as 0 (default) or 1, or `"NaN"` to leave it out of averages. */
  zeroDivision?: number | "NaN";
  /** The class that `"binary"` looks at; default 1. */
  positiveClass?: number;
}

abstract class ScoreMetric extends MatrixMetric {
  readonly #score: "precision" | "recall" | "f1";
  readonly average: Average | undefined;
  readonly zeroDivision: number;
  readonly positiveClass: number;

  constructor(className: string, score: "precision" | "recall" | "f1", options: ScoreOptions) {
    checkOptions(className, options, {
      name: true,
      classes: true,
      threshold: true,
      average: true,
      zeroDivision: true,
      positiveClass: true,
    });
    super(className, options);
    const { average, zeroDivision = 0, positiveClass = 1 } = options;
    if (average !== undefined) checkChoice(className, "average", average, averages);
    const quotient = zeroDivision === "NaN" ? Number.NaN : zeroDivision;
    if (!Number.isNaN(quotient)) checkNumber(className, "zeroDivision", quotient, { minimum: 0, maximum: 1 });
    checkInteger(className, "positiveClass", positiveClass, 0);
    this.#score = score;
    this.average = average;
    this.zeroDivision = quotient;
    this.positiveClass = positiveClass;
  }

  protected ofMatrix(matrix: Matrix): number | readonly number[] {
    const counts = classCounts(matrix);
    const { zeroDivision } = this;
    const average = this.average ?? (counts.length === 2 ? "binary" : "macro");
    if (average === "none") return counts.map((each) => scoresOf(each, zeroDivision)[this.#score]);
    if (average !== "binary") {
      const occurring = occurringClasses(counts).map((label) => counts[label] as (typeof counts)[number]);
      return averageScores(occurring, average, zeroDivision)[this.#score];
    }
    const positive = counts[this.positiveClass];
    if (counts.length !== 2 || !positive)
      throw new RangeError(
        `${this.name}: average "binary" looks at class ${this.positiveClass} of two, but there are ${counts.length} classes; ` +
          `choose "macro", "micro", "weighted" or "none"`,
      );
    return scoresOf(positive, zeroDivision)[this.#score];
  }

  override config(): Configuration {
    return {
      ...super.config(),
      ...(this.average !== undefined && { average: this.average }),
      // JSON has no NaN.
      zeroDivision: Number.isNaN(this.zeroDivision) ? "NaN" : this.zeroDivision,
      positiveClass: this.positiveClass,
    };
  }
}

/** Of the examples given a class, the share that has it. */
export class Precision extends ScoreMetric {
  static readonly className = "precision";
  readonly className = Precision.className;

  constructor(options: ScoreOptions = {}) {
    super("precision", "precision", options);
  }
}

/** Of the examples of a class, the share given it. */
export class Recall extends ScoreMetric {
  static readonly className = "recall";
  readonly className = Recall.className;

  constructor(options: ScoreOptions = {}) {
    super("recall", "recall", options);
  }
}

/** The harmonic mean of precision and recall. */
export class F1Score extends ScoreMetric {
  static readonly className = "f1Score";
  readonly className = F1Score.className;

  constructor(options: ScoreOptions = {}) {
    super("f1Score", "f1", options);
  }
}
