/** The registry of optimizers, and what an option takes for one. In pages it holds those that were needed so far; `registry.ts` has all. */
import { type ConfigurableClass, Registry, type SerializedObject } from "../graph/registry.ts";
import type { Optimizer } from "./optimizer.ts";

export type OptimizerName =
  | "adadelta"
  | "adafactor"
  | "adagrad"
  | "adam"
  | "adamW"
  | "adamax"
  | "ftrl"
  | "lamb"
  | "lion"
  | "muon"
  | "nadam"
  | "rmsprop"
  | "sgd";

/** What an option takes for an optimizer: one, the name of one, or one written down as data. */
export type OptimizerLike = Optimizer | OptimizerName | SerializedObject;

/** Marks optimizers, so that they can be told where their classes are not loaded. */
export const optimizerMark: unique symbol = Symbol("optimizer");

export function isOptimizer(value: object): value is Optimizer {
  return optimizerMark in value;
}

/** The optimizers that are known by name. */
export const optimizerRegistry: Registry<Optimizer> = /* @__PURE__ */ new Registry<Optimizer>("optimizer", []);

/** Makes an optimizer of one's own known to saved models. */
export function registerOptimizer(added: ConfigurableClass<Optimizer>): void {
  optimizerRegistry.register(added);
}
