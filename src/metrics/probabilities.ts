/** Probabilities from what a model predicts, where that may be logits. */
import { softmax } from "../ops/activations.ts";
import { cast, sigmoid } from "../ops/elementwise.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { isBinary } from "./decisions.ts";

/** Probabilities, float32 in the predictions' shape: of logits the sigmoid of a single output, the softmax of one for each class. */
export function probabilitiesOf(yPred: Tensor, fromLogits: boolean): Tensor {
  const values = cast(yPred, "float32");
  if (!fromLogits) return values;
  return isBinary(yPred) ? sigmoid(values) : softmax(values);
}
