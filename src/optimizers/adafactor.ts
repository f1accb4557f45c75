/**
 * Adafactor: the mean square of a matrix's gradient kept as means of its rows and columns, which takes memory for a row and a
 * column only, and steps relative to the size of the weights (Shazeer and Stern, 2018):
 *
 *   b = 1 - t ^ beta2Decay,  q = g² + epsilon1
 *   r ← b · r + (1 - b) · mean over columns of q;  c ← b · c + (1 - b) · mean over rows of q
 *   v = r / mean(r) · c;  for variables of fewer than two axes v ← b · v + (1 - b) · q
 *   u = g / √v,  û = u / max(1, rms(u) / clipThreshold)
 *   w ← w - min(learningRate, 1 / √t) · max(epsilon2, rms(w)) · û
 */
import { checkNumber } from "../graph/options.ts";
import type { Configuration } from "../graph/registry.ts";
import {
  add,
  divide,
  exp,
  log,
  maximum,
  minimum,
  multiply,
  rsqrt,
  sqrt,
  square,
  subtract,
} from "../ops/elementwise.ts";
import { expandDims } from "../ops/movement.ts";
import { mean } from "../ops/reduce.ts";
import type { Tensor } from "../tensor/tensor.ts";
import type { Variable } from "../tensor/variable.ts";
import { Optimizer, type UpdateContext } from "./optimizer.ts";
import { checkOptimizerOptions, type OptimizerOptions } from "./optimizer-options.ts";
import type { Slot } from "./slot-variables.ts";

export interface AdafactorOptions extends OptimizerOptions {
  /** The exponent of t by which the means' decay grows towards 1, below 0; default -0.8. */
  beta2Decay?: number;
  /** Added to the squared gradient, above 0; default 1e-30. */
  epsilon1?: number;
  /** The least size that a variable counts as, above 0; default 1e-3. */
  epsilon2?: number;
  /** Steps whose root mean square is larger are scaled down to it, above 0; default 1. */
  clipThreshold?: number;
}

/** The scalars of an update. */
interface AdafactorFactors {
  readonly relativeRate: Tensor;
  /** b, the decay of the means. */
  readonly decay: Tensor;
}

/** Adafactor. Made by `adafactor`. */
export class Adafactor extends Optimizer<AdafactorFactors> {
  static readonly className = "adafactor";
  readonly className = Adafactor.className;
  readonly beta2Decay: number;
  readonly epsilon1: number;
  readonly epsilon2: number;
  readonly clipThreshold: number;
  protected readonly slotNames = ["rows", "columns"];

  /** The default learning rate is 0.001. */
  constructor(options: AdafactorOptions = {}) {
    checkOptimizerOptions("adafactor", options, {
      beta2Decay: true,
      epsilon1: true,
      epsilon2: true,
      clipThreshold: true,
    });
    super("adafactor", 0.001, options);
    const { beta2Decay = -0.8, epsilon1 = 1e-30, epsilon2 = 1e-3, clipThreshold = 1 } = options;
    checkNumber("adafactor", "beta2Decay", beta2Decay, { below: 0 });
    checkNumber("adafactor", "epsilon1", epsilon1, { above: 0 });
    checkNumber("adafactor", "epsilon2", epsilon2, { above: 0 });
    checkNumber("adafactor", "clipThreshold", clipThreshold, { above: 0 });
    this.beta2Decay = beta2Decay;
    this.epsilon1 = epsilon1;
    this.epsilon2 = epsilon2;
    this.clipThreshold = clipThreshold;
  }

  protected override slotsFor({ shape }: Variable): readonly Slot[] {
    if (shape.length < 2) return [{ name: "v", shape, start: 0 }];
    return [
      { name: "rows", shape: shape.slice(0, -1), start: 0 },
      { name: "columns", shape: [...shape.slice(0, -2), shape.at(-1) as number], start: 0 },
    ];
  }

  protected prepare({ learningRate, step }: UpdateContext): AdafactorFactors {
    return {
      relativeRate: minimum(learningRate, rsqrt(step)),
      decay: subtract(1, exp(multiply(log(step), this.beta2Decay))),
    };
  }

  protected update(value: Tensor, gradient: Tensor, slots: readonly Tensor[], factors: AdafactorFactors) {
    const { relativeRate, decay } = factors;
    const squared = add(square(gradient), this.epsilon1);
    const towards = (last: Tensor, met: Tensor) => add(multiply(last, decay), multiply(met, subtract(1, decay)));
    const [first, columns] = slots as readonly [Tensor, Tensor?];
    const means = columns
      ? [towards(first, mean(squared, { axis: -1 })), towards(columns, mean(squared, { axis: -2 }))]
      : [towards(first, squared)];
    const scaled = multiply(gradient, inverseRoot(means));
    const limited = maximum(1, divide(rootMeanSquare(scaled), this.clipThreshold));
    const rate = divide(multiply(relativeRate, maximum(rootMeanSquare(value), this.epsilon2)), limited);
    return { value: subtract(value, multiply(scaled, rate)), slots: means };
  }

  override config(): Configuration {
    const { beta2Decay, epsilon1, epsilon2, clipThreshold } = this;
    return { ...super.config(), beta2Decay, epsilon1, epsilon2, clipThreshold };
  }
}

/** 1 / √v, where v may be given by means of rows and columns; the roots are taken apart, so that no product underflows. */
function inverseRoot(means: readonly Tensor[]): Tensor {
  const [rows, columns] = means as readonly [Tensor, Tensor?];
  if (!columns) return rsqrt(rows);
  const relative = divide(rows, mean(rows, { axis: -1, keepDims: true }));
  return multiply(expandDims(rsqrt(relative), -1), expandDims(rsqrt(columns), -2));
}

function rootMeanSquare(x: Tensor): Tensor {
  return sqrt(mean(square(x)));
}
