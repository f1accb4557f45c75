/**
 * What precision, recall, F-scores and their kin share: averages over classes from the confusion matrix, or over labels where an
 * example may have several.
 */
import { checkBoolean, checkChoice, checkInteger, checkNumber, describe, type OptionNames } from "../graph/options.ts";
import type { Configuration } from "../graph/registry.ts";
import type { Tensor } from "../tensor/tensor.ts";
import type { Variable } from "../tensor/variable.ts";
import { type LabelState, labelRows, labelState } from "./label-states.ts";
import { type ConfusionMatrixOptions, MatrixMetric } from "./matrix-metric.ts";
import {
  averageOf,
  type ClassAverage,
  type ClassCounts,
  chosenCounts,
  classCounts,
  type Matrix,
  occurringClasses,
  type ScoreOfCounts,
} from "./scores.ts";

/**
 * One score for each class (`"none"`), that of the positive class (`"binary"`), an average over the classes that occur, or the
 * mean over the examples of the score of each one's labels (`"samples"`).
 */
export type Average = ClassAverage | "binary" | "samples" | "none";
const averages: readonly Average[] = ["none", "micro", "macro", "weighted", "binary", "samples"];

export interface ScoreOptions extends ConfusionMatrixOptions {
  /** Default `"binary"` for two classes, `"macro"` for more and for several labels an example. */
  average?: Average;
  /** The classes that averages look at, or the labels, in the order in which `"none"` gives them; default those that occur. */
  labels?: readonly number[];
  /** What stands for a quotient with the divisor 0: a number such as 0 (default) or 1, or `"NaN"` to leave it out of averages. */
  zeroDivision?: number | "NaN";
  /** The class that `"binary"` looks at; default 1. */
  positiveClass?: number;
  /**
   * Whether an example may have any number of labels, so that each output is compared with the threshold and targets are rows of 0
   * and 1; default false, one class an example. The average `"samples"` says so too.
   */
  multiLabel?: boolean;
  /** Examples with this true class, such as that of padding, are left out; it may lie outside the classes. */
  ignoreClass?: number;
}

/** For `checkOptions`. */
export const scoreOptionNames: OptionNames<ScoreOptions> = {
  name: true,
  classes: true,
  threshold: true,
  average: true,
  labels: true,
  zeroDivision: true,
  positiveClass: true,
  multiLabel: true,
  ignoreClass: true,
};

/** Options that mean nothing where an example has several labels. */
const optionsOfClasses = ["classes", "positiveClass", "ignoreClass"] as const;

/** A score of counts. @see ScoreOptions */
export abstract class ScoreMetric extends MatrixMetric {
  readonly #score: ScoreOfCounts;
  readonly average: Average | undefined;
  readonly labels: readonly number[] | undefined;
  readonly zeroDivision: number;
  readonly positiveClass: number;
  readonly multiLabel: boolean;
  /** What is kept of examples with several labels. */
  readonly #ofLabels: LabelState | undefined;

  constructor(className: string, score: ScoreOfCounts, options: ScoreOptions) {
    super(className, options);
    const { average, labels, zeroDivision = 0, positiveClass = 1, multiLabel = average === "samples" } = options;
    if (average !== undefined) checkChoice(className, "average", average, averages);
    if (labels !== undefined) checkLabels(className, labels);
    const quotient = zeroDivision === "NaN" ? Number.NaN : zeroDivision;
    if (!Number.isNaN(quotient)) checkNumber(className, "zeroDivision", quotient, { minimum: 0, maximum: 1 });
    checkInteger(className, "positiveClass", positiveClass, 0);
    checkBoolean(className, "multiLabel", multiLabel);
    this.#score = score;
    this.average = average;
    this.labels = labels;
    this.zeroDivision = quotient;
    this.positiveClass = positiveClass;
    this.multiLabel = multiLabel;
    this.#ofLabels = multiLabel ? this.#stateOfLabels(options) : undefined;
    if (!multiLabel && average === "samples")
      throw new RangeError(
        `${className}: average "samples" is for examples with several labels, and multiLabel is false; leave that out, ` +
          'or choose "macro", "micro" or "weighted"',
      );
    if (average === "binary" && labels !== undefined)
      throw new RangeError(`${className}: labels has no effect with average "binary", which looks at positiveClass`);
  }

  #stateOfLabels(options: ScoreOptions): LabelState {
    const { name, zeroDivision, labels } = this;
    const given = optionsOfClasses.find((option) => options[option] !== undefined);
    if (given !== undefined)
      throw new RangeError(`${name}: ${given} is for one class an example; leave it out with multiLabel: true`);
    if (options.average === "binary")
      throw new RangeError(
        `${name}: average "binary" is for one class an example; with multiLabel: true choose "samples", "macro", "micro", ` +
          '"weighted" or "none"',
      );
    return labelState({ name, score: this.#score, average: options.average ?? "macro", zeroDivision, labels });
  }

  override get variables(): readonly Variable[] {
    return this.#ofLabels?.variables ?? super.variables;
  }

  override update(yTrue: Tensor, yPred: Tensor, sampleWeight?: Tensor): void {
    if (!this.#ofLabels) super.update(yTrue, yPred, sampleWeight);
    else this.#ofLabels.add(...labelRows(this.name, { yTrue, yPred, threshold: this.threshold }, sampleWeight));
  }

  override async result(): Promise<number | readonly number[] | Matrix> {
    return this.#ofLabels ? this.#ofLabels.result() : super.result();
  }

  override reset(): void {
    if (this.#ofLabels) this.#ofLabels.reset();
    else super.reset();
  }

  protected ofMatrix(matrix: Matrix): number | readonly number[] {
    const counts = classCounts(matrix);
    const { labels, zeroDivision } = this;
    const average = this.average ?? (counts.length === 2 && !labels ? "binary" : "macro");
    if (average === "binary") return this.#ofPositive(counts);
    const chosen = labels && chosenCounts(this.name, counts, labels);
    if (average === "none") return (chosen ?? counts).map((each) => this.#score(each, zeroDivision));
    const occurring = () => occurringClasses(counts).map((label) => counts[label] as ClassCounts);
    // Several labels an example never come here.
    return averageOf(this.#score, chosen ?? occurring(), average === "samples" ? "macro" : average, zeroDivision);
  }

  #ofPositive(counts: readonly ClassCounts[]): number {
    const positive = counts[this.positiveClass];
    if (counts.length !== 2 || !positive)
      throw new RangeError(
        `${this.name}: average "binary" looks at class ${this.positiveClass} of two, but there are ${counts.length} classes; ` +
          `choose "macro", "micro", "weighted" or "none"`,
      );
    return this.#score(positive, this.zeroDivision);
  }

  override config(): Configuration {
    return {
      ...super.config(),
      ...(this.average !== undefined && { average: this.average }),
      ...(this.labels !== undefined && { labels: this.labels }),
      // JSON has no NaN.
      zeroDivision: Number.isNaN(this.zeroDivision) ? "NaN" : this.zeroDivision,
      ...(this.multiLabel ? { multiLabel: true } : { positiveClass: this.positiveClass }),
    };
  }
}

function checkLabels(className: string, labels: readonly number[]): void {
  if (!Array.isArray(labels) || labels.length === 0)
    throw new TypeError(`${className}: labels is ${describe(labels)}, expected an array of the classes to look at`);
  for (const [index, label] of labels.entries()) checkInteger(className, `labels[${index}]`, label, 0);
}
