/** Augmentation: what `fit` does to each batch before a training step, features and targets together, as part of the step's program. */
import { describe } from "../../graph/options.ts";
import type { Variable } from "../../tensor/variable.ts";
import type { Batch } from "../training/batch.ts";
import type { TrainableModel } from "../training/trainable.ts";

/** A change of whole batches, by random numbers. Give it to `fit` as the option `augmentation`. */
export interface Augmentation {
  /** `mixup`, `cutMix` …, for messages. */
  readonly name: string;
  /** The states of its random generators. */
  readonly variables: readonly Variable[];
  /** Starts its random generators again; `fit` does it for each epoch. */
  reseed(seed: number): void;
  /** @throws If the model's inputs or losses cannot be trained on what it makes. */
  check(model: TrainableModel): void;
  /** The batch that training sees, in the same shapes: an expression, computed by the program of the step. */
  call(batch: Batch): Batch;
}

/** @throws TypeError If a value is no augmentation. */
export function checkAugmentation(owner: string, value: Augmentation): void {
  if (typeof value === "object" && value !== null && "call" in value && "reseed" in value) return;
  throw new TypeError(
    `${owner} is ${describe(value)}, expected an augmentation such as augmentations.mixup({ alpha: 0.2 })` +
      (typeof value === "function" ? "; call the function that makes it" : ""),
  );
}

/** @throws If a loss takes labels that cannot be mixed. */
export function checkMixableTargets(owner: string, { compilation }: TrainableModel): void {
  for (const { name, loss } of compilation.outputs) {
    if (loss.targets === "oneHot" || loss.targets === "binary" || loss.targets === "values") continue;
    const mend =
      loss.targets === "classIndices"
        ? "compile with categoricalCrossentropy, and give one-hot rows: dataset.oneHot(), or ops.oneHot(tensor(labels), classes)"
        : "leave the augmentation out, or take another loss";
    throw new Error(
      `${owner}: mixes the targets of examples, but the loss ${loss.name}${compilation.outputs.length > 1 ? ` of the output ${name}` : ""} ` +
        `takes ${loss.targets === "classIndices" ? "one label for each, of which there is no half" : "targets that cannot be mixed"}; ${mend}`,
    );
  }
}
