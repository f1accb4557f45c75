/** From predictions to decisions: which class an output means, and which one the target names. */
import { checkNumber } from "../graph/options.ts";
import { formatShape, sameShape } from "../graph/shape.ts";
import { cast, greater } from "../ops/elementwise.ts";
import { reshape } from "../ops/movement.ts";
import { argMax } from "../ops/reduce.ts";
import type { Tensor } from "../tensor/tensor.ts";
import type { MetricOptions } from "./metric.ts";

export interface ThresholdOptions extends MetricOptions {
  /** A single output above this means class 1; default 0.5, for probabilities. For logits give 0. */
  threshold?: number;
}

export function checkThreshold(className: string, threshold: number): void {
  checkNumber(className, "threshold", threshold);
}

/** Whether predictions are one number an example, `[batch]` or `[batch, 1]`, rather than one for each class. */
export function isBinary(yPred: Tensor): boolean {
  return yPred.rank < 2 || yPred.shape.at(-1) === 1;
}

/** The number of classes that predictions tell apart. */
export function classesOf(yPred: Tensor): number {
  return isBinary(yPred) ? 2 : (yPred.shape.at(-1) as number);
}

/** The shape of the decisions: that of the predictions, without the axis of classes. */
function decisionShape(yPred: Tensor): readonly number[] {
  return yPred.rank < 2 ? yPred.shape : yPred.shape.slice(0, -1);
}

/** The class of each prediction, int32: the largest output, or for a single output whether it is above the threshold. */
export function predictedClasses(yPred: Tensor, threshold: number): Tensor {
  if (!isBinary(yPred)) return argMax(yPred, -1);
  return reshape(cast(greater(cast(yPred, "float32"), threshold), "int32"), decisionShape(yPred));
}

/**
 * The class that each target names, int32: the index itself, or where a one-hot row is largest.
 *
 * @throws If the targets are neither indices nor rows for these predictions.
 */
export function trueClasses(name: string, yTrue: Tensor, yPred: Tensor): Tensor {
  const expected = decisionShape(yPred);
  if (!isBinary(yPred) && sameShape(yTrue.shape, yPred.shape)) return argMax(yTrue, -1);
  if (sameShape(yTrue.shape, expected) || sameShape(yTrue.shape, [...expected, 1]))
    return reshape(cast(yTrue, "int32"), expected);
  throw new Error(
    `${name}: the targets have the shape ${formatShape(yTrue.shape)} and the predictions ${formatShape(yPred.shape)}; ` +
      `expected indices of classes ${formatShape(expected)}${isBinary(yPred) ? "" : ` or one-hot rows ${formatShape(yPred.shape)}`}`,
  );
}
