/** The mean of any loss. Its name may be given, so that a page with this metric holds all losses. */
import { checkOptions } from "../graph/options.ts";
import { type Configuration, type SerializedObject, serialize } from "../graph/registry.ts";
import type { Loss } from "../losses/loss.ts";
import type { LossName } from "../losses/loss-registry.ts";
import { resolveLoss } from "../losses/registry.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { MeanMetric } from "./mean-metric.ts";
import type { MetricOptions } from "./metric.ts";

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
