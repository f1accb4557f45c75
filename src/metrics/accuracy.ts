/** Accuracies: the share of examples for which the prediction means the right class. */
import { checkBoolean, checkOptions, type OptionNames } from "../graph/options.ts";
import type { Configuration } from "../graph/registry.ts";
import { alignTargets } from "../losses/align.ts";
import { cast, equal, greater } from "../ops/elementwise.ts";
import { squeeze } from "../ops/movement.ts";
import { all, mean } from "../ops/reduce.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { checkThreshold, isBinary, predictedClasses, type ThresholdOptions, trueClasses } from "./decisions.ts";
import { MeanMetric } from "./mean-metric.ts";

/** 1 where a single output lies on the target's side of the threshold, averaged over the outputs of an example. */
export function binaryHits(name: string, yTrue: Tensor, yPred: Tensor, threshold: number): Tensor {
  const target = alignTargets(name, yTrue, yPred);
  const hits = equal(target, cast(greater(cast(yPred, "float32"), threshold), "float32"));
  if (hits.rank < 2) return hits;
  return hits.shape.at(-1) === 1 ? squeeze(hits, -1) : mean(hits, { axis: -1 });
}

/** Whether every output of an example lies on its target's side of the threshold. */
function rowHits(name: string, yTrue: Tensor, yPred: Tensor, threshold: number): Tensor {
  const target = alignTargets(name, yTrue, yPred);
  const hits = equal(target, cast(greater(cast(yPred, "float32"), threshold), "float32"));
  return hits.rank < 2 ? hits : all(hits, { axis: -1 });
}

export function classHits(name: string, yTrue: Tensor, yPred: Tensor): Tensor {
  return equal(trueClasses(name, yTrue, yPred), predictedClasses(yPred, 0.5));
}

export interface MultiLabelOptions extends ThresholdOptions {
  /** Whether an example may have any number of labels, with a threshold for each output; default false, one class an example. */
  multiLabel?: boolean;
}

/**
 * The share of right decisions, whatever the targets look like: 0 or 1 for a single output, one-hot rows, or indices of
 * classes. With `multiLabel` it is the share of examples that are right in every label; `BinaryAccuracy` counts each label by itself.
 */
export class Accuracy extends MeanMetric {
  static readonly className: string = "accuracy";
  readonly className: string = Accuracy.className;
  readonly threshold: number;
  readonly multiLabel: boolean;

  constructor(options: MultiLabelOptions = {}, className: string = Accuracy.className) {
    const names: OptionNames<ThresholdOptions> = { name: true, threshold: true };
    // Those of its kind that say what an example has take no such option.
    if (className !== Accuracy.className) checkOptions<ThresholdOptions>(className, options, names);
    checkOptions<MultiLabelOptions>(className, options, { ...names, multiLabel: true });
    super(className, options);
    const { threshold = 0.5, multiLabel = false } = options;
    checkThreshold(className, threshold);
    checkBoolean(className, "multiLabel", multiLabel);
    this.threshold = threshold;
    this.multiLabel = multiLabel;
  }

  protected perExample(yTrue: Tensor, yPred: Tensor): Tensor {
    if (this.multiLabel) return rowHits(this.name, yTrue, yPred, this.threshold);
    return isBinary(yPred) ? binaryHits(this.name, yTrue, yPred, this.threshold) : classHits(this.name, yTrue, yPred);
  }

  override config(): Configuration {
    return { ...super.config(), threshold: this.threshold, ...(this.multiLabel && { multiLabel: true }) };
  }
}
