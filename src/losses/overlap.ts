/** Losses of overlap, for segmentation: how far predicted regions and true ones are from covering each other. */
import { checkInteger, checkNumber } from "../graph/options.ts";
import type { Configuration } from "../graph/registry.ts";
import { add, cast, divide, multiply, subtract } from "../ops/elementwise.ts";
import { sum } from "../ops/reduce.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { alignTargets } from "./align.ts";
import { checkLossOptions, Loss, type LossOptions } from "./loss.ts";

/** Keeps the division finite where nothing is predicted and nothing is there. */
const epsilon = 1e-7;

export interface OverlapOptions extends LossOptions {
  /**
   * The axes over which regions are counted; default all but the batch axis, so that each example has a loss. `[1, 2]` counts each
   * class of `[batch, height, width, classes]` apart, `[0, 1, 2, 3]` all examples of a batch together.
   */
  axis?: number | readonly number[];
  /** Added to both sides of the fraction, at least 0, so that an empty region that is predicted empty costs nothing; default 0. */
  smooth?: number;
}

/** What losses of overlap share. Targets 0 and 1, predictions probabilities of the same shape `[batch, ...]`. */
abstract class OverlapLoss extends Loss {
  readonly predictions = "probabilities";
  readonly targets = "binary";
  readonly axis: readonly number[] | undefined;
  readonly smooth: number;

  constructor(className: string, options: OverlapOptions) {
    super(className, options);
    const { axis, smooth = 0 } = options;
    this.axis = axis === undefined ? undefined : typeof axis === "number" ? [axis] : [...axis];
    for (const each of this.axis ?? []) checkInteger(className, "axis", each);
    checkNumber(className, "smooth", smooth, { minimum: 0 });
    this.smooth = smooth;
  }

  /** Twice or once the common region, and the size it is compared with, by sums over the axes. */
  protected abstract fraction(
    target: Tensor,
    predicted: Tensor,
    total: (x: Tensor) => Tensor,
  ): readonly [overlap: Tensor, size: Tensor];

  perExample(yTrue: Tensor, yPred: Tensor): Tensor {
    const predicted = cast(yPred, "float32");
    const target = alignTargets(this.name, yTrue, predicted);
    const axis = this.axis ?? predicted.shape.map((_, index) => index).slice(1);
    const [overlap, size] = this.fraction(target, predicted, (x) => sum(x, { axis }));
    return subtract(1, divide(add(overlap, this.smooth), add(size, this.smooth + epsilon)));
  }

  override config(): Configuration {
    return { ...super.config(), ...(this.axis && { axis: this.axis }), smooth: this.smooth };
  }
}

/** 1 - 2 · Σ t · p / (Σ t + Σ p): Milletari et al. (2016), without their squares. */
export class Dice extends OverlapLoss {
  static readonly className = "dice";
  readonly className = Dice.className;

  constructor(options: OverlapOptions = {}) {
    checkLossOptions("dice", options, { axis: true, smooth: true });
    super("dice", options);
  }

  protected fraction(target: Tensor, predicted: Tensor, total: (x: Tensor) => Tensor) {
    return [multiply(total(multiply(target, predicted)), 2), add(total(target), total(predicted))] as const;
  }
}

export interface TverskyOptions extends OverlapOptions {
  /** The weight of false positives, at least 0; default 0.5. */
  alpha?: number;
  /** The weight of false negatives, at least 0; default 0.5. */
  beta?: number;
}

/**
 * 1 - Σ t · p / (Σ t · p + alpha · Σ (1 - t) · p + beta · Σ t · (1 - p)): Salehi et al. (2017). Keras calls the two weights the other
 * way round than its source does.
 */
export class Tversky extends OverlapLoss {
  static readonly className = "tversky";
  readonly className = Tversky.className;
  readonly alpha: number;
  readonly beta: number;

  constructor(options: TverskyOptions = {}) {
    checkLossOptions("tversky", options, { axis: true, smooth: true, alpha: true, beta: true });
    super("tversky", options);
    const { alpha = 0.5, beta = 0.5 } = options;
    checkNumber("tversky", "alpha", alpha, { minimum: 0 });
    checkNumber("tversky", "beta", beta, { minimum: 0 });
    this.alpha = alpha;
    this.beta = beta;
  }

  protected fraction(target: Tensor, predicted: Tensor, total: (x: Tensor) => Tensor) {
    const both = total(multiply(target, predicted));
    const falsePositives = multiply(total(multiply(subtract(1, target), predicted)), this.alpha);
    const falseNegatives = multiply(total(multiply(target, subtract(1, predicted))), this.beta);
    return [both, add(both, add(falsePositives, falseNegatives))] as const;
  }

  override config(): Configuration {
    return { ...super.config(), alpha: this.alpha, beta: this.beta };
  }
}
