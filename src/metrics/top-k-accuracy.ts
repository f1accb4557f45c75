/** Top-k accuracies: the share of examples for which the right class is among the k likeliest. */
import { checkInteger, checkOptions } from "../graph/options.ts";
import type { Configuration } from "../graph/registry.ts";
import { equal, greater, less, where } from "../ops/elementwise.ts";
import { expandDims } from "../ops/movement.ts";
import { sum } from "../ops/reduce.ts";
import { iota } from "../tensor/creation.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { trueClasses } from "./decisions.ts";
import { MeanMetric } from "./mean-metric.ts";
import type { MetricOptions } from "./metric.ts";

export interface TopKOptions extends MetricOptions {
  /** How many of the largest outputs count, at least 1; default 5. */
  k?: number;
}

/** The share of examples whose target's class is among the k largest outputs; equal outputs count in its favour. */
export class TopKCategoricalAccuracy extends MeanMetric {
  static readonly className: string = "topKCategoricalAccuracy";
  readonly className: string = TopKCategoricalAccuracy.className;
  readonly k: number;

  constructor(options: TopKOptions = {}, className: string = TopKCategoricalAccuracy.className) {
    checkOptions(className, options, { name: true, k: true });
    super(className, options);
    this.k = options.k ?? 5;
    checkInteger(className, "k", this.k, 1);
  }

  protected perExample(yTrue: Tensor, yPred: Tensor): Tensor {
    const classes = yPred.shape.at(-1) as number;
    const isTarget = equal(expandDims(trueClasses(this.name, yTrue, yPred), -1), iota([classes]));
    const ofTarget = sum(where(isTarget, yPred, 0), { axis: -1, keepDims: true });
    return less(sum(greater(yPred, ofTarget), { axis: -1 }), this.k);
  }

  override config(): Configuration {
    return { ...super.config(), k: this.k };
  }
}

/** `TopKCategoricalAccuracy` under the name Keras has for targets that are indices; both take either form. */
export class SparseTopKCategoricalAccuracy extends TopKCategoricalAccuracy {
  static override readonly className = "sparseTopKCategoricalAccuracy";
  override readonly className = SparseTopKCategoricalAccuracy.className;

  constructor(options: TopKOptions = {}) {
    super(options, SparseTopKCategoricalAccuracy.className);
  }
}
