/** The cross-entropy of classes that exclude each other, with targets as rows. */
import type { Configuration } from "../graph/registry.ts";
import { formatShape, type Shape, sameShape } from "../graph/shape.ts";
import { logSoftmax } from "../ops/activations.ts";
import { cast, clip, divide, log, multiply, negative } from "../ops/elementwise.ts";
import { sum } from "../ops/reduce.ts";
import type { HostArray } from "../tensor/host-array.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { type ClassWeightOptions, Crossentropy, checkWeights, epsilon, weighted } from "./crossentropy.ts";
import { checkLossOptions } from "./loss.ts";
import { warnOfRows } from "./target-checks.ts";

/**
 * For one class of several, targets as one-hot or soft rows: -Σ over c of classWeight[c] · yTrue[c] · log(p[c]). Probabilities are divided by
 * their sum before. Targets and predictions `[batch, ..., classes]`.
 */
export class CategoricalCrossentropy extends Crossentropy {
  static readonly className = "categoricalCrossentropy";
  readonly className = CategoricalCrossentropy.className;
  readonly targets = "oneHot";
  readonly classWeight: readonly number[] | undefined;

  constructor(options: ClassWeightOptions = {}) {
    checkLossOptions("categoricalCrossentropy", options, { fromLogits: true, labelSmoothing: true, classWeight: true });
    super("categoricalCrossentropy", options);
    if (options.classWeight !== undefined) checkWeights("categoricalCrossentropy", "classWeight", options.classWeight);
    this.classWeight = options.classWeight;
  }

  perExample(yTrue: Tensor, yPred: Tensor): Tensor {
    const predicted = cast(yPred, "float32");
    if (!sameShape(yTrue.shape, predicted.shape))
      throw new Error(
        `${this.name}: the targets have the shape ${formatShape(yTrue.shape)} and the predictions ` +
          `${formatShape(predicted.shape)}, which must be equal; for indices of classes use sparseCategoricalCrossentropy`,
      );
    const target = this.smooth(cast(yTrue, "float32"), predicted.shape.at(-1) as number);
    const logProbabilities = this.fromLogits ? logSoftmax(predicted) : logNormalized(predicted);
    return sum(multiply(weighted(this, target), negative(logProbabilities)), { axis: -1 });
  }

  override checkTargets(targets: HostArray, _predictions: Shape, what: string): void {
    warnOfRows(this, targets, what);
  }

  override config(): Configuration {
    return { ...super.config(), ...(this.classWeight && { classWeight: this.classWeight }) };
  }
}

/** The logarithms of probabilities divided by their sum over the last axis. */
export function logNormalized(probabilities: Tensor): Tensor {
  const normalized = divide(probabilities, sum(probabilities, { axis: -1, keepDims: true }));
  return log(clip(normalized, epsilon, 1 - epsilon));
}
