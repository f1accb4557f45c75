/** Recipe: a data set, a model for it, and how that is trained best. */
import type { Dataset, Sequential } from "../../index.ts";

/** What a person may choose on the command line; a recipe has a default for each. */
export interface TrainingSettings {
  /** The most epochs there will be. */
  readonly epochs: number;
  readonly batchSize: number;
  /** The optimizer's rate; of a schedule the largest. */
  readonly learningRate: number;
  /** How many epochs in a row may bring no better validation before training ends. */
  readonly patience: number;
}

export interface BuildOptions extends TrainingSettings {
  /** Batches an epoch, for schedules. */
  readonly stepsPerEpoch: number;
}

export interface Recipe {
  /** As on the command line. */
  readonly name: string;
  /** What the examples are, in the plural, for people. */
  readonly title: string;
  readonly defaults: TrainingSettings;
  /** The share of the training part that is held out to judge each epoch, in (0, 1). */
  readonly validationFraction: number;
  /** What of the validation decides which epoch is the best. */
  readonly monitor: "valAccuracy" | "valLoss";
  /** @param seed Decides over splits that the data set itself does not define. */
  load(seed: number): Promise<{ readonly train: Dataset; readonly test: Dataset }>;
  /** A compiled model whose last layer gives logits, one for each class. */
  buildModel(options: BuildOptions): Sequential;
}
