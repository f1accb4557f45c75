/** Brings targets into the shape of the predictions. */
import { formatShape, sameShape } from "../graph/shape.ts";
import { cast } from "../ops/elementwise.ts";
import { reshape } from "../ops/movement.ts";
import type { Tensor } from "../tensor/tensor.ts";

/**
 * Float targets in the predictions' shape: `[batch]` and `[batch, 1]` meet, nothing else is stretched, for a silent broadcast
 * of `[batch]` against `[batch, 1]` compares every example with every other.
 *
 * @throws If the shapes differ otherwise.
 */
export function alignTargets(name: string, yTrue: Tensor, yPred: Tensor): Tensor {
  const target = cast(yTrue, "float32");
  if (sameShape(target.shape, yPred.shape)) return target;
  const [shorter, longer] = target.rank < yPred.rank ? [target, yPred] : [yPred, target];
  if (sameShape([...shorter.shape, 1], longer.shape)) return reshape(target, yPred.shape);
  throw new Error(
    `${name}: the targets have the shape ${formatShape(yTrue.shape)} and the predictions ${formatShape(yPred.shape)}, ` +
      `which must be equal${yTrue.rank + 1 === yPred.rank ? "; for indices of classes use sparseCategoricalCrossentropy" : ""}`,
  );
}
