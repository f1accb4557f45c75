/** The expected calibration error, from bins of confidence that are kept on the device. */
import { checkBoolean, checkChoice, checkInteger, checkOptions } from "../graph/options.ts";
import type { Configuration } from "../graph/registry.ts";
import { add, cast, equal, greater, multiply } from "../ops/elementwise.ts";
import { scatterAdd } from "../ops/linear.ts";
import { expandDims, reshape } from "../ops/movement.ts";
import { max, sum } from "../ops/reduce.ts";
import { type Tensor, tensor } from "../tensor/tensor.ts";
import type { Variable } from "../tensor/variable.ts";
import { type CalibrationNorm, calibrationNorms, errorOfBins, evenEdges } from "./calibration-bins.ts";
import { CellCounts } from "./cell-counts.ts";
import { isBinary, predictedClasses, trueClasses } from "./decisions.ts";
import { alignWeights } from "./mean-metric.ts";
import { Metric, type MetricOptions } from "./metric.ts";
import { probabilitiesOf } from "./probabilities.ts";
import { CompensatedSum } from "./sums.ts";

export interface ExpectedCalibrationErrorOptions extends MetricOptions {
  /** How many bins of equal width; default 15. */
  bins?: number;
  /** The weighted mean of the gaps (`"l1"`, default), the root of that of their squares (`"l2"`), or the largest (`"max"`). */
  norm?: CalibrationNorm;
  /** Whether predictions are logits, of which the sigmoid or softmax is taken, rather than probabilities; default false. */
  fromLogits?: boolean;
}

/**
 * Expected calibration error (Guo et al. 2017): the gap between confidence and accuracy, averaged over bins of confidence weighted by
 * their examples. Bins are open on the left and closed on the right.
 *
 * Of predictions `[batch, ..., classes]` the confidence is the largest probability and a hit that its class is right; of `[batch]` or
 * `[batch, 1]` it is the probability of class 1 and a hit that this is the class. Targets are indices of classes or one-hot rows.
 */
export class ExpectedCalibrationError extends Metric {
  static readonly className = "expectedCalibrationError";
  readonly className = ExpectedCalibrationError.className;
  readonly bins: number;
  readonly norm: CalibrationNorm;
  readonly fromLogits: boolean;
  /** Two cells a bin: examples that are no hits, and hits. */
  readonly #cells: CellCounts;
  readonly #confidences: CompensatedSum;

  constructor(options: ExpectedCalibrationErrorOptions = {}) {
    const owner = ExpectedCalibrationError.className;
    checkOptions(owner, options, { name: true, bins: true, norm: true, fromLogits: true });
    super(owner, options);
    const { bins = 15, norm = "l1", fromLogits = false } = options;
    checkInteger(owner, "bins", bins, 1);
    checkChoice(owner, "norm", norm, calibrationNorms);
    checkBoolean(owner, "fromLogits", fromLogits);
    this.bins = bins;
    this.norm = norm;
    this.fromLogits = fromLogits;
    this.#cells = new CellCounts(this.name);
    this.#confidences = new CompensatedSum(`${this.name}/confidences`, [bins]);
  }

  get variables(): readonly Variable[] {
    return [...this.#confidences.variables, ...this.#cells.variables];
  }

  update(yTrue: Tensor, yPred: Tensor, sampleWeight?: Tensor): void {
    const labels = trueClasses(this.name, yTrue, yPred);
    const probabilities = probabilitiesOf(yPred, this.fromLogits);
    const confidence = isBinary(yPred) ? reshape(probabilities, labels.shape) : max(probabilities, { axis: -1 });
    const hits = isBinary(yPred) ? equal(labels, 1) : equal(labels, predictedClasses(yPred, 0.5));
    const inner = evenEdges(this.bins).slice(1, -1).map(roundDown);
    const isAbove = greater(expandDims(confidence, -1), inner.length === 0 ? 1 : tensor(inner));
    const bin = cast(sum(isAbove, { axis: -1 }), "int32");
    const weights = sampleWeight && alignWeights(this.name, sampleWeight, labels.shape);
    this.#cells.add(add(multiply(bin, 2), cast(hits, "int32")), 2 * this.bins, weights);
    const weighted = weights ? multiply(confidence, weights) : confidence;
    this.#confidences.add(
      scatterAdd(reshape(weighted, [labels.size]), reshape(bin, [labels.size]), { size: this.bins }),
    );
  }

  async result(): Promise<number> {
    const [cells, confidences] = await Promise.all([this.#cells.read(), this.#confidences.readAll()]);
    const bins = confidences.map((confidence, bin) => {
      const [misses = 0, hits = 0] = cells.slice(2 * bin, 2 * bin + 2);
      return { weight: misses + hits, hits, confidence };
    });
    const filled = bins.filter(({ weight }) => weight > 0);
    return errorOfBins(filled, this.norm);
  }

  reset(): void {
    this.#cells.reset();
    this.#confidences.reset();
  }

  override config(): Configuration {
    const { bins, norm, fromLogits } = this;
    return { ...super.config(), bins, norm, fromLogits };
  }
}

/** The largest float32 that is not above a number: a float32 is above both or neither. */
function roundDown(value: number): number {
  const near = Math.fround(value);
  return near <= value ? near : Math.fround(near - near * 2 ** -24);
}
