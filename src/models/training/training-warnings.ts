/** Warnings of trainings that compute, but hardly what is meant. */
import { warn } from "../../devices/host.ts";
import { allLayers } from "../networks/network.ts";
import { warnOfMismatch } from "./mismatch.ts";
import type { TrainableModel } from "./trainable.ts";

/**
 * Warns before a training that cannot do what is meant: nothing to train, or batches of one example in a batch normalization.
 *
 * @param sizes The sizes of the batches, where they are known.
 */
export function warnOfTraining(model: TrainableModel, sizes: readonly number[]): void {
  if (!model.ownSteps.train && model.trainableVariables.length === 0) {
    const reason = model.variables.some(({ trainable }) => trainable)
      ? "all its layers are frozen"
      : "it has no weights";
    warn(
      `fit: nothing of ${model.name} is trained, for ${reason}; ` +
        "set trainable = true where something should be learned, or use evaluate",
    );
  }
  warnOfMismatch(model, "fit");
  warnOfMultipliers(model);
  warnOfSingleExamples(model, sizes, "fit");
}

/** Warns of learning rates that are meant for weights of which the model has none. */
function warnOfMultipliers({ compilation: { optimizer }, variables }: TrainableModel): void {
  for (const part of optimizer?.unusedMultipliers(variables) ?? [])
    warn(
      `fit: learningRateMultipliers names "${part}", which is part of none of the weights' names, such as ${variables[0]?.name ?? "none"}; ` +
        "look at model.variables for them",
    );
}

/** Models that were warned of batches of one example, for a loop of steps meets them again and again. */
const warnedOfSingle = new WeakSet<TrainableModel>();

/** Warns where a batch of one example comes to a batch normalization that trains. @param sizes The batches' sizes. */
export function warnOfSingleExamples(model: TrainableModel, sizes: readonly number[], owner: string): void {
  if (!sizes.includes(1) || warnedOfSingle.has(model)) return;
  const normalized = allLayers(model.layers).find(
    ({ className, trainable, inputShape }) =>
      className === "batchNormalization" && trainable && inputShape?.length === 1,
  );
  if (!normalized) return;
  if (owner !== "fit") warnedOfSingle.add(model);
  warn(
    `${owner}: a batch of one example comes to ${normalized.path}, whose variance is 0, so that the layer gives the same for every example; ` +
      (sizes.length === 1
        ? "give larger batches, or use layerNormalization"
        : "give a batchSize that leaves no single example at the end of an epoch"),
  );
}
