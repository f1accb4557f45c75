/** Metrics that follow from a confusion matrix, which is accumulated on the device: the matrix, precision, recall and F1. */
import { checkChoice, checkInteger, checkNumber, checkOptions } from "../graph/options.ts";
import type { Configuration } from "../graph/registry.ts";
import { add, multiply } from "../ops/elementwise.ts";
import { scatterAdd } from "../ops/linear.ts";
import { reshape } from "../ops/movement.ts";
import { fill, ones, zeros } from "../tensor/creation.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { Variable } from "../tensor/variable.ts";
import { checkThreshold, classesOf, predictedClasses, type ThresholdOptions, trueClasses } from "./decisions.ts";
import { alignWeights } from "./mean-metric.ts";
import { Metric } from "./metric.ts";
import { averageScores, type ClassAverage, classCounts, type Matrix, occurringClasses, scoresOf } from "./scores.ts";

export interface ConfusionMatrixOptions extends ThresholdOptions {
  /** The number of classes, at least 2; by default the number of outputs, or 2 for a single one. */
  classes?: number;
}

/** A metric of the confusion matrix. Unweighted examples are counted in int32, weighted ones added up in float32. */
abstract class MatrixMetric extends Metric {
  readonly classes: number | undefined;
  readonly threshold: number;
  /** Flat, `[classes · classes]`; made at the first update, when the number of classes is known. */
  #counts: Variable | undefined;
  #weights: Variable | undefined;

  constructor(className: string, options: ConfusionMatrixOptions) {
    super(className, options);
    const { classes, threshold = 0.5 } = options;
    if (classes !== undefined) checkInteger(className, "classes", classes, 2);
    checkThreshold(className, threshold);
    this.classes = classes;
    this.threshold = threshold;
  }

  protected abstract ofMatrix(matrix: Matrix): number | readonly number[] | Matrix;

  get variables(): readonly Variable[] {
    return [this.#counts, this.#weights].filter((variable) => variable !== undefined);
  }

  update(yTrue: Tensor, yPred: Tensor, sampleWeight?: Tensor): void {
    const classes = this.classes ?? classesOf(yPred);
    if (classesOf(yPred) > classes)
      throw new Error(
        `${this.name}: the predictions tell ${classesOf(yPred)} classes apart, but the metric was made for ${classes}`,
      );
    const labels = trueClasses(this.name, yTrue, yPred);
    const decisions = predictedClasses(yPred, this.threshold);
    const size = classes ** 2;
    // A label outside the classes gives a cell outside the matrix, which is an error when it runs.
    const cells = reshape(add(multiply(labels, classes), decisions), [labels.size]);
    if (sampleWeight) {
      const weights = alignWeights(this.name, sampleWeight, labels.shape);
      this.#weights ??= this.#state("weights", size, "float32");
      this.#addTo(this.#weights, scatterAdd(reshape(weights, [labels.size]), cells, { size }));
    } else {
      this.#counts ??= this.#state("counts", size, "int32");
      this.#addTo(this.#counts, scatterAdd(ones([labels.size], "int32"), cells, { size }));
    }
  }

  #state(name: string, size: number, dtype: "int32" | "float32"): Variable {
    return new Variable(zeros([size], dtype), { name: `${this.name}/${name}`, trainable: false });
  }

  #addTo(state: Variable, added: Tensor): void {
    if (state.size !== added.size)
      throw new Error(
        `${this.name}: has counted ${Math.sqrt(state.size)} classes so far and now meets ${Math.sqrt(added.size)}; ` +
          `use one metric for each output`,
      );
    state.assign(add(state, added));
  }

  reset(): void {
    for (const state of this.variables) state.assign(fill(state.shape, 0, state.dtype));
  }

  /** `matrix[label][prediction]`; empty before the first update of a metric without `classes`. */
  protected async matrix(): Promise<Matrix> {
    const parts = await Promise.all(this.variables.map((state) => state.data()));
    const classes = this.classes ?? Math.sqrt(parts[0]?.length ?? 0);
    const cell = (index: number) => parts.reduce((sum, part) => sum + (part[index] as number), 0);
    return Array.from({ length: classes }, (_, label) =>
      Array.from({ length: classes }, (_, decision) => cell(label * classes + decision)),
    );
  }

  async result(): Promise<number | readonly number[] | Matrix> {
    return this.ofMatrix(await this.matrix());
  }

  override config(): Configuration {
    return {
      ...super.config(),
      ...(this.classes !== undefined && { classes: this.classes }),
      threshold: this.threshold,
    };
  }
}

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
