/** The log loss over a whole data set, for targets of any form. */
import { checkBoolean, checkOptions } from "../graph/options.ts";
import type { Configuration } from "../graph/registry.ts";
import { BinaryCrossentropy } from "../losses/binary-crossentropy.ts";
import { SparseCategoricalCrossentropy } from "../losses/crossentropy.ts";
import { reshape } from "../ops/movement.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { isBinary, trueClasses } from "./decisions.ts";
import { MeanMetric } from "./mean-metric.ts";
import type { MetricOptions } from "./metric.ts";

export interface LogLossOptions extends MetricOptions {
  /** Whether predictions are logits rather than probabilities; default false. */
  fromLogits?: boolean;
}

/**
 * The cross-entropy of the true classes: the mean of -log(probability of the true class), in nats. Predictions `[batch]` or `[batch, 1]` are
 * those of class 1, others `[batch, ..., classes]`; targets are indices of classes or one-hot rows. Probabilities are clipped to [1e-7, 1 - 1e-7].
 */
export class LogLoss extends MeanMetric {
  static readonly className = "logLoss";
  readonly className = LogLoss.className;
  readonly fromLogits: boolean;
  readonly #binary: BinaryCrossentropy;
  readonly #categorical: SparseCategoricalCrossentropy;

  constructor(options: LogLossOptions = {}) {
    checkOptions("logLoss", options, { name: true, fromLogits: true });
    super("logLoss", options);
    const { fromLogits = false } = options;
    checkBoolean("logLoss", "fromLogits", fromLogits);
    this.fromLogits = fromLogits;
    this.#binary = new BinaryCrossentropy({ name: this.name, fromLogits });
    this.#categorical = new SparseCategoricalCrossentropy({ name: this.name, fromLogits });
  }

  protected perExample(yTrue: Tensor, yPred: Tensor): Tensor {
    const labels = trueClasses(this.name, yTrue, yPred);
    if (!isBinary(yPred)) return this.#categorical.perExample(labels, yPred);
    const flat = [labels.size];
    return reshape(this.#binary.perExample(reshape(labels, flat), reshape(yPred, flat)), labels.shape);
  }

  override config(): Configuration {
    return { ...super.config(), fromLogits: this.fromLogits };
  }
}
