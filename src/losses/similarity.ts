/** Losses of whole rows: how far two distributions or two directions are apart. */
import type { Shape } from "../graph/shape.ts";
import { cast, clip, divide, log, maximum, multiply, negative, sqrt, square } from "../ops/elementwise.ts";
import { sum } from "../ops/reduce.ts";
import type { HostArray } from "../tensor/host-array.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { alignTargets } from "./align.ts";
import { checkLossOptions, Loss, type LossOptions } from "./loss.ts";
import { checkDistributions } from "./target-ranges.ts";

const epsilon = 1e-7;

/** Σ over c of yTrue[c] · log(yTrue[c] / yPred[c]), the Kullback-Leibler divergence of rows `[batch, ..., classes]` of probabilities. */
export class KLDivergence extends Loss {
  static readonly className = "klDivergence";
  readonly className = KLDivergence.className;
  readonly predictions = "probabilities";
  readonly targets = "oneHot";

  constructor(options: LossOptions = {}) {
    checkLossOptions("klDivergence", options, {});
    super("klDivergence", options);
  }

  perExample(yTrue: Tensor, yPred: Tensor): Tensor {
    const predicted = clip(cast(yPred, "float32"), epsilon, 1);
    const target = clip(alignTargets(this.name, yTrue, predicted), epsilon, 1);
    return sum(multiply(target, log(divide(target, predicted))), { axis: -1 });
  }

  override checkTargets(targets: HostArray, _predictions: Shape, what: string): void {
    checkDistributions(this, targets, what);
  }
}

/** Minus the cosine of the angle between rows `[batch, ..., features]`: -1 where they point the same way, 1 where opposite. */
export class CosineSimilarity extends Loss {
  static readonly className = "cosineSimilarity";
  readonly className = CosineSimilarity.className;
  readonly predictions = "values";
  readonly targets = "values";

  constructor(options: LossOptions = {}) {
    checkLossOptions("cosineSimilarity", options, {});
    super("cosineSimilarity", options);
  }

  perExample(yTrue: Tensor, yPred: Tensor): Tensor {
    const predicted = cast(yPred, "float32");
    const target = alignTargets(this.name, yTrue, predicted);
    return negative(sum(multiply(unitRows(target), unitRows(predicted)), { axis: -1 }));
  }
}

function unitRows(x: Tensor): Tensor {
  // Rows of zeros have no direction; they stay zeros.
  const squared = maximum(sum(square(x), { axis: -1, keepDims: true }), epsilon ** 2);
  return divide(x, sqrt(squared));
}
