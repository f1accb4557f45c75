/** The area under the ROC or the precision-recall curve, from histograms of the scores that are kept on the device. */
import { checkBoolean, checkChoice, checkInteger, checkOptions, type OptionNames } from "../graph/options.ts";
import type { Configuration } from "../graph/registry.ts";
import { sameShape } from "../graph/shape.ts";
import { alignTargets } from "../losses/align.ts";
import { add, cast, clip, equal, floor, greater, multiply, negative, sigmoid, where } from "../ops/elementwise.ts";
import { expandDims, reshape } from "../ops/movement.ts";
import { slice } from "../ops/slicing.ts";
import { iota } from "../tensor/creation.ts";
import type { Tensor } from "../tensor/tensor.ts";
import type { Variable } from "../tensor/variable.ts";
import { CellCounts } from "./cell-counts.ts";
import { binaryAveragePrecision, binaryRocAuc } from "./curves.ts";
import { classesOf, isBinary, trueClasses } from "./decisions.ts";
import { alignWeights } from "./mean-metric.ts";
import { Metric, type MetricOptions } from "./metric.ts";
import { RowList } from "./row-list.ts";
import { total } from "./scores.ts";

export interface AUCOptions extends MetricOptions {
  /** True against false positives (`"roc"`, default), or precision against recall (`"precisionRecall"`), as average precision. */
  curve?: "roc" | "precisionRecall";
  /**
   * Into how many intervals of equal width [0, 1] is divided, at least 2; default 10000. The state is two counts for each
   * interval and output, which every batch adds to: for hundreds of classes choose fewer.
   * `"exact"` keeps the scores themselves and sorts them on the host whenever the area is read.
   */
  thresholds?: number | "exact";
  /** With `thresholds: "exact"`: of how many examples the scores are kept, 8 bytes for each and output; default 131072. */
  capacity?: number;
  /** Whether predictions are logits, of which the sigmoid is taken, rather than probabilities; default false. */
  fromLogits?: boolean;
  /** How the areas of classes, each against the rest, become one; default `"macro"`. `"none"` gives an array. */
  average?: AreaAverage;
}

/** `"micro"`: the area of all outputs' scores together. */
export type AreaAverage = "micro" | "macro" | "weighted" | "none";
const averages: readonly AreaAverage[] = ["micro", "macro", "weighted", "none"];

/** For `checkOptions`. */
const areaOptionNames: OptionNames<AUCOptions> = {
  name: true,
  curve: true,
  thresholds: true,
  capacity: true,
  fromLogits: true,
  average: true,
};

/** Of one output: whether entries are positive, how they are scored and how much each counts. */
interface Judged {
  readonly positive: readonly boolean[];
  readonly scores: readonly number[];
  readonly weights: readonly number[];
}

/**
 * The area under a curve of the score over all thresholds.
 *
 * Scores are sorted into `thresholds` intervals: those in one interval count as equal. So it is the area of the scores rounded
 * to 1 / thresholds, and exact where scores of different classes never share an interval; otherwise the area under
 * the ROC curve is off by at most half the share of pairs (positive, negative) within one interval.
 * With `thresholds: "exact"` it is exact over the whole set, as `classification.rocAucScore` is on the host.
 *
 * Predictions `[batch]` or `[batch, 1]` are those of class 1 and targets 0 or 1; of predictions `[batch, classes]` each class
 * is taken against the rest, and targets are indices or rows of 0 and 1.
 */
export class AUC extends Metric {
  static readonly className: string = "auc";
  readonly className: string = AUC.className;
  readonly curve: "roc" | "precisionRecall";
  readonly thresholds: number | "exact";
  readonly capacity: number;
  readonly fromLogits: boolean;
  readonly average: AreaAverage;
  readonly #cells: CellCounts;
  readonly #scores: RowList;

  constructor(options: AUCOptions = {}, className: string = AUC.className) {
    checkOptions(className, options, areaOptionNames);
    super(className, options);
    const { curve = "roc", thresholds = 10_000, capacity = 2 ** 17, fromLogits = false, average = "macro" } = options;
    checkChoice(className, "curve", curve, ["roc", "precisionRecall"]);
    if (thresholds !== "exact") checkInteger(className, "thresholds", thresholds, 2);
    checkInteger(className, "capacity", capacity, 1);
    checkBoolean(className, "fromLogits", fromLogits);
    checkChoice(className, "average", average, averages);
    this.curve = curve;
    this.thresholds = thresholds;
    this.capacity = capacity;
    this.fromLogits = fromLogits;
    this.average = average;
    this.#cells = new CellCounts(this.name);
    this.#scores = new RowList(this.name, capacity);
  }

  get variables(): readonly Variable[] {
    return this.thresholds === "exact" ? this.#scores.variables : this.#cells.variables;
  }

  update(yTrue: Tensor, yPred: Tensor, sampleWeight?: Tensor): void {
    const outputs = isBinary(yPred) ? 1 : classesOf(yPred);
    const raw = cast(yPred, "float32");
    const scores = this.fromLogits ? sigmoid(raw) : raw;
    const shape = [scores.size / outputs, outputs];
    const positive = reshape(this.#positives(yTrue, yPred), shape);
    const weights = sampleWeight && reshape(alignWeights(this.name, sampleWeight, yPred.shape), shape);
    const seen =
      this.thresholds === "exact" ? (this.#scores.width ?? 0) / 2 : (this.#cells.size ?? 0) / (2 * this.thresholds);
    if (seen > 0 && seen !== outputs)
      throw new Error(
        `${this.name}: has seen ${seen} outputs an example so far and now meets ${outputs}; use one metric for each`,
      );
    if (this.thresholds === "exact") this.#keep(reshape(raw, shape), positive, weights);
    else this.#count(reshape(scores, shape), positive, weights, this.thresholds);
  }

  /** Keeps scores as they are: the sigmoid does not change their order, but it makes some equal. */
  #keep(scores: Tensor, positive: Tensor, weights: Tensor | undefined): void {
    const [examples = 0, outputs = 0] = scores.shape;
    const signed = where(positive, weights ?? 1, weights ? negative(weights) : -1);
    const column = (x: Tensor, at: number) => reshape(slice(x, { start: [0, at], size: [examples, 1] }), [examples]);
    this.#scores.add(Array.from({ length: 2 * outputs }, (_, at) => column(at % 2 === 0 ? scores : signed, at >> 1)));
  }

  #count(scores: Tensor, positive: Tensor, weights: Tensor | undefined, thresholds: number): void {
    const outputs = scores.shape[1] as number;
    const interval = clip(floor(multiply(scores, thresholds)), 0, thresholds - 1);
    const histogram = add(multiply(iota([outputs]), 2), cast(positive, "int32"));
    const cells = add(multiply(histogram, thresholds), cast(interval, "int32"));
    this.#cells.add(cells, outputs * 2 * thresholds, weights);
  }

  /** Whether each output is to be positive, bool in the predictions' shape. */
  #positives(yTrue: Tensor, yPred: Tensor): Tensor {
    if (isBinary(yPred) || sameShape(yTrue.shape, yPred.shape))
      return greater(alignTargets(this.name, yTrue, yPred), 0.5);
    return equal(expandDims(trueClasses(this.name, yTrue, yPred), -1), iota([classesOf(yPred)]));
  }

  async result(): Promise<number | readonly number[]> {
    const judged = this.thresholds === "exact" ? await this.#kept() : await this.#counted(this.thresholds);
    const outputs = judged.length;
    if (outputs === 0) return Number.NaN;
    const together = this.average === "micro" ? [pooled(judged)] : judged;
    const score = this.curve === "roc" ? binaryRocAuc : binaryAveragePrecision;
    const areas = together.map(({ positive, scores, weights }) => ({
      area: total(weights) === 0 ? Number.NaN : score(positive, scores, weights),
      support: total(weights.filter((_, at) => positive[at])),
    }));
    if (this.average === "none" && outputs > 1) return areas.map(({ area }) => area);
    if (this.average !== "weighted" || outputs === 1) return total(areas.map(({ area }) => area)) / areas.length;
    const occurring = areas.filter(({ support }) => support > 0);
    return total(occurring.map(({ area, support }) => area * support)) / total(occurring.map(({ support }) => support));
  }

  /** What was counted, an entry a cell. */
  async #counted(thresholds: number): Promise<readonly Judged[]> {
    const cells = await this.#cells.read();
    return Array.from({ length: cells.length / (2 * thresholds) }, (_, output) => {
      const weights = cells.slice(output * 2 * thresholds, (output + 1) * 2 * thresholds);
      const positive = weights.map((_, cell) => cell >= thresholds);
      return { positive, scores: weights.map((_, cell) => cell % thresholds), weights };
    });
  }

  /** What was kept, an entry an example. @throws If there were more than had room. */
  async #kept(): Promise<readonly Judged[]> {
    const { rows, columns } = await this.#scores.read();
    if (rows > this.capacity)
      throw new Error(
        `${this.name}: has seen ${rows} examples but has room for the scores of ${this.capacity}; ` +
          `raise capacity, or give thresholds a number`,
      );
    return Array.from({ length: rows === 0 ? 0 : columns.length / 2 }, (_, output) => {
      const signed = Array.from(columns[2 * output + 1] as Float32Array);
      // An example of weight 0 has no sign, and is none.
      const present = signed.flatMap((weight, at) => (weight === 0 ? [] : [at]));
      return {
        positive: present.map((at) => (signed[at] as number) > 0),
        scores: present.map((at) => columns[2 * output]?.[at] as number),
        weights: present.map((at) => Math.abs(signed[at] as number)),
      };
    });
  }

  reset(): void {
    if (this.thresholds === "exact") this.#scores.reset();
    else this.#cells.reset();
  }

  override config(): Configuration {
    const { curve, thresholds, capacity, fromLogits, average } = this;
    return {
      ...super.config(),
      curve,
      thresholds,
      ...(thresholds === "exact" && { capacity }),
      fromLogits,
      average,
    };
  }
}

/** All outputs' entries as one's. */
function pooled(judged: readonly Judged[]): Judged {
  return {
    positive: judged.flatMap(({ positive }) => positive),
    scores: judged.flatMap(({ scores }) => scores),
    weights: judged.flatMap(({ weights }) => weights),
  };
}

export type AveragePrecisionOptions = Omit<AUCOptions, "curve">;

/**
 * Average precision: the precisions along the precision-recall curve, weighted by the step in recall that each is reached with; `AUC` with the
 * curve `"precisionRecall"`.
 */
export class AveragePrecision extends AUC {
  static override readonly className = "averagePrecision";
  override readonly className = AveragePrecision.className;

  constructor(options: AveragePrecisionOptions = {}) {
    const { curve: _, ...own } = areaOptionNames;
    checkOptions<AveragePrecisionOptions>(AveragePrecision.className, options, own);
    super({ ...options, curve: "precisionRecall" }, AveragePrecision.className);
  }

  override config(): Configuration {
    const { curve: _, ...own } = super.config();
    return own;
  }
}
