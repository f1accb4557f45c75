/** Optimizers: functions that make them, and their names. */
import { type ConfigurableClass, Registry, type SerializedObject } from "../graph/registry.ts";
import { Adagrad, type AdagradOptions } from "./adagrad.ts";
import { Adam, type AdamOptions, AdamW } from "./adam.ts";
import type { Optimizer } from "./optimizer.ts";
import { RMSprop, type RMSpropOptions } from "./rmsprop.ts";
import { SGD, type SGDOptions } from "./sgd.ts";

export { Adagrad, type AdagradOptions } from "./adagrad.ts";
export { Adam, type AdamOptions, AdamW } from "./adam.ts";
export { checkOptimizerOptions, Optimizer, type OptimizerOptions, type UpdateContext } from "./optimizer.ts";
export { RMSprop, type RMSpropOptions } from "./rmsprop.ts";
export { SGD, type SGDOptions } from "./sgd.ts";

const registry = new Registry<Optimizer>("optimizer", [Adagrad, Adam, AdamW, RMSprop, SGD]);

export type OptimizerName = "adagrad" | "adam" | "adamW" | "rmsprop" | "sgd";

/** What an option takes for an optimizer: one, the name of one, or one written down as data. */
export type OptimizerLike = Optimizer | OptimizerName | SerializedObject;

/** Makes an optimizer of one's own known to saved models. */
export function registerOptimizer(added: ConfigurableClass<Optimizer>): void {
  registry.register(added);
}

/** The optimizer that an option's value stands for; `owner` names the option in messages. */
export function resolveOptimizer(owner: string, value: OptimizerLike | string): Optimizer {
  return registry.resolve(owner, value);
}

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
