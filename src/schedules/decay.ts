/** Schedules that fall steadily: exponentially, with the inverse of time, along a polynomial, or along a cosine. */
import { checkBoolean, checkInteger, checkNumber, checkOptions } from "../graph/options.ts";
import type { Configuration } from "../graph/registry.ts";
import {
  add,
  cast,
  ceil,
  cos,
  divide,
  exp,
  floor,
  less,
  maximum,
  minimum,
  multiply,
  power,
  subtract,
  where,
} from "../ops/elementwise.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { Schedule } from "./schedule.ts";

export interface RateDecayOptions {
  /** The learning rate at first, at least 0. */
  initialLearningRate: number;
  /** The number of updates in which the rate decays once by `decayRate`, at least 1. */
  decaySteps: number;
  /** Above 0. */
  decayRate: number;
  /** Whether the rate falls in steps, every `decaySteps` updates, rather than steadily; default false. */
  staircase?: boolean;
}

/** What ExponentialDecay and InverseTimeDecay share. */
abstract class RateDecay extends Schedule {
  readonly initialLearningRate: number;
  readonly decaySteps: number;
  readonly decayRate: number;
  readonly staircase: boolean;

  constructor(className: string, options: RateDecayOptions) {
    super();
    checkOptions(className, options, {
      initialLearningRate: true,
      decaySteps: true,
      decayRate: true,
      staircase: true,
    });
    const { initialLearningRate, decaySteps, decayRate, staircase = false } = options;
    checkNumber(className, "initialLearningRate", initialLearningRate, { minimum: 0 });
    checkInteger(className, "decaySteps", decaySteps, 1);
    checkNumber(className, "decayRate", decayRate, { above: 0 });
    checkBoolean(className, "staircase", staircase);
    this.initialLearningRate = initialLearningRate;
    this.decaySteps = decaySteps;
    this.decayRate = decayRate;
    this.staircase = staircase;
  }

  /** How often the rate has decayed. */
  protected decays(iterations: Tensor): Tensor {
    const decays = divide(iterations, this.decaySteps);
    return this.staircase ? floor(decays) : decays;
  }

  config(): Configuration {
    const { initialLearningRate, decaySteps, decayRate, staircase } = this;
    return { initialLearningRate, decaySteps, decayRate, staircase };
  }
}

/** initialLearningRate · decayRate ^ (t / decaySteps). */
export class ExponentialDecay extends RateDecay {
  static readonly className = "exponentialDecay";
  readonly className = ExponentialDecay.className;

  constructor(options: RateDecayOptions) {
    super("exponentialDecay", options);
  }

  call(iterations: Tensor): Tensor {
    return multiply(exp(multiply(this.decays(iterations), Math.log(this.decayRate))), this.initialLearningRate);
  }
}

/** initialLearningRate / (1 + decayRate · t / decaySteps). */
export class InverseTimeDecay extends RateDecay {
  static readonly className = "inverseTimeDecay";
  readonly className = InverseTimeDecay.className;

  constructor(options: RateDecayOptions) {
    super("inverseTimeDecay", options);
  }

  call(iterations: Tensor): Tensor {
    return divide(this.initialLearningRate, add(multiply(this.decays(iterations), this.decayRate), 1));
  }
}

export interface PolynomialDecayOptions {
  /** The learning rate at first, at least 0. */
  initialLearningRate: number;
  /** The number of updates until the end, at least 1. */
  decaySteps: number;
  /** The learning rate at the end, at least 0; default 0.0001. */
  endLearningRate?: number;
  /** The exponent, above 0; default 1, a straight line. */
  power?: number;
  /** Whether to begin again after the end, each time with a longer decay; default false, the rate stays. */
  cycle?: boolean;
}

/** (initialLearningRate - endLearningRate) · (1 - t / decaySteps) ^ power + endLearningRate. */
export class PolynomialDecay extends Schedule {
  static readonly className = "polynomialDecay";
  readonly className = PolynomialDecay.className;
  readonly initialLearningRate: number;
  readonly decaySteps: number;
  readonly endLearningRate: number;
  readonly power: number;
  readonly cycle: boolean;

  constructor(options: PolynomialDecayOptions) {
    super();
    checkOptions("polynomialDecay", options, {
      initialLearningRate: true,
      decaySteps: true,
      endLearningRate: true,
      power: true,
      cycle: true,
    });
    const { initialLearningRate, decaySteps, endLearningRate = 1e-4, power = 1, cycle = false } = options;
    checkNumber("polynomialDecay", "initialLearningRate", initialLearningRate, { minimum: 0 });
    checkInteger("polynomialDecay", "decaySteps", decaySteps, 1);
    checkNumber("polynomialDecay", "endLearningRate", endLearningRate, { minimum: 0 });
    checkNumber("polynomialDecay", "power", power, { above: 0 });
    checkBoolean("polynomialDecay", "cycle", cycle);
    this.initialLearningRate = initialLearningRate;
    this.decaySteps = decaySteps;
    this.endLearningRate = endLearningRate;
    this.power = power;
    this.cycle = cycle;
  }

  call(iterations: Tensor): Tensor {
    const elapsed = divide(iterations, this.decaySteps);
    const fraction = this.cycle ? divide(elapsed, maximum(ceil(elapsed), 1)) : minimum(elapsed, 1);
    const left = subtract(1, fraction);
    const fall = this.power === 1 ? left : power(left, this.power);
    return add(multiply(fall, this.initialLearningRate - this.endLearningRate), this.endLearningRate);
  }

  config(): Configuration {
    const { initialLearningRate, decaySteps, endLearningRate, power, cycle } = this;
    return { initialLearningRate, decaySteps, endLearningRate, power, cycle };
  }
}

export interface CosineDecayOptions {
  /** The learning rate at first, at least 0; with a warm-up, that from which it rises. */
  initialLearningRate: number;
  /** The number of updates from the highest rate to the lowest, at least 1; a warm-up is not counted. */
  decaySteps: number;
  /** The share of the highest rate that remains at the end, in [0, 1]; default 0. */
  alpha?: number;
  /** The highest learning rate, to which a warm-up rises in a straight line; default no warm-up. */
  warmupTarget?: number;
  /** The number of updates of the warm-up; default 0. */
  warmupSteps?: number;
}

/**
 * Half a cosine from the highest rate down to `alpha` times it, perhaps after a linear warm-up: Loshchilov and Hutter, "SGDR"
 * (2017).
 */
export class CosineDecay extends Schedule {
  static readonly className = "cosineDecay";
  readonly className = CosineDecay.className;
  readonly initialLearningRate: number;
  readonly decaySteps: number;
  readonly alpha: number;
  readonly warmupTarget: number | undefined;
  readonly warmupSteps: number;

  constructor(options: CosineDecayOptions) {
    super();
    checkOptions("cosineDecay", options, {
      initialLearningRate: true,
      decaySteps: true,
      alpha: true,
      warmupTarget: true,
      warmupSteps: true,
    });
    const { initialLearningRate, decaySteps, alpha = 0, warmupTarget, warmupSteps = 0 } = options;
    checkNumber("cosineDecay", "initialLearningRate", initialLearningRate, { minimum: 0 });
    checkInteger("cosineDecay", "decaySteps", decaySteps, 1);
    checkNumber("cosineDecay", "alpha", alpha, { minimum: 0, maximum: 1 });
    checkInteger("cosineDecay", "warmupSteps", warmupSteps, 0);
    if (warmupTarget !== undefined) checkNumber("cosineDecay", "warmupTarget", warmupTarget, { minimum: 0 });
    if ((warmupTarget === undefined) !== (warmupSteps === 0))
      throw new TypeError(
        `cosineDecay: a warm-up needs both warmupTarget and warmupSteps, got ${warmupTarget} and ${warmupSteps}`,
      );
    this.initialLearningRate = initialLearningRate;
    this.decaySteps = decaySteps;
    this.alpha = alpha;
    this.warmupTarget = warmupTarget;
    this.warmupSteps = warmupSteps;
  }

  call(iterations: Tensor): Tensor {
    const { initialLearningRate, decaySteps, alpha, warmupTarget, warmupSteps } = this;
    const step = cast(iterations, "float32");
    const highest = warmupTarget ?? initialLearningRate;
    const elapsed = minimum(maximum(divide(subtract(step, warmupSteps), decaySteps), 0), 1);
    const half = multiply(add(cos(multiply(elapsed, Math.PI)), 1), 0.5);
    const decayed = multiply(add(multiply(half, 1 - alpha), alpha), highest);
    if (warmupTarget === undefined) return decayed;
    const rise = (warmupTarget - initialLearningRate) / warmupSteps;
    return where(less(step, warmupSteps), add(multiply(step, rise), initialLearningRate), decayed);
  }

  config(): Configuration {
    const { initialLearningRate, decaySteps, alpha, warmupTarget, warmupSteps } = this;
    return {
      initialLearningRate,
      decaySteps,
      alpha,
      ...(warmupTarget !== undefined && { warmupTarget }),
      warmupSteps,
    };
  }
}
