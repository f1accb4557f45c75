/** Optimizers: functions that make them, and their names. */
import { Adadelta, type AdadeltaOptions } from "./adadelta.ts";
import { Adafactor, type AdafactorOptions } from "./adafactor.ts";
import { Adagrad, type AdagradOptions } from "./adagrad.ts";
import { Adam, type AdamOptions } from "./adam.ts";
import { AdamW } from "./adam-w.ts";
import { Adamax, type AdamaxOptions } from "./adamax.ts";
import { Ftrl, type FtrlOptions } from "./ftrl.ts";
import { Lamb, type LambOptions } from "./lamb.ts";
import { Lion, type LionOptions } from "./lion.ts";
import { Muon, type MuonOptions } from "./muon.ts";
import { Nadam, type NadamOptions } from "./nadam.ts";
import { RMSprop, type RMSpropOptions } from "./rmsprop.ts";
import { SGD, type SGDOptions } from "./sgd.ts";

export { Adadelta, type AdadeltaOptions } from "./adadelta.ts";
export { Adafactor, type AdafactorOptions } from "./adafactor.ts";
export { Adagrad, type AdagradOptions } from "./adagrad.ts";
export { Adam, type AdamOptions } from "./adam.ts";
export { AdamW } from "./adam-w.ts";
export { Adamax, type AdamaxOptions } from "./adamax.ts";
export { Ftrl, type FtrlOptions } from "./ftrl.ts";
export { Lamb, type LambOptions } from "./lamb.ts";
export { Lion, type LionOptions } from "./lion.ts";
export { Muon, type MuonOptions } from "./muon.ts";
export { Nadam, type NadamOptions } from "./nadam.ts";
export { Optimizer, type UpdateContext } from "./optimizer.ts";
export { checkOptimizerOptions, type OptimizerOptions } from "./optimizer-options.ts";
export { type OptimizerLike, type OptimizerName, registerOptimizer } from "./optimizer-registry.ts";
export { resolveOptimizer } from "./registry.ts";
export { RMSprop, type RMSpropOptions } from "./rmsprop.ts";
export { SGD, type SGDOptions } from "./sgd.ts";
export type { Slot } from "./slot-variables.ts";
export type { NameSelection } from "./variable-names.ts";

/**
 * Gradient descent, with momentum if asked for.
 *
 * @example
 * optimizers.sgd({ learningRate: 0.1, momentum: 0.9, nesterov: true });
 */
export const sgd = (options?: SGDOptions): SGD => new SGD(options);
/**
 * Adam, with AMSGrad if asked for.
 *
 * @example
 * optimizers.adam({ learningRate: 1e-3 });
 */
export const adam = (options?: AdamOptions): Adam => new Adam(options);
/**
 * Adam with weight decay apart from the gradient, by default 0.004.
 *
 * @example
 * optimizers.adamW({ learningRate: 1e-3, weightDecay: 0.01 });
 */
export const adamW = (options?: AdamOptions): AdamW => new AdamW(options);
/**
 * Steps divided by the root of the gradient's running mean square.
 *
 * @example
 * optimizers.rmsprop({ learningRate: 1e-3, rho: 0.9 });
 */
export const rmsprop = (options?: RMSpropOptions): RMSprop => new RMSprop(options);
/**
 * Steps divided by the root of the sum of all squared gradients.
 *
 * @example
 * optimizers.adagrad({ learningRate: 0.1 });
 */
export const adagrad = (options?: AdagradOptions): Adagrad => new Adagrad(options);
/**
 * Steps in the units of the weights, from the ratio of running mean squares of steps and gradients.
 *
 * @example
 * optimizers.adadelta({ learningRate: 1 });
 */
export const adadelta = (options?: AdadeltaOptions): Adadelta => new Adadelta(options);
/**
 * Mean squares kept by rows and columns, in little memory; steps relative to the size of the weights.
 *
 * @example
 * optimizers.adafactor({ learningRate: 0.01 });
 */
export const adafactor = (options?: AdafactorOptions): Adafactor => new Adafactor(options);
/**
 * Adam with the decayed largest magnitude of the gradient in place of its root mean square.
 *
 * @example
 * optimizers.adamax({ learningRate: 2e-3 });
 */
export const adamax = (options?: AdamaxOptions): Adamax => new Adamax(options);
/**
 * Follow the regularized leader, for sparse linear models.
 *
 * @example
 * optimizers.ftrl({ learningRate: 0.1, l1RegularizationStrength: 0.01 });
 */
export const ftrl = (options?: FtrlOptions): Ftrl => new Ftrl(options);
/**
 * Adam's step scaled to the norm of each variable, for very large batches.
 *
 * @example
 * optimizers.lamb({ learningRate: 2e-3, weightDecay: 0.01, excludeFromWeightDecay: ["bias"] });
 */
export const lamb = (options?: LambOptions): Lamb => new Lamb(options);
/**
 * Steps of one size along the sign of an interpolated momentum.
 *
 * @example
 * optimizers.lion({ learningRate: 1e-4, weightDecay: 0.1 });
 */
export const lion = (options?: LionOptions): Lion => new Lion(options);
/**
 * Matrices move along their momentum made orthogonal, all other variables as with AdamW.
 *
 * @example
 * optimizers.muon({ learningRate: 1e-3, excludeFromMuon: ["output/"] });
 */
export const muon = (options?: MuonOptions): Muon => new Muon(options);
/**
 * Adam with Nesterov's look ahead along the momentum.
 *
 * @example
 * optimizers.nadam({ learningRate: 1e-3 });
 */
export const nadam = (options?: NadamOptions): Nadam => new Nadam(options);
