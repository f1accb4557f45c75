/** What losses share that compare each element of the predictions with its target: the mean over the last axis. */
import type { Shape } from "../graph/shape.ts";
import { cast } from "../ops/elementwise.ts";
import { mean } from "../ops/reduce.ts";
import type { HostArray } from "../tensor/host-array.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { alignTargets } from "./align.ts";
import { checkLossOptions, Loss, type LossOptions, type PredictionKind, type TargetKind } from "./loss.ts";
import type { TargetCheck } from "./target-checks.ts";

/** A loss of each element, averaged over the last axis; predictions `[batch]` have one element an example. */
export abstract class ElementwiseLoss extends Loss {
  readonly predictions: PredictionKind = "values";
  readonly targets: TargetKind = "values";

  /** The loss of each element; both float32 and of one shape. */
  protected abstract perElement(target: Tensor, predicted: Tensor): Tensor;

  perExample(yTrue: Tensor, yPred: Tensor): Tensor {
    const predicted = cast(yPred, "float32");
    const values = this.perElement(alignTargets(this.name, yTrue, predicted), predicted);
    return values.rank < 2 ? values : mean(values, { axis: -1 });
  }
}

/** The class of a loss without options of its own. */
export interface PlainLossClass {
  readonly className: string;
  new (options?: LossOptions): ElementwiseLoss;
}

/** Makes the class of an elementwise loss from its formula, and perhaps what it demands of targets. */
export function elementwiseLoss(
  className: string,
  formula: (target: Tensor, predicted: Tensor) => Tensor,
  check?: TargetCheck,
): PlainLossClass {
  return class extends ElementwiseLoss {
    static readonly className = className;
    readonly className = className;

    constructor(options: LossOptions = {}) {
      checkLossOptions(className, options, {});
      super(className, options);
    }

    protected perElement(target: Tensor, predicted: Tensor): Tensor {
      return formula(target, predicted);
    }

    override checkTargets(targets: HostArray, _predictions: Shape, what: string): void {
      check?.(this, targets, what);
    }
  };
}
