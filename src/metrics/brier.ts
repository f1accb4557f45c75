/** The Brier score over a whole data set. */
import { checkBoolean, checkOptions } from "../graph/options.ts";
import type { Configuration } from "../graph/registry.ts";
import { cast, equal, multiply, square, subtract } from "../ops/elementwise.ts";
import { expandDims, reshape } from "../ops/movement.ts";
import { sum } from "../ops/reduce.ts";
import { iota } from "../tensor/creation.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { classesOf, isBinary, trueClasses } from "./decisions.ts";
import { MeanMetric } from "./mean-metric.ts";
import type { MetricOptions } from "./metric.ts";
import { probabilitiesOf } from "./probabilities.ts";

export interface BrierScoreOptions extends MetricOptions {
  /** Whether to halve the sum over the classes, so that the score is in [0, 1]; default for two classes. */
  scaleByHalf?: boolean;
  /** Whether predictions are logits, of which the sigmoid or softmax is taken, rather than probabilities; default false. */
  fromLogits?: boolean;
}

/**
 * The Brier score: the mean over the examples of Σ over c of (yTrue[c] - p[c])², halved for two classes; 0 is best. Predictions `[batch]` or
 * `[batch, 1]` are the probability of class 1, others `[batch, ..., classes]`; targets are indices of classes or one-hot rows.
 */
export class BrierScore extends MeanMetric {
  static readonly className = "brierScore";
  readonly className = BrierScore.className;
  readonly scaleByHalf: boolean | undefined;
  readonly fromLogits: boolean;

  constructor(options: BrierScoreOptions = {}) {
    checkOptions("brierScore", options, { name: true, scaleByHalf: true, fromLogits: true });
    super("brierScore", options);
    const { scaleByHalf, fromLogits = false } = options;
    if (scaleByHalf !== undefined) checkBoolean("brierScore", "scaleByHalf", scaleByHalf);
    checkBoolean("brierScore", "fromLogits", fromLogits);
    this.scaleByHalf = scaleByHalf;
    this.fromLogits = fromLogits;
  }

  protected perExample(yTrue: Tensor, yPred: Tensor): Tensor {
    const labels = trueClasses(this.name, yTrue, yPred);
    const probabilities = probabilitiesOf(yPred, this.fromLogits);
    const classes = classesOf(yPred);
    const isHalved = this.scaleByHalf ?? classes < 3;
    if (isBinary(yPred)) {
      // Both classes miss by as much.
      const error = square(subtract(reshape(probabilities, labels.shape), cast(labels, "float32")));
      return isHalved ? error : multiply(error, 2);
    }
    const isTrue = cast(equal(expandDims(labels, -1), iota([classes])), "float32");
    const error = sum(square(subtract(probabilities, isTrue)), { axis: -1 });
    return isHalved ? multiply(error, 0.5) : error;
  }

  override config(): Configuration {
    return {
      ...super.config(),
      ...(this.scaleByHalf !== undefined && { scaleByHalf: this.scaleByHalf }),
      fromLogits: this.fromLogits,
    };
  }
}
