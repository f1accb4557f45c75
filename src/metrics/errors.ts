/** Mean errors of real values, and the mean of any loss. */
import { checkOptions } from "../graph/options.ts";
import { type Configuration, type SerializedObject, serialize } from "../graph/registry.ts";
import { type LossName, resolveLoss } from "../losses/index.ts";
import type { Loss } from "../losses/loss.ts";
import { MeanAbsoluteError as AbsoluteLoss, MeanSquaredError as SquaredLoss } from "../losses/regression.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { MeanMetric } from "./mean-metric.ts";
import type { MetricOptions } from "./metric.ts";

/** The mean of (yTrue - yPred)². */
export class MeanSquaredError extends MeanMetric {
  static readonly className = "meanSquaredError";
  readonly className = MeanSquaredError.className;

  constructor(options: MetricOptions = {}) {
    checkOptions("meanSquaredError", options, { name: true });
    super("meanSquaredError", options);
  }

  protected perExample(yTrue: Tensor, yPred: Tensor): Tensor {
    return new SquaredLoss({ name: this.name }).perExample(yTrue, yPred);
  }
}

/** The mean of |yTrue - yPred|. */
export class MeanAbsoluteError extends MeanMetric {
  static readonly className = "meanAbsoluteError";
  readonly className = MeanAbsoluteError.className;

  constructor(options: MetricOptions = {}) {
    checkOptions("meanAbsoluteError", options, { name: true });
    super("meanAbsoluteError", options);
  }

  protected perExample(yTrue: Tensor, yPred: Tensor): Tensor {
    return new AbsoluteLoss({ name: this.name }).perExample(yTrue, yPred);
  }
}

/** The root of the mean of (yTrue - yPred)² over all examples. */
export class RootMeanSquaredError extends MeanMetric {
  static readonly className = "rootMeanSquaredError";
  readonly className = RootMeanSquaredError.className;

  constructor(options: MetricOptions = {}) {
    checkOptions("rootMeanSquaredError", options, { name: true });
    super("rootMeanSquaredError", options);
  }

  protected perExample(yTrue: Tensor, yPred: Tensor): Tensor {
    return new SquaredLoss({ name: this.name }).perExample(yTrue, yPred);
  }

  override async result(): Promise<number> {
    return Math.sqrt(await super.result());
  }
}

export interface MeanLossOptions extends MetricOptions {
  /** The loss; its reduction is not used. */
  loss: Loss | LossName | SerializedObject;
}

/** The mean of a loss over all examples, such as a cross-entropy beside the loss that is trained. Its default name is the loss's. */
export class MeanLoss extends MeanMetric {
  static readonly className = "meanLoss";
  readonly className = MeanLoss.className;
  readonly loss: Loss;

  constructor(options: MeanLossOptions) {
    checkOptions("meanLoss", options, { name: true, loss: true });
    const loss = resolveLoss("meanLoss: loss", options.loss);
    super("meanLoss", { name: options.name ?? loss.name });
    this.loss = loss;
  }

  protected perExample(yTrue: Tensor, yPred: Tensor): Tensor {
    return this.loss.perExample(yTrue, yPred);
  }

  override config(): Configuration {
    return { ...super.config(), loss: serialize(this.loss) };
  }
}
