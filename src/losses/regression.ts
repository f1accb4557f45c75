/** Losses of real values: squared, absolute and Huber's error. Each is a mean over the last axis. */
import { checkNumber } from "../graph/options.ts";
import type { Configuration } from "../graph/registry.ts";
import { abs, cast, lessEqual, multiply, square, subtract, where } from "../ops/elementwise.ts";
import { mean } from "../ops/reduce.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { alignTargets } from "./align.ts";
import { checkLossOptions, Loss, type LossOptions } from "./loss.ts";

/** A loss of each element's error, averaged over the last axis; predictions `[batch]` have one element an example. */
abstract class ErrorLoss extends Loss {
  readonly predictions = "values";
  readonly targets = "values";

  protected abstract ofError(error: Tensor): Tensor;

  perExample(yTrue: Tensor, yPred: Tensor): Tensor {
    const predicted = cast(yPred, "float32");
    const values = this.ofError(subtract(predicted, alignTargets(this.name, yTrue, predicted)));
    return values.rank < 2 ? values : mean(values, { axis: -1 });
  }
}

/** mean of (yTrue - yPred)². */
export class MeanSquaredError extends ErrorLoss {
  static readonly className = "meanSquaredError";
  readonly className = MeanSquaredError.className;

  constructor(options: LossOptions = {}) {
    checkLossOptions("meanSquaredError", options, {});
    super("meanSquaredError", options);
  }

  protected ofError(error: Tensor): Tensor {
    return square(error);
  }
}

/** mean of |yTrue - yPred|. */
export class MeanAbsoluteError extends ErrorLoss {
  static readonly className = "meanAbsoluteError";
  readonly className = MeanAbsoluteError.className;

  constructor(options: LossOptions = {}) {
    checkLossOptions("meanAbsoluteError", options, {});
    super("meanAbsoluteError", options);
  }

  protected ofError(error: Tensor): Tensor {
    return abs(error);
  }
}

export interface HuberOptions extends LossOptions {
  /** The error at which the square goes over into a line, above 0; default 1. */
  delta?: number;
}

/** mean of error² / 2 where |error| ≤ delta, else delta · |error| - delta² / 2: Huber (1964). */
export class Huber extends ErrorLoss {
  static readonly className = "huber";
  readonly className = Huber.className;
  readonly delta: number;

  constructor(options: HuberOptions = {}) {
    checkLossOptions("huber", options, { delta: true });
    super("huber", options);
    this.delta = options.delta ?? 1;
    checkNumber("huber", "delta", this.delta, { above: 0 });
  }

  protected ofError(error: Tensor): Tensor {
    const size = abs(error);
    const line = subtract(multiply(size, this.delta), this.delta ** 2 / 2);
    return where(lessEqual(size, this.delta), multiply(square(error), 0.5), line);
  }

  override config(): Configuration {
    return { ...super.config(), delta: this.delta };
  }
}
