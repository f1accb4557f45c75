/** What metrics share that follow from a confusion matrix, which is accumulated on the device. */
import { checkInteger } from "../graph/options.ts";
import type { Configuration } from "../graph/registry.ts";
import { add, cast, multiply, notEqual, where } from "../ops/elementwise.ts";
import type { Tensor } from "../tensor/tensor.ts";
import type { Variable } from "../tensor/variable.ts";
import { CellCounts } from "./cell-counts.ts";
import { checkThreshold, classesOf, predictedClasses, type ThresholdOptions, trueClasses } from "./decisions.ts";
import { alignWeights } from "./mean-metric.ts";
import { Metric } from "./metric.ts";
import type { Matrix } from "./scores.ts";

export interface ConfusionMatrixOptions extends ThresholdOptions {
  /** The number of classes, at least 2; by default the number of outputs, or 2 for a single one. */
  classes?: number;
}

/** A metric of the confusion matrix. Its state, `[classes · classes]`, is made at the first update, when the classes are known. */
export abstract class MatrixMetric extends Metric {
  readonly classes: number | undefined;
  readonly threshold: number;
  /** Examples, or pixels, with this true class are left out. */
  readonly ignoreClass: number | undefined;
  readonly #cells: CellCounts;

  constructor(className: string, options: ConfusionMatrixOptions & { ignoreClass?: number }) {
    super(className, options);
    const { classes, threshold = 0.5, ignoreClass } = options;
    if (classes !== undefined) checkInteger(className, "classes", classes, 2);
    checkThreshold(className, threshold);
    if (ignoreClass !== undefined) checkInteger(className, "ignoreClass", ignoreClass);
    this.classes = classes;
    this.threshold = threshold;
    this.ignoreClass = ignoreClass;
    this.#cells = new CellCounts(this.name);
  }

  protected abstract ofMatrix(matrix: Matrix): number | readonly number[] | Matrix;

  get variables(): readonly Variable[] {
    return this.#cells.variables;
  }

  update(yTrue: Tensor, yPred: Tensor, sampleWeight?: Tensor): void {
    const classes = this.classes ?? classesOf(yPred);
    if (classesOf(yPred) > classes)
      throw new Error(
        `${this.name}: the predictions tell ${classesOf(yPred)} classes apart, but the metric was made for ${classes}`,
      );
    const size = classes ** 2;
    if (this.#cells.size !== undefined && this.#cells.size !== size)
      throw new Error(
        `${this.name}: has counted ${Math.sqrt(this.#cells.size)} classes so far and now meets ${classes}; ` +
          `use one metric for each output`,
      );
    const labels = trueClasses(this.name, yTrue, yPred);
    // A label outside the classes gives a cell outside the matrix, which is an error when it runs.
    const cells = add(multiply(labels, classes), predictedClasses(yPred, this.threshold));
    const weights = sampleWeight && alignWeights(this.name, sampleWeight, labels.shape);
    if (this.ignoreClass === undefined) {
      this.#cells.add(cells, size, weights);
      return;
    }
    const counted = notEqual(labels, this.ignoreClass);
    const times = weights ? multiply(cast(counted, "float32"), weights) : cast(counted, "int32");
    this.#cells.add(where(counted, cells, 0), size, times);
  }

  reset(): void {
    this.#cells.reset();
  }

  /** `matrix[label][prediction]`; empty before the first update of a metric without `classes`. */
  protected async matrix(): Promise<Matrix> {
    const cells = await this.#cells.read();
    const classes = this.classes ?? Math.sqrt(cells.length);
    return Array.from({ length: classes }, (_, label) =>
      Array.from({ length: classes }, (_, decision) => cells[label * classes + decision] ?? 0),
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
      ...(this.ignoreClass !== undefined && { ignoreClass: this.ignoreClass }),
    };
  }
}
