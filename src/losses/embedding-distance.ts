/** Losses that learn embeddings by their distances: like things near each other, unlike things at least a margin apart. */
import { checkBoolean, checkNumber } from "../graph/options.ts";
import type { Configuration } from "../graph/registry.ts";
import { formatShape } from "../graph/shape.ts";
import {
  add,
  cast,
  equal,
  greater,
  logicalAnd,
  logicalNot,
  maximum,
  minimum,
  multiply,
  notEqual,
  sqrt,
  square,
  subtract,
  where,
} from "../ops/elementwise.ts";
import { expandDims, reshape, squeeze } from "../ops/movement.ts";
import { max, min, sum } from "../ops/reduce.ts";
import { sliceAxis } from "../ops/slicing.ts";
import { iota } from "../tensor/creation.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { ElementwiseLoss } from "./elementwise-loss.ts";
import { checkLossOptions, Loss, type LossOptions } from "./loss.ts";

export interface MarginOptions extends LossOptions {
  /** The distance that unlike things shall have at least, or have more than like ones, above 0; default 1. */
  margin?: number;
}

/**
 * mean of yTrue · d² + (1 - yTrue) · max(margin - d, 0)²: Hadsell, Chopra and LeCun (2006). Predictions are the distances d of pairs,
 * `[batch]` or `[batch, 1]`; targets 1 for a pair of like things and 0 for unlike ones.
 */
export class Contrastive extends ElementwiseLoss {
  static readonly className = "contrastive";
  readonly className = Contrastive.className;
  override readonly targets = "binary";
  readonly margin: number;

  constructor(options: MarginOptions = {}) {
    checkLossOptions("contrastive", options, { margin: true });
    super("contrastive", options);
    this.margin = options.margin ?? 1;
    checkNumber("contrastive", "margin", this.margin, { above: 0 });
  }

  protected perElement(target: Tensor, distance: Tensor): Tensor {
    const near = multiply(target, square(distance));
    const far = multiply(subtract(1, target), square(maximum(subtract(this.margin, distance), 0)));
    return add(near, far);
  }

  override config(): Configuration {
    return { ...super.config(), margin: this.margin };
  }
}

export interface TripletMarginOptions extends MarginOptions {
  /** Whether the negative's distance from the positive counts where it is nearer than the anchor; default false. Balntas et al. (2016). */
  swap?: boolean;
}

/**
 * max(‖a - p‖ - ‖a - n‖ + margin, 0) of an anchor a, a positive p and a negative n, as in PyTorch. Predictions are triplets of
 * embeddings `[batch, 3, features]`, in this order; targets do not matter.
 */
export class TripletMargin extends Loss {
  static readonly className = "tripletMargin";
  readonly className = TripletMargin.className;
  readonly predictions = "values";
  readonly targets = "any";
  readonly margin: number;
  readonly swap: boolean;

  constructor(options: TripletMarginOptions = {}) {
    checkLossOptions("tripletMargin", options, { margin: true, swap: true });
    super("tripletMargin", options);
    const { margin = 1, swap = false } = options;
    checkNumber("tripletMargin", "margin", margin, { above: 0 });
    checkBoolean("tripletMargin", "swap", swap);
    this.margin = margin;
    this.swap = swap;
  }

  perExample(_yTrue: Tensor, yPred: Tensor): Tensor {
    const { shape } = yPred;
    if (shape.length !== 3 || shape[1] !== 3)
      throw new Error(
        `${this.name}: the predictions have the shape ${formatShape(shape)}, expected [batch, 3, features]: the embeddings of ` +
          "an anchor, a positive and a negative; stack them on axis 1",
      );
    const part = (index: number) => squeeze(sliceAxis(cast(yPred, "float32"), 1, index, index + 1), 1);
    const [anchor, positive, negative] = [part(0), part(1), part(2)];
    const fromAnchor = distance(anchor, negative);
    const far = this.swap ? minimum(fromAnchor, distance(positive, negative)) : fromAnchor;
    return maximum(add(subtract(distance(anchor, positive), far), this.margin), 0);
  }

  override config(): Configuration {
    return { ...super.config(), margin: this.margin, swap: this.swap };
  }
}

/** ‖a - b + 1e-6‖ of rows, as PyTorch has it: the distance of equal rows has a gradient too. */
function distance(a: Tensor, b: Tensor): Tensor {
  return sqrt(sum(square(add(subtract(a, b), 1e-6)), { axis: -1 }));
}

/**
 * Of every pair of examples with one label, anchor a and positive p: max(‖a - p‖ - ‖a - n‖ + margin, 0), where n is the nearest
 * example of another label that is farther from a than p is (semi-hard), or the farthest one where none is: Schroff et al., "FaceNet"
 * (2015). Predictions are embeddings `[batch, features]`, best of length 1; targets labels `[batch]` or `[batch, 1]`. The mean is over
 * pairs, and what `perExample` gives has the shape `[batch, batch]`: anchors and positives.
 */
export class TripletSemiHard extends Loss {
  static readonly className = "tripletSemiHard";
  readonly className = TripletSemiHard.className;
  readonly predictions = "values";
  readonly targets = "any";
  readonly margin: number;

  constructor(options: MarginOptions = {}) {
    checkLossOptions("tripletSemiHard", options, { margin: true });
    super("tripletSemiHard", options);
    this.margin = options.margin ?? 1;
    checkNumber("tripletSemiHard", "margin", this.margin, { above: 0 });
  }

  perExample(yTrue: Tensor, yPred: Tensor): Tensor {
    const labels = this.#labels(yTrue, yPred);
    const distances = pairwiseDistances(cast(yPred, "float32"));
    const isNegative = expandDims(notEqual(expandDims(labels, 1), expandDims(labels, 0)), 1);
    // [anchor, positive, negative]
    const [near, far] = [expandDims(distances, 2), expandDims(distances, 1)];
    const isOutside = logicalAnd(isNegative, greater(far, near));
    const nearestOutside = min(where(isOutside, far, Number.POSITIVE_INFINITY), { axis: 2 });
    const farthest = max(where(isNegative, far, 0), { axis: 2 });
    const hasOutside = greater(sum(cast(isOutside, "int32"), { axis: 2 }), 0);
    const negative = where(hasOutside, nearestOutside, farthest);
    const losses = maximum(add(subtract(distances, negative), this.margin), 0);
    return where(this.counted(yTrue, yPred), losses, 0);
  }

  /** The pairs of two examples with one label. */
  protected override counted(yTrue: Tensor, yPred: Tensor): Tensor {
    const labels = this.#labels(yTrue, yPred);
    const examples = iota(labels.shape);
    const isOther = logicalNot(equal(expandDims(examples, 1), expandDims(examples, 0)));
    return logicalAnd(equal(expandDims(labels, 1), expandDims(labels, 0)), isOther);
  }

  #labels(yTrue: Tensor, { shape }: Tensor): Tensor {
    if (shape.length === 2 && yTrue.size === shape[0]) return reshape(yTrue, [yTrue.size]);
    throw new Error(
      `${this.name}: the targets have the shape ${formatShape(yTrue.shape)} and the predictions ${formatShape(shape)}, expected ` +
        "labels [batch] for embeddings [batch, features]",
    );
  }

  override config(): Configuration {
    return { ...super.config(), margin: this.margin };
  }
}

/** The distances of all rows from each other, `[rows, rows]`; that of equal rows is 0 with the gradient 0. */
function pairwiseDistances(x: Tensor): Tensor {
  const squared = sum(square(subtract(expandDims(x, 1), expandDims(x, 0))), { axis: 2 });
  const isApart = greater(squared, 0);
  return where(isApart, sqrt(where(isApart, squared, 1)), 0);
}
