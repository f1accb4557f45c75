/** Settings of which no warning is due, told without all that warnings know. */
import type { TrainableModel } from "./trainable.ts";

/** What a loss takes, the last layer's activation and what the loss makes of targets, where these fit. */
const usual = new Set([
  "probabilities, softmax, classIndices",
  "probabilities, softmax, oneHot",
  "probabilities, sigmoid, binary",
  "values, linear, values",
]);

/** Whether what each loss takes is surely what the last layers give; where not, `warnOfMismatch` knows more. */
export function isUsual({ outputSpecs, compilation }: TrainableModel): boolean {
  return compilation.outputs.every(({ loss: { predictions, targets, className } }, index) => {
    const { layer: last, shape } = outputSpecs[index] ?? {};
    if (!last) return true;
    const activation = "activation" in last ? last.activation : undefined;
    const fitsUnits = predictions === "values" || (shape?.at(-1) === 1) === (targets === "binary");
    return usual.has(`${predictions}, ${activation}, ${targets}`) && fitsUnits && className !== "poisson";
  });
}

/** Whether a training with batches of such sizes surely does what is meant; where not, `warnOfTraining` knows more. */
export function isUsualTraining(model: TrainableModel, sizes: readonly number[]): boolean {
  const { trainableVariables, variables, compilation } = model;
  const unused = compilation.optimizer?.unusedMultipliers(variables) ?? [];
  return isUsual(model) && trainableVariables.length > 0 && !sizes.includes(1) && unused.length === 0;
}
