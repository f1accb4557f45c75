/** Constraints: functions that make them, and their names. */
import { type ConfigurableClass, Registry, type SerializedObject } from "../graph/registry.ts";
import type { Constraint } from "./constraint.ts";
import { NonNegative } from "./non-negative.ts";
import {
  MaxNorm,
  type MaxNormOptions,
  MinMaxNorm,
  type MinMaxNormOptions,
  type NormOptions,
  UnitNorm,
} from "./norm.ts";

export { Constraint } from "./constraint.ts";
export { NonNegative } from "./non-negative.ts";
export * from "./norm.ts";

const registry = new Registry<Constraint>("constraint", [MaxNorm, MinMaxNorm, NonNegative, UnitNorm]);

export type ConstraintName = "maxNorm" | "minMaxNorm" | "nonNegative" | "unitNorm";

/** What an option takes for a constraint: one, the name of one, or one written down as data. */
export type ConstraintLike = Constraint | ConstraintName | SerializedObject;

/** Makes a constraint of one's own known to saved models. */
export function registerConstraint(added: ConfigurableClass<Constraint>): void {
  registry.register(added);
}

/** The constraint that an option's value stands for; `owner` names the option in messages. */
export function resolveConstraint(owner: string, value: ConstraintLike | string): Constraint {
  return registry.resolve(owner, value);
}

/**
 * Each unit's weights have at most a given norm.
 *
 * @example
 * layers.dense({ units: 64, kernelConstraint: constraints.maxNorm({ maxValue: 3 }) });
 */
export const maxNorm = (options?: MaxNormOptions): MaxNorm => new MaxNorm(options);
/**
 * Each unit's weights have a norm between two bounds.
 *
 * @example
 * constraints.minMaxNorm({ minValue: 0.5, maxValue: 2, rate: 0.9 });
 */
export const minMaxNorm = (options?: MinMaxNormOptions): MinMaxNorm => new MinMaxNorm(options);
/**
 * No weight is below 0.
 *
 * @example
 * constraints.nonNegative().call(tensor([-1, 2])); // [0, 2]
 */
export const nonNegative = (): NonNegative => new NonNegative();
/**
 * Each unit's weights have the norm 1.
 *
 * @example
 * constraints.unitNorm({ axis: 1 }).call(tensor([[3, 4]])); // [[0.6, 0.8]]
 */
export const unitNorm = (options?: NormOptions): UnitNorm => new UnitNorm(options);
