/** Accuracies that say what targets look like. */
import { checkOptions } from "../graph/options.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { Accuracy, binaryHits, classHits } from "./accuracy.ts";
import type { ThresholdOptions } from "./decisions.ts";
import { MeanMetric } from "./mean-metric.ts";
import type { MetricOptions } from "./metric.ts";

/** The share of outputs on the target's side of the threshold. Targets 0 or 1 and predictions `[batch, outputs]`. */
export class BinaryAccuracy extends Accuracy {
  static override readonly className = "binaryAccuracy";
  override readonly className = BinaryAccuracy.className;

  constructor(options: ThresholdOptions = {}) {
    super(options, BinaryAccuracy.className);
  }

  protected override perExample(yTrue: Tensor, yPred: Tensor): Tensor {
    return binaryHits(this.name, yTrue, yPred, this.threshold);
  }
}

/** The share of examples whose largest output is the target's class. Targets one-hot and predictions `[batch, classes]`. */
export class CategoricalAccuracy extends MeanMetric {
  static readonly className: string = "categoricalAccuracy";
  readonly className: string = CategoricalAccuracy.className;

  constructor(options: MetricOptions = {}, className: string = CategoricalAccuracy.className) {
    checkOptions(className, options, { name: true });
    super(className, options);
  }

  protected perExample(yTrue: Tensor, yPred: Tensor): Tensor {
    return classHits(this.name, yTrue, yPred);
  }
}

/** `CategoricalAccuracy` under the name Keras has for targets that are indices, `[batch]`; both take either form. */
export class SparseCategoricalAccuracy extends CategoricalAccuracy {
  static override readonly className = "sparseCategoricalAccuracy";
  override readonly className = SparseCategoricalAccuracy.className;

  constructor(options: MetricOptions = {}) {
    super(options, SparseCategoricalAccuracy.className);
  }
}
