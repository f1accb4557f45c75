/** The cross-entropy of outputs that are questions of their own. */
import { checkNumber } from "../graph/options.ts";
import type { Configuration } from "../graph/registry.ts";
import { softplus } from "../ops/activations.ts";
import { add, cast, clip, log, multiply, negative, subtract } from "../ops/elementwise.ts";
import { mean } from "../ops/reduce.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { alignTargets } from "./align.ts";
import { Crossentropy, type CrossentropyOptions, checkWeights, epsilon, weightsOfAxis } from "./crossentropy.ts";
import { checkLossOptions } from "./loss.ts";

export interface BinaryCrossentropyOptions extends CrossentropyOptions {
  /**
   * How many times as much a target of 1 counts as one of 0: a number, or one for each output. Above 1 it raises recall, below 1
   * precision; the number of zeros divided by that of ones balances them. Default 1.
   */
  positiveWeight?: number | readonly number[];
}

/**
 * For outputs that are each 0 or 1: mean over the last axis of -positiveWeight · yTrue · log(p) - (1 - yTrue) · log(1 - p).
 * Targets and predictions `[batch, outputs]` or `[batch]`.
 */
export class BinaryCrossentropy extends Crossentropy {
  static readonly className = "binaryCrossentropy";
  readonly className = BinaryCrossentropy.className;
  readonly targets = "binary";
  readonly positiveWeight: number | readonly number[];

  constructor(options: BinaryCrossentropyOptions = {}) {
    checkLossOptions("binaryCrossentropy", options, { fromLogits: true, labelSmoothing: true, positiveWeight: true });
    super("binaryCrossentropy", options);
    const { positiveWeight = 1 } = options;
    if (typeof positiveWeight === "number")
      checkNumber("binaryCrossentropy", "positiveWeight", positiveWeight, { minimum: 0 });
    else checkWeights("binaryCrossentropy", "positiveWeight", positiveWeight);
    this.positiveWeight = positiveWeight;
  }

  perExample(yTrue: Tensor, yPred: Tensor): Tensor {
    const predicted = cast(yPred, "float32");
    const target = this.smooth(alignTargets(this.name, yTrue, predicted), 2);
    const weight = this.#weightFor(predicted);
    const values = this.fromLogits ? ofLogits(target, predicted, weight) : ofProbabilities(target, predicted, weight);
    return values.rank < 2 ? values : mean(values, { axis: -1 });
  }

  /** The weight of positive targets, which broadcasts to the predictions; undefined where it is 1. */
  #weightFor({ shape }: Tensor): number | Tensor | undefined {
    const { name, positiveWeight } = this;
    if (typeof positiveWeight === "number") return positiveWeight === 1 ? undefined : positiveWeight;
    return weightsOfAxis(name, "positiveWeight", positiveWeight, shape.length < 2 ? 1 : (shape.at(-1) as number));
  }

  override config(): Configuration {
    const { positiveWeight } = this;
    return { ...super.config(), ...(positiveWeight !== 1 && { positiveWeight }) };
  }
}

/** -w t log σ(x) - (1 - t) log(1 - σ(x)) = (1 - t) x + (1 + (w - 1) t) log(1 + e⁻ˣ); with w = 1 that is log(1 + eˣ) - t x. */
function ofLogits(target: Tensor, logits: Tensor, weight?: number | Tensor): Tensor {
  if (weight === undefined) return subtract(softplus(logits), multiply(logits, target));
  const share = add(multiply(subtract(weight, 1), target), 1);
  return add(multiply(subtract(1, target), logits), multiply(share, softplus(negative(logits))));
}

function ofProbabilities(target: Tensor, probabilities: Tensor, weight?: number | Tensor): Tensor {
  const p = clip(probabilities, epsilon, 1 - epsilon);
  const positive = weight === undefined ? target : multiply(target, weight);
  return negative(add(multiply(positive, log(p)), multiply(subtract(1, target), log(subtract(1, p)))));
}
