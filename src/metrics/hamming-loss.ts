/** Hamming loss: the share of labels that are wrong. */
import { checkBoolean, checkOptions } from "../graph/options.ts";
import type { Configuration } from "../graph/registry.ts";
import { cast, notEqual, subtract } from "../ops/elementwise.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { binaryHits, type MultiLabelOptions } from "./accuracy.ts";
import { checkThreshold, isBinary, predictedClasses, trueClasses } from "./decisions.ts";
import { MeanMetric } from "./mean-metric.ts";

export type HammingLossOptions = MultiLabelOptions;

/** The share of labels that are wrong: of examples where each has one class, of all outputs with `multiLabel`. */
export class HammingLoss extends MeanMetric {
  static readonly className = "hammingLoss";
  readonly className = HammingLoss.className;
  readonly threshold: number;
  readonly multiLabel: boolean;

  constructor(options: HammingLossOptions = {}) {
    checkOptions("hammingLoss", options, { name: true, threshold: true, multiLabel: true });
    super("hammingLoss", options);
    const { threshold = 0.5, multiLabel = false } = options;
    checkThreshold("hammingLoss", threshold);
    checkBoolean("hammingLoss", "multiLabel", multiLabel);
    this.threshold = threshold;
    this.multiLabel = multiLabel;
  }

  protected perExample(yTrue: Tensor, yPred: Tensor): Tensor {
    return this.multiLabel || isBinary(yPred)
      ? subtract(1, cast(binaryHits(this.name, yTrue, yPred, this.threshold), "float32"))
      : notEqual(trueClasses(this.name, yTrue, yPred), predictedClasses(yPred, 0.5));
  }

  override config(): Configuration {
    return { ...super.config(), threshold: this.threshold, multiLabel: this.multiLabel };
  }
}
