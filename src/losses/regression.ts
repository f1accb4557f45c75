/** Losses of real values. Each is a mean over the last axis. */
import { checkNumber } from "../graph/options.ts";
import type { Configuration } from "../graph/registry.ts";
import { softplus } from "../ops/activations.ts";
import {
  abs,
  add,
  divide,
  lessEqual,
  log,
  log1p,
  maximum,
  multiply,
  square,
  subtract,
  where,
} from "../ops/elementwise.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { ElementwiseLoss, elementwiseLoss } from "./elementwise-loss.ts";
import { checkLossOptions, type LossOptions } from "./loss.ts";
import { checkCounts } from "./target-ranges.ts";

/** Divisors and arguments of logarithms are kept at least this large. */
const epsilon = 1e-7;

/** mean of (yTrue - yPred)². */
export const MeanSquaredError = elementwiseLoss("meanSquaredError", (target, predicted) =>
  square(subtract(predicted, target)),
);

/** mean of |yTrue - yPred|. */
export const MeanAbsoluteError = elementwiseLoss("meanAbsoluteError", (target, predicted) =>
  abs(subtract(predicted, target)),
);

/** mean of 100 · |yTrue - yPred| / |yTrue|. */
export const MeanAbsolutePercentageError = elementwiseLoss("meanAbsolutePercentageError", (target, predicted) =>
  multiply(divide(abs(subtract(predicted, target)), maximum(abs(target), epsilon)), 100),
);

/** mean of (log(1 + yTrue) - log(1 + yPred))²; negative values count as 0. */
export const MeanSquaredLogarithmicError = elementwiseLoss("meanSquaredLogarithmicError", (target, predicted) =>
  square(subtract(log1p(maximum(predicted, epsilon)), log1p(maximum(target, epsilon)))),
);

/** mean of log(cosh(yPred - yTrue)): squared for small errors, their size for large ones. */
export const LogCosh = elementwiseLoss("logCosh", (target, predicted) => {
  const error = subtract(predicted, target);
  // cosh itself overflows beyond an error of 89.
  return subtract(add(error, softplus(multiply(error, -2))), Math.LN2);
});

/** mean of yPred - yTrue · log(yPred), for counts: the negative logarithm of Poisson's distribution but for a constant. */
export const Poisson = elementwiseLoss(
  "poisson",
  (target, predicted) => subtract(predicted, multiply(target, log(add(predicted, epsilon)))),
  checkCounts,
);

export interface HuberOptions extends LossOptions {
  /** The error at which the square goes over into a line, above 0; default 1. */
  delta?: number;
}

/** mean of error² / 2 where |error| ≤ delta, else delta · |error| - delta² / 2: Huber (1964). */
export class Huber extends ElementwiseLoss {
  static readonly className = "huber";
  readonly className = Huber.className;
  readonly delta: number;

  constructor(options: HuberOptions = {}) {
    checkLossOptions("huber", options, { delta: true });
    super("huber", options);
    this.delta = options.delta ?? 1;
    checkNumber("huber", "delta", this.delta, { above: 0 });
  }

  protected perElement(target: Tensor, predicted: Tensor): Tensor {
    const error = subtract(predicted, target);
    const size = abs(error);
    const line = subtract(multiply(size, this.delta), this.delta ** 2 / 2);
    return where(lessEqual(size, this.delta), multiply(square(error), 0.5), line);
  }

  override config(): Configuration {
    return { ...super.config(), delta: this.delta };
  }
}
