/** Losses: functions that make them, and their names. */
import { BinaryCrossentropy, type BinaryCrossentropyOptions } from "./binary-crossentropy.ts";
import { CategoricalCrossentropy } from "./categorical-crossentropy.ts";
import {
  type ClassWeightOptions,
  SparseCategoricalCrossentropy,
  type SparseCategoricalCrossentropyOptions,
} from "./crossentropy.ts";
import { CTC, type CTCOptions } from "./ctc.ts";
import {
  Contrastive,
  type MarginOptions,
  TripletMargin,
  type TripletMarginOptions,
  TripletSemiHard,
} from "./embedding-distance.ts";
import {
  BinaryFocalCrossentropy,
  type BinaryFocalCrossentropyOptions,
  CategoricalFocalCrossentropy,
  type CategoricalFocalCrossentropyOptions,
} from "./focal.ts";
import { CategoricalHinge, Hinge, SquaredHinge } from "./hinge.ts";
import type { Loss, LossOptions } from "./loss.ts";
import { Dice, type OverlapOptions, Tversky, type TverskyOptions } from "./overlap.ts";
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

export { BinaryCrossentropy, type BinaryCrossentropyOptions } from "./binary-crossentropy.ts";
export { CategoricalCrossentropy } from "./categorical-crossentropy.ts";
export {
  type ClassWeightOptions,
  type CrossentropyOptions,
  SparseCategoricalCrossentropy,
  type SparseCategoricalCrossentropyOptions,
} from "./crossentropy.ts";
export { CTC, type CTCOptions } from "./ctc.ts";
export * from "./embedding-distance.ts";
export * from "./focal.ts";
export * from "./hinge.ts";
export {
  checkLossOptions,
  Loss,
  type LossOptions,
  type PredictionKind,
  type Reduction,
  type TargetKind,
} from "./loss.ts";
export { type LossLike, type LossName, registerLoss } from "./loss-registry.ts";
export { Dice, type OverlapOptions, Tversky, type TverskyOptions } from "./overlap.ts";
export { resolveLoss } from "./registry.ts";
export * from "./regression.ts";
export * from "./similarity.ts";

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
export const binaryCrossentropy = (options?: BinaryCrossentropyOptions): BinaryCrossentropy =>
  new BinaryCrossentropy(options);
/**
 * Cross-entropy of one class of several; targets are one-hot or soft rows.
 *
 * @example
 * losses.categoricalCrossentropy({ fromLogits: true, labelSmoothing: 0.1 });
 */
export const categoricalCrossentropy = (options?: ClassWeightOptions): CategoricalCrossentropy =>
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
/**
 * Connectionist temporal classification: -log of the probability of labels, `[batch, labels]`, over all their alignments with the
 * steps of logits, `[batch, steps, classes]`. Class 0 is the blank, which fills up shorter rows of labels too.
 *
 * @example
 * losses.ctc({ zeroInfinity: true }).call(tensor([[3, 1, 20, 0]]), network.call(sound));
 */
export const ctc = (options?: CTCOptions): CTC => new CTC(options);
/**
 * Binary cross-entropy in which outputs that are predicted well already weigh little.
 *
 * @example
 * losses.binaryFocalCrossentropy({ fromLogits: true, gamma: 2, alpha: 0.75, applyClassBalancing: true });
 */
export const binaryFocalCrossentropy = (options?: BinaryFocalCrossentropyOptions): BinaryFocalCrossentropy =>
  new BinaryFocalCrossentropy(options);
/**
 * Cross-entropy of one class of several in which examples that are predicted well already weigh little; targets are one-hot rows.
 *
 * @example
 * losses.categoricalFocalCrossentropy({ fromLogits: true, alpha: [0.2, 0.2, 0.6] });
 */
export const categoricalFocalCrossentropy = (
  options?: CategoricalFocalCrossentropyOptions,
): CategoricalFocalCrossentropy => new CategoricalFocalCrossentropy(options);
/**
 * What the overlap of predicted and true regions lacks of 1, by Dice's coefficient.
 *
 * @example
 * losses.dice().call(tensor([[1, 1, 0]]), tensor([[1, 0, 0]])); // 1 - 2 / 3
 */
export const dice = (options?: OverlapOptions): Dice => new Dice(options);
/**
 * Dice's loss with weights for false positives and false negatives.
 *
 * @example
 * losses.tversky({ alpha: 0.3, beta: 0.7 });
 */
export const tversky = (options?: TverskyOptions): Tversky => new Tversky(options);
/**
 * Distances of pairs: small for like things, at least a margin for unlike ones.
 *
 * @example
 * losses.contrastive({ margin: 1 }).call(tensor([1, 0]), tensor([0.5, 0.5])); // 0.25
 */
export const contrastive = (options?: MarginOptions): Contrastive => new Contrastive(options);
/**
 * Triplets of embeddings `[batch, 3, features]`: the positive nearer to the anchor than the negative, by a margin.
 *
 * @example
 * losses.tripletMargin().call(tensor([0]), tensor([[[0], [1], [1.5]]])); // 0.5
 */
export const tripletMargin = (options?: TripletMarginOptions): TripletMargin => new TripletMargin(options);
/**
 * Triplets found among the embeddings of a batch by their labels, of which the semi-hard ones count.
 *
 * @example
 * losses.tripletSemiHard({ margin: 0.5 }).call(tensor([0, 0, 1]), tensor([[0], [1], [1.5]])); // 0.5
 */
export const tripletSemiHard = (options?: MarginOptions): TripletSemiHard => new TripletSemiHard(options);
