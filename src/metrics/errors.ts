/** Mean errors of real values, and perplexity. */
import { checkBoolean, checkInteger, checkOptions } from "../graph/options.ts";
import type { Configuration } from "../graph/registry.ts";
import { alignTargets } from "../losses/align.ts";
import { SparseCategoricalCrossentropy } from "../losses/crossentropy.ts";
import type { Loss } from "../losses/loss.ts";
import { MeanAbsoluteError as AbsoluteLoss, MeanSquaredError as SquaredLoss } from "../losses/regression.ts";
import { CosineSimilarity as CosineLoss } from "../losses/similarity.ts";
import { abs, cast, divide, maximum, negative, notEqual, subtract } from "../ops/elementwise.ts";
import { reshape } from "../ops/movement.ts";
import { mean } from "../ops/reduce.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { MeanMetric } from "./mean-metric.ts";
import type { MetricOptions } from "./metric.ts";

/** The mean of a loss that is no option. */
abstract class MeanOfLoss extends MeanMetric {
  readonly #loss: Loss;

  /** @param makeLoss Makes the loss, which messages call as the metric. */
  constructor(className: string, options: MetricOptions, makeLoss: (options: { name: string }) => Loss) {
    checkOptions(className, options, { name: true });
    super(className, options);
    this.#loss = makeLoss({ name: this.name });
  }

  protected perExample(yTrue: Tensor, yPred: Tensor): Tensor {
    return this.#loss.perExample(yTrue, yPred);
  }
}

/** The mean of (yTrue - yPred)². */
export class MeanSquaredError extends MeanOfLoss {
  static readonly className = "meanSquaredError";
  readonly className = MeanSquaredError.className;

  constructor(options: MetricOptions = {}) {
    super("meanSquaredError", options, (named) => new SquaredLoss(named));
  }
}

/** The mean of |yTrue - yPred|. */
export class MeanAbsoluteError extends MeanOfLoss {
  static readonly className = "meanAbsoluteError";
  readonly className = MeanAbsoluteError.className;

  constructor(options: MetricOptions = {}) {
    super("meanAbsoluteError", options, (named) => new AbsoluteLoss(named));
  }
}

/** The mean cosine of the angle between rows of targets and predictions, in [-1, 1]: minus the loss of this name. */
export class CosineSimilarity extends MeanMetric {
  static readonly className = "cosineSimilarity";
  readonly className = CosineSimilarity.className;
  readonly #loss: CosineLoss;

  constructor(options: MetricOptions = {}) {
    checkOptions("cosineSimilarity", options, { name: true });
    super("cosineSimilarity", options);
    this.#loss = new CosineLoss({ name: this.name });
  }

  protected perExample(yTrue: Tensor, yPred: Tensor): Tensor {
    return negative(this.#loss.perExample(yTrue, yPred));
  }
}

/** The root of the mean of (yTrue - yPred)² over all examples. */
export class RootMeanSquaredError extends MeanOfLoss {
  static readonly className = "rootMeanSquaredError";
  readonly className = RootMeanSquaredError.className;

  constructor(options: MetricOptions = {}) {
    super("rootMeanSquaredError", options, (named) => new SquaredLoss(named));
  }

  override async result(): Promise<number> {
    return Math.sqrt(await super.result());
  }
}

/** The mean of |yTrue - yPred| / max(|yTrue|, 2⁻⁵²): a share, as in scikit-learn, not a percentage. Targets of 0 make it huge. */
export class MeanAbsolutePercentageError extends MeanMetric {
  static readonly className = "meanAbsolutePercentageError";
  readonly className = MeanAbsolutePercentageError.className;

  constructor(options: MetricOptions = {}) {
    checkOptions("meanAbsolutePercentageError", options, { name: true });
    super("meanAbsolutePercentageError", options);
  }

  protected perExample(yTrue: Tensor, yPred: Tensor): Tensor {
    const target = alignTargets(this.name, yTrue, yPred);
    const share = divide(abs(subtract(cast(yPred, "float32"), target)), maximum(abs(target), Number.EPSILON));
    return share.rank < 2 ? share : mean(share, { axis: -1 });
  }
}

export interface PerplexityOptions extends MetricOptions {
  /** Whether predictions are logits rather than probabilities; default false. */
  fromLogits?: boolean;
  /** Targets with this index, such as that of padding, are left out. */
  ignoreClass?: number;
}

/**
 * The exponential of the mean cross-entropy: among how many equally likely classes a guess would be as uncertain. Targets are
 * indices `[batch, ...]`, such as the tokens of texts, and predictions `[batch, ..., classes]`.
 */
export class Perplexity extends MeanMetric {
  static readonly className = "perplexity";
  readonly className = Perplexity.className;
  readonly fromLogits: boolean;
  readonly ignoreClass: number | undefined;
  readonly #loss: SparseCategoricalCrossentropy;

  constructor(options: PerplexityOptions = {}) {
    checkOptions("perplexity", options, { name: true, fromLogits: true, ignoreClass: true });
    super("perplexity", options);
    const { fromLogits = false, ignoreClass } = options;
    checkBoolean("perplexity", "fromLogits", fromLogits);
    if (ignoreClass !== undefined) checkInteger("perplexity", "ignoreClass", ignoreClass);
    this.fromLogits = fromLogits;
    this.ignoreClass = ignoreClass;
    this.#loss = new SparseCategoricalCrossentropy({
      name: this.name,
      fromLogits,
      ...(ignoreClass !== undefined && { ignoreClass }),
    });
  }

  protected perExample(yTrue: Tensor, yPred: Tensor): Tensor {
    return this.#loss.perExample(yTrue, yPred);
  }

  protected override counted(yTrue: Tensor, yPred: Tensor): Tensor | undefined {
    if (this.ignoreClass === undefined) return undefined;
    return notEqual(reshape(cast(yTrue, "int32"), yPred.shape.slice(0, -1)), this.ignoreClass);
  }

  override async result(): Promise<number> {
    return Math.exp(await super.result());
  }

  override config(): Configuration {
    return {
      ...super.config(),
      fromLogits: this.fromLogits,
      ...(this.ignoreClass !== undefined && { ignoreClass: this.ignoreClass }),
    };
  }
}
