/** Losses: functions that make them, and their names. */
import { type ConfigurableClass, Registry, type SerializedObject } from "../graph/registry.ts";
import {
  BinaryCrossentropy,
  CategoricalCrossentropy,
  type CrossentropyOptions,
  SparseCategoricalCrossentropy,
  type SparseCategoricalCrossentropyOptions,
} from "./crossentropy.ts";
import { CategoricalHinge, Hinge, SquaredHinge } from "./hinge.ts";
import type { Loss, LossOptions } from "./loss.ts";
import {
  Huber,
  type HuberOptions,
  LogCosh,
  MeanAbsoluteError,
  MeanAbsolutePercentageError,
  MeanSquaredError,
  MeanSquaredLogarithmicError,
  Poisson,
} from "./regression.ts";
import { CosineSimilarity, KLDivergence } from "./similarity.ts";

export * from "./crossentropy.ts";
export * from "./hinge.ts";
export {
  checkLossOptions,
  Loss,
  type LossOptions,
  type PredictionKind,
  type Reduction,
  type TargetKind,
} from "./loss.ts";
export * from "./regression.ts";
export * from "./similarity.ts";

const registry = new Registry<Loss>("loss", [
  BinaryCrossentropy,
  CategoricalCrossentropy,
  CategoricalHinge,
  CosineSimilarity,
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
]);

export type LossName =
  | "binaryCrossentropy"
  | "categoricalCrossentropy"
  | "categoricalHinge"
  | "cosineSimilarity"
  | "hinge"
  | "huber"
  | "klDivergence"
  | "logCosh"
  | "meanAbsoluteError"
  | "meanAbsolutePercentageError"
  | "meanSquaredError"
  | "meanSquaredLogarithmicError"
  | "poisson"
  | "sparseCategoricalCrossentropy"
  | "squaredHinge";

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
export const meanSquaredError = (options?: LossOptions): Loss => new MeanSquaredError(options);
/**
 * The mean of |yTrue - yPred|.
 *
 * @example
 * losses.meanAbsoluteError().call(tensor([[1], [2]]), tensor([[1], [4]])); // 1
 */
export const meanAbsoluteError = (options?: LossOptions): Loss => new MeanAbsoluteError(options);
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
/**
 * The mean of 100 · |yTrue - yPred| / |yTrue|, in percent.
 *
 * @example
 * losses.meanAbsolutePercentageError().call(tensor([[2]]), tensor([[1]])); // 50
 */
export const meanAbsolutePercentageError = (options?: LossOptions): Loss => new MeanAbsolutePercentageError(options);
/**
 * The mean of (log(1 + yTrue) - log(1 + yPred))², for values that are at least 0.
 *
 * @example
 * losses.meanSquaredLogarithmicError().call(tensor([[0]]), tensor([[Math.E - 1]])); // 1
 */
export const meanSquaredLogarithmicError = (options?: LossOptions): Loss => new MeanSquaredLogarithmicError(options);
/**
 * The mean of log(cosh(yPred - yTrue)).
 *
 * @example
 * losses.logCosh().call(tensor([[0]]), tensor([[100]])); // 100 - log(2)
 */
export const logCosh = (options?: LossOptions): Loss => new LogCosh(options);
/**
 * The mean of yPred - yTrue · log(yPred), for counts.
 *
 * @example
 * losses.poisson().call(tensor([[3]]), tensor([[1]])); // 1
 */
export const poisson = (options?: LossOptions): Loss => new Poisson(options);
/**
 * The mean of max(1 - yTrue · yPred, 0), for targets -1 and 1.
 *
 * @example
 * losses.hinge().call(tensor([[1]]), tensor([[0.25]])); // 0.75
 */
export const hinge = (options?: LossOptions): Loss => new Hinge(options);
/**
 * The mean of max(1 - yTrue · yPred, 0)², for targets -1 and 1.
 *
 * @example
 * losses.squaredHinge().call(tensor([[1]]), tensor([[0.5]])); // 0.25
 */
export const squaredHinge = (options?: LossOptions): Loss => new SquaredHinge(options);
/**
 * The margin by which the right class fails to beat all others by 1; targets are one-hot rows.
 *
 * @example
 * losses.categoricalHinge().call(tensor([[0, 1]]), tensor([[0.5, 1]])); // 0.5
 */
export const categoricalHinge = (options?: LossOptions): CategoricalHinge => new CategoricalHinge(options);
/**
 * The Kullback-Leibler divergence of predicted from target probabilities.
 *
 * @example
 * losses.klDivergence().call(tensor([[0.5, 0.5]]), tensor([[0.5, 0.5]])); // 0
 */
export const klDivergence = (options?: LossOptions): KLDivergence => new KLDivergence(options);
/**
 * Minus the cosine of the angle between targets and predictions.
 *
 * @example
 * losses.cosineSimilarity().call(tensor([[0, 1]]), tensor([[0, 5]])); // -1
 */
export const cosineSimilarity = (options?: LossOptions): CosineSimilarity => new CosineSimilarity(options);
