/** Losses: functions that make them, and their names. */
import { type ConfigurableClass, Registry, type SerializedObject } from "../graph/registry.ts";
import {
  BinaryCrossentropy,
  CategoricalCrossentropy,
  type CrossentropyOptions,
  SparseCategoricalCrossentropy,
  type SparseCategoricalCrossentropyOptions,
} from "./crossentropy.ts";
import type { Loss, LossOptions } from "./loss.ts";
import { Huber, type HuberOptions, MeanAbsoluteError, MeanSquaredError } from "./regression.ts";

export * from "./crossentropy.ts";
export {
  checkLossOptions,
  Loss,
  type LossOptions,
  type PredictionKind,
  type Reduction,
  type TargetKind,
} from "./loss.ts";
export * from "./regression.ts";

const registry = new Registry<Loss>("loss", [
  BinaryCrossentropy,
  CategoricalCrossentropy,
  Huber,
  MeanAbsoluteError,
  MeanSquaredError,
  SparseCategoricalCrossentropy,
]);

export type LossName =
  | "binaryCrossentropy"
  | "categoricalCrossentropy"
  | "huber"
  | "meanAbsoluteError"
  | "meanSquaredError"
  | "sparseCategoricalCrossentropy";

/** What an option takes for a loss: one, the name of one, or one written down as data. */
export type LossLike = Loss | LossName | SerializedObject;

/** Makes a loss of one's own known to saved models. */
export function registerLoss(added: ConfigurableClass<Loss>): void {
  registry.register(added);
}

/** The loss that an option's value stands for; `owner` names the option in messages. */
export function resolveLoss(owner: string, value: LossLike | string): Loss {
  return registry.resolve(owner, value);
}

/**
 * The mean of (yTrue - yPred)².
 *
 * @example
 * losses.meanSquaredError().call(tensor([[1], [2]]), tensor([[1], [4]])); // 2
 */
export const meanSquaredError = (options?: LossOptions): MeanSquaredError => new MeanSquaredError(options);
/**
 * The mean of |yTrue - yPred|.
 *
 * @example
 * losses.meanAbsoluteError().call(tensor([[1], [2]]), tensor([[1], [4]])); // 1
 */
export const meanAbsoluteError = (options?: LossOptions): MeanAbsoluteError => new MeanAbsoluteError(options);
/**
 * Huber's loss: squared for small errors, linear beyond `delta`.
 *
 * @example
 * losses.huber({ delta: 1 }).call(tensor([[0]]), tensor([[3]])); // 2.5
 */
export const huber = (options?: HuberOptions): Huber => new Huber(options);
/**
 * Cross-entropy of outputs that are each 0 or 1.
 *
 * @example
 * losses.binaryCrossentropy({ fromLogits: true }).call(tensor([[1]]), tensor([[0]])); // log(2)
 */
export const binaryCrossentropy = (options?: CrossentropyOptions): BinaryCrossentropy =>
  new BinaryCrossentropy(options);
/**
 * Cross-entropy of one class of several; targets are one-hot or soft rows.
 *
 * @example
 * losses.categoricalCrossentropy({ fromLogits: true, labelSmoothing: 0.1 });
 */
export const categoricalCrossentropy = (options?: CrossentropyOptions): CategoricalCrossentropy =>
  new CategoricalCrossentropy(options);
/**
 * Cross-entropy of one class of several; targets are indices of classes.
 *
 * @example
 * const loss = losses.sparseCategoricalCrossentropy({ fromLogits: true });
 * loss.call(tensor([1]), tensor([[0, 0]])); // log(2)
 */
export const sparseCategoricalCrossentropy = (
  options?: SparseCategoricalCrossentropyOptions,
): SparseCategoricalCrossentropy => new SparseCategoricalCrossentropy(options);
