/** Metrics that follow from a confusion matrix, which is accumulated on the device: the matrix, precision, recall, specificity and F-scores. */
import { checkChoice, checkInteger, checkNumber, checkOptions, type OptionNames } from "../graph/options.ts";
import type { Configuration } from "../graph/registry.ts";
import { type ConfusionMatrixOptions, MatrixMetric } from "./matrix-metric.ts";
import {
  averageOf,
  type ClassAverage,
  classCounts,
  f1Of,
  fbetaOf,
  type Matrix,
  occurringClasses,
  precisionOf,
  recallOf,
  type ScoreOfCounts,
  specificityOf,
} from "./scores.ts";

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

/** For `checkOptions`. */
const scoreOptionNames: OptionNames<ScoreOptions> = {
  name: true,
  classes: true,
  threshold: true,
  average: true,
  zeroDivision: true,
  positiveClass: true,
};

abstract class ScoreMetric extends MatrixMetric {
  readonly #score: ScoreOfCounts;
  readonly average: Average | undefined;
  readonly zeroDivision: number;
  readonly positiveClass: number;

  constructor(className: string, score: ScoreOfCounts, options: ScoreOptions) {
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
    if (average === "none") return counts.map((each) => this.#score(each, zeroDivision));
    if (average !== "binary") {
      const occurring = occurringClasses(counts).map((label) => counts[label] as (typeof counts)[number]);
      return averageOf(this.#score, occurring, average, zeroDivision);
    }
    const positive = counts[this.positiveClass];
    if (counts.length !== 2 || !positive)
      throw new RangeError(
        `${this.name}: average "binary" looks at class ${this.positiveClass} of two, but there are ${counts.length} classes; ` +
          `choose "macro", "micro", "weighted" or "none"`,
      );
    return this.#score(positive, zeroDivision);
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
    checkOptions("precision", options, scoreOptionNames);
    super("precision", precisionOf, options);
  }
}

/** Of the examples of a class, the share given it. */
export class Recall extends ScoreMetric {
  static readonly className = "recall";
  readonly className = Recall.className;

  constructor(options: ScoreOptions = {}) {
    checkOptions("recall", options, scoreOptionNames);
    super("recall", recallOf, options);
  }
}

/** The harmonic mean of precision and recall. */
export class F1Score extends ScoreMetric {
  static readonly className = "f1Score";
  readonly className = F1Score.className;

  constructor(options: ScoreOptions = {}) {
    checkOptions("f1Score", options, scoreOptionNames);
    super("f1Score", f1Of, options);
  }
}

export interface FBetaScoreOptions extends ScoreOptions {
  /** How many times as much recall counts as precision, at least 0; 0.5 and 2 are usual; default 1, the F1 score. */
  beta?: number;
}

/** The harmonic mean of precision and recall with recall counted `beta` times as much. */
export class FBetaScore extends ScoreMetric {
  static readonly className = "fbetaScore";
  readonly className = FBetaScore.className;
  readonly beta: number;

  constructor(options: FBetaScoreOptions = {}) {
    checkOptions("fbetaScore", options, { ...scoreOptionNames, beta: true });
    const { beta = 1, ...others } = options;
    checkNumber("fbetaScore", "beta", beta, { minimum: 0 });
    super("fbetaScore", fbetaOf(beta), others);
    this.beta = beta;
  }

  override config(): Configuration {
    return { ...super.config(), beta: this.beta };
  }
}

/** Of the examples without a class, the share not given it: the recall of "not this class". */
export class Specificity extends ScoreMetric {
  static readonly className = "specificity";
  readonly className = Specificity.className;

  constructor(options: ScoreOptions = {}) {
    checkOptions("specificity", options, scoreOptionNames);
    super("specificity", specificityOf, options);
  }
}
