/** The area under the ROC or the precision-recall curve, from histograms of the scores that are kept on the device. */
import { checkBoolean, checkChoice, checkInteger, checkOptions } from "../graph/options.ts";
import type { Configuration } from "../graph/registry.ts";
import { sameShape } from "../graph/shape.ts";
import { alignTargets } from "../losses/align.ts";
import { add, cast, clip, equal, floor, greater, multiply, sigmoid } from "../ops/elementwise.ts";
import { expandDims, reshape } from "../ops/movement.ts";
import { iota } from "../tensor/creation.ts";
import type { Tensor } from "../tensor/tensor.ts";
import type { Variable } from "../tensor/variable.ts";
import { binaryAveragePrecision, binaryRocAuc } from "./curves.ts";
import { classesOf, isBinary, trueClasses } from "./decisions.ts";
import { alignWeights } from "./mean-metric.ts";
import { Metric, type MetricOptions } from "./metric.ts";
import { total } from "./scores.ts";
import { CellCounts } from "./sums.ts";

export interface AUCOptions extends MetricOptions {
  /** True against false positives (`"roc"`, default), or precision against recall (`"precisionRecall"`), as average precision. */
  curve?: "roc" | "precisionRecall";
  /**
   * Into how many intervals of equal width [0, 1] is divided, at least 2; default 10000. The state is two counts for each
   * interval and output, which every batch adds to: for hundreds of classes choose fewer.
   */
  thresholds?: number;
  /** Whether predictions are logits, of which the sigmoid is taken, rather than probabilities; default false. */
  fromLogits?: boolean;
  /** How the areas of classes, each against the rest, become one; default `"macro"`. `"none"` gives an array. */
  average?: "macro" | "weighted" | "none";
}

/**
 * The area under a curve of the score over all thresholds.
 *
 * Scores are sorted into `thresholds` intervals: those in one interval count as equal. So it is the area of the scores rounded
 * to 1 / thresholds, and exact where scores of different classes never share an interval; otherwise the area under
 * the ROC curve is off by at most half the share of pairs (positive, negative) within one interval.
 * `classification.rocAucScore` is exact, on the host.
 *
 * Predictions `[batch]` or `[batch, 1]` are those of class 1 and targets 0 or 1; of predictions `[batch, classes]` each class
 * is taken against the rest, and targets are indices or rows of 0 and 1.
 */
export class AUC extends Metric {
  static readonly className = "auc";
  readonly className = AUC.className;
  readonly curve: "roc" | "precisionRecall";
  readonly thresholds: number;
  readonly fromLogits: boolean;
  readonly average: "macro" | "weighted" | "none";
  readonly #cells: CellCounts;

  constructor(options: AUCOptions = {}) {
    checkOptions("auc", options, { name: true, curve: true, thresholds: true, fromLogits: true, average: true });
    super("auc", options);
    const { curve = "roc", thresholds = 10_000, fromLogits = false, average = "macro" } = options;
    checkChoice("auc", "curve", curve, ["roc", "precisionRecall"]);
    checkInteger("auc", "thresholds", thresholds, 2);
    checkBoolean("auc", "fromLogits", fromLogits);
    checkChoice("auc", "average", average, ["macro", "weighted", "none"]);
    this.curve = curve;
    this.thresholds = thresholds;
    this.fromLogits = fromLogits;
    this.average = average;
    this.#cells = new CellCounts(this.name);
  }

  get variables(): readonly Variable[] {
    return this.#cells.variables;
  }

  update(yTrue: Tensor, yPred: Tensor, sampleWeight?: Tensor): void {
    const outputs = isBinary(yPred) ? 1 : classesOf(yPred);
    const size = outputs * 2 * this.thresholds;
    if (this.#cells.size !== undefined && this.#cells.size !== size)
      throw new Error(
        `${this.name}: has seen ${this.#cells.size / (2 * this.thresholds)} outputs an example so far and now meets ${outputs}; ` +
          `use one metric for each`,
      );
    const raw = cast(yPred, "float32");
    const scores = this.fromLogits ? sigmoid(raw) : raw;
    const shape = [scores.size / outputs, outputs];
    const interval = clip(floor(multiply(scores, this.thresholds)), 0, this.thresholds - 1);
    const isPositive = reshape(cast(this.#positives(yTrue, yPred), "int32"), shape);
    const histogram = add(multiply(iota([outputs]), 2), isPositive);
    const cells = add(multiply(histogram, this.thresholds), reshape(cast(interval, "int32"), shape));
    this.#cells.add(cells, size, sampleWeight && reshape(alignWeights(this.name, sampleWeight, yPred.shape), shape));
  }

  /** Whether each output is to be positive, bool in the predictions' shape. */
  #positives(yTrue: Tensor, yPred: Tensor): Tensor {
    if (isBinary(yPred) || sameShape(yTrue.shape, yPred.shape))
      return greater(alignTargets(this.name, yTrue, yPred), 0.5);
    return equal(expandDims(trueClasses(this.name, yTrue, yPred), -1), iota([classesOf(yPred)]));
  }

  async result(): Promise<number | readonly number[]> {
    const cells = await this.#cells.read();
    const { thresholds } = this;
    const outputs = cells.length / (2 * thresholds);
    if (outputs === 0) return Number.NaN;
    const score = this.curve === "roc" ? binaryRocAuc : binaryAveragePrecision;
    const areas = Array.from({ length: outputs }, (_, output) => {
      const weights = cells.slice(output * 2 * thresholds, (output + 1) * 2 * thresholds);
      const positive = weights.map((_, cell) => cell >= thresholds);
      const interval = weights.map((_, cell) => cell % thresholds);
      const support = total(weights.slice(thresholds));
      return { area: total(weights) === 0 ? Number.NaN : score(positive, interval, weights), support };
    });
    if (this.average === "none" && outputs > 1) return areas.map(({ area }) => area);
    if (this.average !== "weighted" || outputs === 1) return total(areas.map(({ area }) => area)) / outputs;
    const occurring = areas.filter(({ support }) => support > 0);
    return total(occurring.map(({ area, support }) => area * support)) / total(occurring.map(({ support }) => support));
  }

  reset(): void {
    this.#cells.reset();
  }

  override config(): Configuration {
    const { curve, thresholds, fromLogits, average } = this;
    return { ...super.config(), curve, thresholds, fromLogits, average };
  }
}
