/**
 * Focal losses: cross-entropies in which examples that are predicted well already weigh little, for rare classes among many
 * easy examples: Lin et al. (2017). From logits they are exact for any size of logits.
 */
import { checkBoolean, checkNumber, describe } from "../graph/options.ts";
import type { Configuration } from "../graph/registry.ts";
import { formatShape, type Shape } from "../graph/shape.ts";
import { logSoftmax, softplus } from "../ops/activations.ts";
import {
  add,
  cast,
  clip,
  expm1,
  log,
  maximum,
  minimum,
  multiply,
  negative,
  power,
  sigmoid,
  square,
  subtract,
} from "../ops/elementwise.ts";
import { mean, sum } from "../ops/reduce.ts";
import type { HostArray } from "../tensor/host-array.ts";
import { type Tensor, tensor } from "../tensor/tensor.ts";
import { alignTargets } from "./align.ts";
import { logNormalized } from "./categorical-crossentropy.ts";
import { Crossentropy, type CrossentropyOptions } from "./crossentropy.ts";
import { checkLossOptions } from "./loss.ts";
import { warnOfRows } from "./target-checks.ts";

/** Probabilities are kept this far from 0 and 1, so that logarithms and powers have finite gradients. */
const epsilon = 1e-7;

/** missing ^ gamma, where `missing` is what a probability lacks of 1. */
function modulate(missing: Tensor, gamma: number): Tensor {
  const bounded = maximum(missing, epsilon);
  return gamma === 2 ? square(bounded) : power(bounded, gamma);
}

export interface BinaryFocalCrossentropyOptions extends CrossentropyOptions {
  /** How much less examples weigh that are predicted well, at least 0; with 0 it is the cross-entropy; default 2. */
  gamma?: number;
  /** The weight of targets of 1, in [0, 1]; those of 0 weigh the rest; default 0.25. Only with `applyClassBalancing`. */
  alpha?: number;
  /** Whether the two kinds of targets weigh differently; default false. */
  applyClassBalancing?: boolean;
}

/**
 * For outputs that are each 0 or 1: mean over the last axis of (1 - q) ^ gamma · (-log q), where q is the probability given to the
 * target, p or 1 - p. Targets and predictions `[batch, outputs]` or `[batch]`.
 */
export class BinaryFocalCrossentropy extends Crossentropy {
  static readonly className = "binaryFocalCrossentropy";
  readonly className = BinaryFocalCrossentropy.className;
  readonly targets = "binary";
  readonly gamma: number;
  readonly alpha: number;
  readonly applyClassBalancing: boolean;

  constructor(options: BinaryFocalCrossentropyOptions = {}) {
    checkLossOptions("binaryFocalCrossentropy", options, {
      fromLogits: true,
      labelSmoothing: true,
      gamma: true,
      alpha: true,
      applyClassBalancing: true,
    });
    super("binaryFocalCrossentropy", options);
    const { gamma = 2, alpha = 0.25, applyClassBalancing = false } = options;
    checkNumber("binaryFocalCrossentropy", "gamma", gamma, { minimum: 0 });
    checkNumber("binaryFocalCrossentropy", "alpha", alpha, { minimum: 0, maximum: 1 });
    checkBoolean("binaryFocalCrossentropy", "applyClassBalancing", applyClassBalancing);
    this.gamma = gamma;
    this.alpha = alpha;
    this.applyClassBalancing = applyClassBalancing;
  }

  perExample(yTrue: Tensor, yPred: Tensor): Tensor {
    const predicted = cast(yPred, "float32");
    const target = this.smooth(alignTargets(this.name, yTrue, predicted), 2);
    /** The mixture of two values in the proportion of the target. */
    const mix = (ofOne: Tensor | number, ofZero: Tensor | number) =>
      add(multiply(target, ofOne), multiply(subtract(1, target), ofZero));
    const [p, q] = this.fromLogits
      ? [sigmoid(predicted), sigmoid(negative(predicted))]
      : [predicted, subtract(1, predicted)];
    const crossentropy = this.fromLogits
      ? mix(softplus(negative(predicted)), softplus(predicted))
      : negative(mix(log(clip(p, epsilon, 1 - epsilon)), log(clip(q, epsilon, 1 - epsilon))));
    const focal = multiply(modulate(mix(q, p), this.gamma), crossentropy);
    const values = this.applyClassBalancing ? multiply(focal, mix(this.alpha, 1 - this.alpha)) : focal;
    return values.rank < 2 ? values : mean(values, { axis: -1 });
  }

  override config(): Configuration {
    const { gamma, alpha, applyClassBalancing } = this;
    return { ...super.config(), gamma, alpha, applyClassBalancing };
  }
}

export interface CategoricalFocalCrossentropyOptions extends CrossentropyOptions {
  /** How much less examples weigh that are predicted well, at least 0; default 2. */
  gamma?: number;
  /** The weight of all classes, or of each, at least 0; default 0.25. */
  alpha?: number | readonly number[];
}

/**
 * For one class of several: -Σ over c of alpha[c] · (1 - p[c]) ^ gamma · yTrue[c] · log(p[c]). Probabilities are divided by their sum
 * before. Targets one-hot or soft rows; targets and predictions `[batch, ..., classes]`.
 */
export class CategoricalFocalCrossentropy extends Crossentropy {
  static readonly className = "categoricalFocalCrossentropy";
  readonly className = CategoricalFocalCrossentropy.className;
  readonly targets = "oneHot";
  readonly gamma: number;
  readonly alpha: number | readonly number[];

  constructor(options: CategoricalFocalCrossentropyOptions = {}) {
    const owner = "categoricalFocalCrossentropy";
    checkLossOptions(owner, options, { fromLogits: true, labelSmoothing: true, gamma: true, alpha: true });
    super(owner, options);
    const { gamma = 2, alpha = 0.25 } = options;
    checkNumber(owner, "gamma", gamma, { minimum: 0 });
    if (typeof alpha === "number") checkNumber(owner, "alpha", alpha, { minimum: 0 });
    else if (!Array.isArray(alpha))
      throw new TypeError(
        `${owner}: alpha is ${describe(alpha)}, expected a number, or an array of one for each class`,
      );
    else for (const [index, weight] of alpha.entries()) checkNumber(owner, `alpha[${index}]`, weight, { minimum: 0 });
    this.gamma = gamma;
    this.alpha = typeof alpha === "number" ? alpha : [...alpha];
  }

  perExample(yTrue: Tensor, yPred: Tensor): Tensor {
    const predicted = cast(yPred, "float32");
    const classes = predicted.shape.at(-1) as number;
    const target = this.smooth(alignTargets(this.name, yTrue, predicted), classes);
    const logs = this.fromLogits ? logSoftmax(predicted) : logNormalized(predicted);
    // 1 - p of a probability near 1, without the rounding of p.
    const missing = negative(expm1(minimum(logs, 0)));
    const crossentropy = negative(multiply(target, logs));
    return sum(multiply(multiply(modulate(missing, this.gamma), this.#weights(classes)), crossentropy), { axis: -1 });
  }

  #weights(classes: number): Tensor | number {
    const { alpha } = this;
    if (typeof alpha === "number") return alpha;
    if (alpha.length === classes) return tensor(alpha);
    throw new Error(
      `${this.name}: alpha has the shape ${formatShape([alpha.length])}, but the predictions have ${classes} classes; give one ` +
        "weight for each class, or one number for all",
    );
  }

  override checkTargets(targets: HostArray, _predictions: Shape, what: string): void {
    warnOfRows(this, targets, what);
  }

  override config(): Configuration {
    return { ...super.config(), gamma: this.gamma, alpha: this.alpha };
  }
}
