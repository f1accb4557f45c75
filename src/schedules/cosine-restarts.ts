/** CosineDecayRestarts: half a cosine down, again and again, perhaps each time longer and from lower. */
import { checkInteger, checkNumber, checkOptions } from "../graph/options.ts";
import type { Configuration } from "../graph/registry.ts";
import {
  add,
  cast,
  cos,
  divide,
  exp,
  floorDivide,
  greaterEqual,
  multiply,
  power,
  subtract,
} from "../ops/elementwise.ts";
import { gather } from "../ops/linear.ts";
import { sum } from "../ops/reduce.ts";
import { type Tensor, tensor } from "../tensor/tensor.ts";
import { Schedule } from "./schedule.ts";

export interface CosineDecayRestartsOptions {
  /** The learning rate at first, at least 0. */
  initialLearningRate: number;
  /** The number of updates of the first period, at least 1. */
  firstDecaySteps: number;
  /** How much longer each period is than the one before, at least 1; default 2. */
  tMul?: number;
  /** How much higher each period begins than the one before, above 0; default 1. */
  mMul?: number;
  /** The part of the initial rate that remains at the end of each period, in [0, 1]; default 0. */
  alpha?: number;
}

/** The number of updates is an int32. */
const lastIteration = 2 ** 31 - 1;

/**
 * Of period i, which begins at update s and takes n = firstDecaySteps · tMulⁱ updates:
 * initialLearningRate · ((1 - alpha) · mMulⁱ · (1 + cos(π · (t - s) / n)) / 2 + alpha). Loshchilov and Hutter, "SGDR" (2017).
 */
export class CosineDecayRestarts extends Schedule {
  static readonly className = "cosineDecayRestarts";
  readonly className = CosineDecayRestarts.className;
  readonly initialLearningRate: number;
  readonly firstDecaySteps: number;
  readonly tMul: number;
  readonly mMul: number;
  readonly alpha: number;

  constructor(options: CosineDecayRestartsOptions) {
    super();
    const owner = "cosineDecayRestarts";
    checkOptions(owner, options, {
      initialLearningRate: true,
      firstDecaySteps: true,
      tMul: true,
      mMul: true,
      alpha: true,
    });
    const { initialLearningRate, firstDecaySteps, tMul = 2, mMul = 1, alpha = 0 } = options;
    checkNumber(owner, "initialLearningRate", initialLearningRate, { minimum: 0 });
    checkInteger(owner, "firstDecaySteps", firstDecaySteps, 1);
    checkNumber(owner, "tMul", tMul, { minimum: 1 });
    checkNumber(owner, "mMul", mMul, { above: 0 });
    checkNumber(owner, "alpha", alpha, { minimum: 0, maximum: 1 });
    this.initialLearningRate = initialLearningRate;
    this.firstDecaySteps = firstDecaySteps;
    this.tMul = tMul;
    this.mMul = mMul;
    this.alpha = alpha;
  }

  call(iterations: Tensor): Tensor {
    const { period, elapsed } = this.#position(cast(iterations, "int32"));
    const height = this.mMul === 1 ? 0.5 : multiply(power(this.mMul, period), 0.5);
    const wave = multiply(add(cos(multiply(elapsed, Math.PI)), 1), height);
    return multiply(add(multiply(wave, 1 - this.alpha), this.alpha), this.initialLearningRate);
  }

  /** The number of the period and how much of it is over. */
  #position(t: Tensor): { readonly period: Tensor; readonly elapsed: Tensor } {
    const { firstDecaySteps, tMul } = this;
    if (tMul === 1) {
      const period = floorDivide(t, firstDecaySteps);
      return { period, elapsed: divide(subtract(t, multiply(period, firstDecaySteps)), firstDecaySteps) };
    }
    // A logarithm would tell the period too, but in float32 it errs at the very updates at which one begins.
    const starts: number[] = [];
    for (let start = 0, steps = firstDecaySteps; start <= lastIteration; start += steps, steps *= tMul)
      starts.push(start);
    const begun = greaterEqual(t, tensor(Int32Array.from(starts, Math.ceil)));
    const period = subtract(sum(cast(begun, "int32")), 1);
    const start = gather(tensor(starts), period);
    const steps = multiply(exp(multiply(period, Math.log(tMul))), firstDecaySteps);
    return { period, elapsed: divide(subtract(t, start), steps) };
  }

  config(): Configuration {
    const { initialLearningRate, firstDecaySteps, tMul, mMul, alpha } = this;
    return { initialLearningRate, firstDecaySteps, tMul, mMul, alpha };
  }
}
