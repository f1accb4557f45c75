/** All losses by name. A page that uses no name does without. */
import type { ConfigurableClass } from "../graph/registry.ts";
import { BinaryCrossentropy } from "./binary-crossentropy.ts";
import { CategoricalCrossentropy } from "./categorical-crossentropy.ts";
import { SparseCategoricalCrossentropy } from "./crossentropy.ts";
import { CTC } from "./ctc.ts";
import { Contrastive, TripletMargin, TripletSemiHard } from "./embedding-distance.ts";
import { BinaryFocalCrossentropy, CategoricalFocalCrossentropy } from "./focal.ts";
import { CategoricalHinge, Hinge, SquaredHinge } from "./hinge.ts";
import type { Loss } from "./loss.ts";
import { type LossLike, lossRegistry } from "./loss-registry.ts";
import { Dice, Tversky } from "./overlap.ts";
import {
  Huber,
  LogCosh,
  MeanAbsoluteError,
  MeanAbsolutePercentageError,
  MeanSquaredError,
  MeanSquaredLogarithmicError,
  Poisson,
} from "./regression.ts";
import { CosineSimilarity, KLDivergence } from "./similarity.ts";

const all: readonly ConfigurableClass<Loss>[] = [
  BinaryCrossentropy,
  BinaryFocalCrossentropy,
  CategoricalCrossentropy,
  CategoricalFocalCrossentropy,
  CategoricalHinge,
  Contrastive,
  CosineSimilarity,
  CTC,
  Dice,
  Hinge,
  Huber,
  KLDivergence,
  LogCosh,
  MeanAbsoluteError,
  MeanAbsolutePercentageError,
  MeanSquaredError,
  MeanSquaredLogarithmicError,
  Poisson,
  SparseCategoricalCrossentropy,
  SquaredHinge,
  TripletMargin,
  TripletSemiHard,
  Tversky,
];

/** Makes all losses known, where that has not happened yet. */
export function registerLosses(): void {
  for (const each of all) lossRegistry.register(each);
}

/** The loss that an option's value stands for, whichever there is; `owner` names the option in messages. */
export function resolveLoss(owner: string, value: LossLike | string): Loss {
  registerLosses();
  return lossRegistry.resolve(owner, value);
}
