/**
 * Cross-entropies: minus the logarithm of the probability that the predictions give the target. From logits they are exact
 * for any size of logits: the logarithm is never taken of a rounded probability.
 */
import { checkBoolean, checkInteger, checkNumber, describe } from "../graph/options.ts";
import { constant } from "../graph/primitives/leaf.ts";
import type { Configuration } from "../graph/registry.ts";
import { formatShape, sameShape } from "../graph/shape.ts";
import { logSoftmax } from "../ops/activations.ts";
import { add, cast, clip, equal, exp, log, multiply, negative, notEqual, subtract, where } from "../ops/elementwise.ts";
import { expandDims, squeeze } from "../ops/movement.ts";
import { sum } from "../ops/reduce.ts";
import { shiftByMax } from "../ops/shift-by-max.ts";
import { iota } from "../tensor/creation.ts";
import { Tensor } from "../tensor/tensor.ts";
import { checkLossOptions, Loss, type LossOptions } from "./loss.ts";

export interface CrossentropyOptions extends LossOptions {
  /** Whether predictions are logits rather than probabilities; default false, as in Keras. Logits are more exact and faster. */
  fromLogits?: boolean;
  /** How much of the target is spread evenly over all classes, in [0, 1]; default 0. Szegedy et al. (2016). */
  labelSmoothing?: number;
}

/** Probabilities are kept this far from 0 and 1, so that their logarithms are finite. */
export const epsilon = 1e-7;

/** What cross-entropies share: logits or probabilities, and smoothed targets. */
export abstract class Crossentropy extends Loss {
  readonly fromLogits: boolean;
  readonly labelSmoothing: number;
  readonly predictions: "logits" | "probabilities";

  constructor(className: string, options: CrossentropyOptions) {
    super(className, options);
    const { fromLogits = false, labelSmoothing = 0 } = options;
    checkBoolean(className, "fromLogits", fromLogits);
    checkNumber(className, "labelSmoothing", labelSmoothing, { minimum: 0, maximum: 1 });
    this.fromLogits = fromLogits;
    this.labelSmoothing = labelSmoothing;
    this.predictions = fromLogits ? "logits" : "probabilities";
  }

  /** Targets with `labelSmoothing` of their weight spread over so many classes. */
  protected smooth(targets: Tensor, classes: number): Tensor {
    if (this.labelSmoothing === 0) return targets;
    return add(multiply(targets, 1 - this.labelSmoothing), this.labelSmoothing / classes);
  }

  override config(): Configuration {
    return { ...super.config(), fromLogits: this.fromLogits, labelSmoothing: this.labelSmoothing };
  }
}

/** Weights for the last axis of predictions, `[size]`. @throws If there are not as many as the axis has elements. */
export function weightsOfAxis(name: string, option: string, weights: readonly number[], size: number): Tensor {
  if (weights.length !== size)
    throw new Error(
      `${name}: ${option} has ${weights.length} weights, but the predictions have ${size} ${size === 1 ? "output" : "outputs"}; ` +
        "give one for each",
    );
  return new Tensor(constant(weights, "float32", [size]));
}

export function checkWeights(className: string, option: string, weights: readonly number[]): void {
  if (!Array.isArray(weights))
    throw new TypeError(`${className}: ${option} is ${describe(weights)}, expected an array of numbers`);
  for (const [index, weight] of weights.entries())
    checkNumber(className, `${option}[${index}]`, weight, { minimum: 0 });
}

export interface ClassWeightOptions extends CrossentropyOptions {
  /**
   * How much each class counts, in their order; default all alike. The mean still divides by the number of examples (PyTorch's, for
   * labels, by the sum of their weights).
   */
  classWeight?: readonly number[];
}

/** Targets `[..., classes]` times the weights of their classes. */
export function weighted(
  { name, classWeight }: { name: string; classWeight: readonly number[] | undefined },
  x: Tensor,
): Tensor {
  return classWeight ? multiply(x, weightsOfAxis(name, "classWeight", classWeight, x.shape.at(-1) as number)) : x;
}

/** -log softmax(logits) at the target: the logarithm of the sum less the target's logit, both shifted, so that neither is rounded. */
function negativeLogLikelihood(isTarget: Tensor, logits: Tensor): Tensor {
  const shifted = shiftByMax(logits, -1);
  return subtract(log(sum(exp(shifted), { axis: -1 })), sum(where(isTarget, shifted, 0), { axis: -1 }));
}

export interface SparseCategoricalCrossentropyOptions extends ClassWeightOptions {
  /** Targets of this class add nothing to the loss, nor to the number that the mean divides by; default none. */
  ignoreClass?: number;
}

/**
 * For one class of several, targets as indices: -classWeight[yTrue] · log(p[yTrue]). Targets `[batch, ...]` or `[batch, ..., 1]` of any numeric
 * type, predictions `[batch, ..., classes]`.
 */
export class SparseCategoricalCrossentropy extends Crossentropy {
  static readonly className = "sparseCategoricalCrossentropy";
  readonly className = SparseCategoricalCrossentropy.className;
  readonly targets = "classIndices";
  readonly ignoreClass: number | undefined;
  readonly classWeight: readonly number[] | undefined;

  constructor(options: SparseCategoricalCrossentropyOptions = {}) {
    checkLossOptions("sparseCategoricalCrossentropy", options, {
      fromLogits: true,
      labelSmoothing: true,
      ignoreClass: true,
      classWeight: true,
    });
    super("sparseCategoricalCrossentropy", options);
    const { ignoreClass, classWeight } = options;
    if (classWeight !== undefined) checkWeights("sparseCategoricalCrossentropy", "classWeight", classWeight);
    this.classWeight = classWeight;
    if (ignoreClass !== undefined) checkInteger("sparseCategoricalCrossentropy", "ignoreClass", ignoreClass);
    this.ignoreClass = ignoreClass;
  }

  perExample(yTrue: Tensor, yPred: Tensor): Tensor {
    const predicted = cast(yPred, "float32");
    const classes = predicted.shape.at(-1) as number;
    const labels = this.#labels(yTrue, predicted);
    // Clipped probabilities go through the same path as logits: the softmax of their logarithms divides by their sum.
    const logits = this.fromLogits ? predicted : log(clip(predicted, epsilon, 1 - epsilon));
    const isTarget = equal(expandDims(labels, -1), iota([classes]));
    const values = this.labelSmoothing === 0 ? this.#plain(isTarget, logits) : this.#smoothed(isTarget, logits);
    const counted = this.counted(yTrue, yPred);
    return counted ? where(counted, values, 0) : values;
  }

  #plain(isTarget: Tensor, logits: Tensor): Tensor {
    const values = negativeLogLikelihood(isTarget, logits);
    return this.classWeight ? multiply(values, sum(weighted(this, cast(isTarget, "float32")), { axis: -1 })) : values;
  }

  #smoothed(isTarget: Tensor, logits: Tensor): Tensor {
    const target = this.smooth(cast(isTarget, "float32"), logits.shape.at(-1) as number);
    return sum(multiply(weighted(this, target), negative(logSoftmax(logits))), { axis: -1 });
  }

  protected override counted(yTrue: Tensor, yPred: Tensor): Tensor | undefined {
    return this.ignoreClass === undefined ? undefined : notEqual(this.#labels(yTrue, yPred), this.ignoreClass);
  }

  /** The labels as int32 in the predictions' shape without the classes. */
  #labels(yTrue: Tensor, yPred: Tensor): Tensor {
    const expected = yPred.shape.slice(0, -1);
    const labels = cast(yTrue, "int32");
    if (sameShape(labels.shape, expected)) return labels;
    if (sameShape(labels.shape, [...expected, 1])) return squeeze(labels, -1);
    const oneHot = sameShape(yTrue.shape, yPred.shape) ? "; for one-hot rows use categoricalCrossentropy" : "";
    throw new Error(
      `${this.name}: the targets have the shape ${formatShape(yTrue.shape)}, expected indices of classes ` +
        `${formatShape(expected)} for predictions ${formatShape(yPred.shape)}${oneHot}`,
    );
  }

  override config(): Configuration {
    const { ignoreClass, classWeight } = this;
    return {
      ...super.config(),
      ...(ignoreClass !== undefined && { ignoreClass }),
      ...(classWeight && { classWeight }),
    };
  }
}
