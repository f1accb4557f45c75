/** Schedules: functions that make them, and their names. */
import {
  ConstantSchedule,
  type ConstantScheduleOptions,
  PiecewiseConstant,
  type PiecewiseConstantOptions,
  StepDecay,
  type StepDecayOptions,
} from "./constant.ts";
import { CosineDecayRestarts, type CosineDecayRestartsOptions } from "./cosine-restarts.ts";
import {
  CosineDecay,
  type CosineDecayOptions,
  ExponentialDecay,
  InverseTimeDecay,
  PolynomialDecay,
  type PolynomialDecayOptions,
  type RateDecayOptions,
} from "./decay.ts";
import { OneCycle, type OneCycleOptions } from "./one-cycle.ts";
import type { Schedule } from "./schedule.ts";

export type { ConstantScheduleOptions, PiecewiseConstantOptions, StepDecayOptions } from "./constant.ts";
export type { CosineDecayRestartsOptions } from "./cosine-restarts.ts";
export type { CosineDecayOptions, PolynomialDecayOptions, RateDecayOptions } from "./decay.ts";
export type { AnnealStrategy, OneCycleOptions } from "./one-cycle.ts";
export { resolveSchedule } from "./registry.ts";
export { Schedule } from "./schedule.ts";
export { registerSchedule } from "./schedule-registry.ts";

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
/**
 * Half a cosine down again and again, each period longer than the one before.
 *
 * @example
 * schedules.cosineDecayRestarts({ initialLearningRate: 0.1, firstDecaySteps: 1000, tMul: 2, mMul: 0.8 });
 */
export const cosineDecayRestarts = (options: CosineDecayRestartsOptions): Schedule => new CosineDecayRestarts(options);
/**
 * Up to the highest rate and down to a very low one, in one cycle.
 *
 * @example
 * optimizers.sgd({ learningRate: schedules.oneCycle({ maxLearningRate: 0.4, totalSteps: 5000 }), momentum: 0.9 });
 */
export const oneCycle = (options: OneCycleOptions): Schedule => new OneCycle(options);
/**
 * Lower by a factor after every so many updates.
 *
 * @example
 * schedules.stepDecay({ initialLearningRate: 0.1, stepSize: 3000, gamma: 0.1 });
 */
export const stepDecay = (options: StepDecayOptions): Schedule => new StepDecay(options);
