/** Hinge losses, which ask for a margin between right and wrong rather than for probabilities. */
import type { Shape } from "../graph/shape.ts";
import { add, cast, equal, maximum, multiply, square, subtract, where } from "../ops/elementwise.ts";
import { max, sum } from "../ops/reduce.ts";
import type { HostArray } from "../tensor/host-array.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { alignTargets } from "./align.ts";
import { elementwiseLoss } from "./elementwise-loss.ts";
import { checkLossOptions, Loss, type LossOptions } from "./loss.ts";
import { warnOfRows } from "./target-checks.ts";
import { checkSides } from "./target-ranges.ts";

/** How far a prediction falls short of a margin of 1 on its target's side; targets are -1 and 1, or 0 and 1. */
function shortfall(target: Tensor, predicted: Tensor): Tensor {
  const side = where(equal(target, 0), -1, target);
  return maximum(subtract(1, multiply(side, predicted)), 0);
}

/** mean of max(1 - yTrue · yPred, 0). Targets -1 and 1; 0 counts as -1. */
export const Hinge = elementwiseLoss("hinge", shortfall, checkSides);

/** mean of max(1 - yTrue · yPred, 0)². Targets -1 and 1; 0 counts as -1. */
export const SquaredHinge = elementwiseLoss(
  "squaredHinge",
  (target, predicted) => square(shortfall(target, predicted)),
  checkSides,
);

/**
 * max(1 + the largest prediction for a wrong class - the prediction for the right one, 0). Targets one-hot and predictions
 * `[batch, ..., classes]`: Crammer and Singer (2001).
 */
export class CategoricalHinge extends Loss {
  static readonly className = "categoricalHinge";
  readonly className = CategoricalHinge.className;
  readonly predictions = "values";
  readonly targets = "oneHot";

  constructor(options: LossOptions = {}) {
    checkLossOptions("categoricalHinge", options, {});
    super("categoricalHinge", options);
  }

  perExample(yTrue: Tensor, yPred: Tensor): Tensor {
    const predicted = cast(yPred, "float32");
    const target = alignTargets(this.name, yTrue, predicted);
    const right = sum(multiply(target, predicted), { axis: -1 });
    const wrong = max(multiply(subtract(1, target), predicted), { axis: -1 });
    return maximum(add(subtract(wrong, right), 1), 0);
  }

  override checkTargets(targets: HostArray, _predictions: Shape, what: string): void {
    warnOfRows(this, targets, what);
  }
}
