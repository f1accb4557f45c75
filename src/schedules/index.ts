/** Schedules: functions that make them, and their names. */
import { type ConfigurableClass, Registry, type SerializedObject } from "../graph/registry.ts";
import {
  ConstantSchedule,
  type ConstantScheduleOptions,
  PiecewiseConstant,
  type PiecewiseConstantOptions,
} from "./constant.ts";
import {
  CosineDecay,
  type CosineDecayOptions,
  ExponentialDecay,
  InverseTimeDecay,
  PolynomialDecay,
  type PolynomialDecayOptions,
  type RateDecayOptions,
} from "./decay.ts";
import type { Schedule } from "./schedule.ts";

export type { ConstantScheduleOptions, PiecewiseConstantOptions } from "./constant.ts";
export type { CosineDecayOptions, PolynomialDecayOptions, RateDecayOptions } from "./decay.ts";
export { Schedule } from "./schedule.ts";

const registry = new Registry<Schedule>("schedule", [
  ConstantSchedule,
  CosineDecay,
  ExponentialDecay,
  InverseTimeDecay,
  PiecewiseConstant,
  PolynomialDecay,
]);

/** Makes a schedule of one's own known to saved models. */
export function registerSchedule(added: ConfigurableClass<Schedule>): void {
  registry.register(added);
}

/** The schedule that an option's value stands for; `owner` names the option in messages. */
export function resolveSchedule(owner: string, value: Schedule | SerializedObject): Schedule {
  return registry.resolve(owner, value);
}

/** The same learning rate always. */
export const constant = (options: ConstantScheduleOptions): Schedule => new ConstantSchedule(options);
/** initialLearningRate · decayRate ^ (t / decaySteps). */
export const exponentialDecay = (options: RateDecayOptions): Schedule => new ExponentialDecay(options);
/** initialLearningRate / (1 + decayRate · t / decaySteps). */
export const inverseTimeDecay = (options: RateDecayOptions): Schedule => new InverseTimeDecay(options);
/**
 * One learning rate for each stretch of updates.
 *
 * @example
 * schedules.piecewiseConstant({ boundaries: [1000, 2000], values: [0.1, 0.01, 0.001] });
 */
export const piecewiseConstant = (options: PiecewiseConstantOptions): Schedule => new PiecewiseConstant(options);
/** From one learning rate to another along a polynomial, by default a straight line. */
export const polynomialDecay = (options: PolynomialDecayOptions): Schedule => new PolynomialDecay(options);
/**
 * Half a cosine down, perhaps after a warm-up.
 *
 * @example
 * const learningRate = schedules.cosineDecay({ initialLearningRate: 0, warmupTarget: 0.1, warmupSteps: 500, decaySteps: 9500 });
 * optimizers.sgd({ learningRate, momentum: 0.9 });
 */
export const cosineDecay = (options: CosineDecayOptions): Schedule => new CosineDecay(options);
