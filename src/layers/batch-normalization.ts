/**
 * BatchNormalization keeps each feature's mean near 0 and its variance near 1:
 *
 *   out[..., c] = gamma[c] · (in[..., c] - mean[c]) / √(variance[c] + epsilon) + beta[c]
 *
 * In training, mean and variance (divided by the count) are the batch's, over all axes but the last, and the moving
 * statistics follow them: moving ← momentum · moving + (1 - momentum) · batch. In inference, and where the layer is
 * frozen (`trainable` false), they are the moving ones.
 *
 * Input and output `[batch, ..., features]`; weights `gamma`, `beta`, and the state `movingMean`, `movingVariance`, each
 * `[features]`. Ioffe and Szegedy (2015).
 */
import { checkBoolean, checkNumber } from "../graph/options.ts";
import { type Configuration, serialize } from "../graph/registry.ts";
import type { Shape } from "../graph/shape.ts";
import { type InitializerLike, resolveInitializer } from "../initializers/index.ts";
import type { Initializer } from "../initializers/initializer.ts";
import { add, multiply, rsqrt, square, stopGradient, subtract } from "../ops/elementwise.ts";
import { mean } from "../ops/reduce.ts";
import { type RegularizerLike, resolveRegularizer } from "../regularizers/index.ts";
import type { Regularizer } from "../regularizers/regularizer.ts";
import type { Tensor } from "../tensor/tensor.ts";
import type { Variable } from "../tensor/variable.ts";
import { type CallContext, checkLayerOptions, Layer, type LayerOptions, serializeOptional } from "./layer.ts";

export interface BatchNormalizationOptions extends LayerOptions {
  /** How much of the moving statistics stays at each batch, in [0, 1]; default 0.99. */
  momentum?: number;
  /** Added to the variance, above 0; default 0.001. */
  epsilon?: number;
  /** Whether to add `beta`; default true. */
  center?: boolean;
  /** Whether to multiply by `gamma`; default true. */
  scale?: boolean;
  /** Default `"zeros"`. */
  betaInitializer?: InitializerLike;
  /** Default `"ones"`. */
  gammaInitializer?: InitializerLike;
  /** Default `"zeros"`. */
  movingMeanInitializer?: InitializerLike;
  /** Default `"ones"`. */
  movingVarianceInitializer?: InitializerLike;
  /** A penalty on `beta`; default none. */
  betaRegularizer?: RegularizerLike;
  /** A penalty on `gamma`; default none. */
  gammaRegularizer?: RegularizerLike;
}

/** Normalization over the batch. Made by `batchNormalization`. */
export class BatchNormalization extends Layer {
  static readonly className = "batchNormalization";
  readonly className = BatchNormalization.className;
  readonly momentum: number;
  readonly epsilon: number;
  readonly center: boolean;
  readonly scale: boolean;
  readonly #initializers: Readonly<Record<"beta" | "gamma" | "movingMean" | "movingVariance", Initializer>>;
  readonly #regularizers: Readonly<Record<"beta" | "gamma", Regularizer | undefined>>;

  constructor(options: BatchNormalizationOptions = {}) {
    checkLayerOptions("batchNormalization", options, {
      momentum: true,
      epsilon: true,
      center: true,
      scale: true,
      betaInitializer: true,
      gammaInitializer: true,
      movingMeanInitializer: true,
      movingVarianceInitializer: true,
      betaRegularizer: true,
      gammaRegularizer: true,
    });
    super("batchNormalization", options);
    const { momentum = 0.99, epsilon = 1e-3, center = true, scale = true } = options;
    checkNumber("batchNormalization", "momentum", momentum, { minimum: 0, maximum: 1 });
    checkNumber("batchNormalization", "epsilon", epsilon, { above: 0 });
    checkBoolean("batchNormalization", "center", center);
    checkBoolean("batchNormalization", "scale", scale);
    this.momentum = momentum;
    this.epsilon = epsilon;
    this.center = center;
    this.scale = scale;
    const initializer = (option: string, value: InitializerLike) =>
      resolveInitializer(`batchNormalization: ${option}`, value);
    this.#initializers = {
      beta: initializer("betaInitializer", options.betaInitializer ?? "zeros"),
      gamma: initializer("gammaInitializer", options.gammaInitializer ?? "ones"),
      movingMean: initializer("movingMeanInitializer", options.movingMeanInitializer ?? "zeros"),
      movingVariance: initializer("movingVarianceInitializer", options.movingVarianceInitializer ?? "ones"),
    };
    const regularizer = (option: string, value: RegularizerLike | undefined) =>
      value === undefined ? undefined : resolveRegularizer(`batchNormalization: ${option}`, value);
    this.#regularizers = {
      beta: regularizer("betaRegularizer", options.betaRegularizer),
      gamma: regularizer("gammaRegularizer", options.gammaRegularizer),
    };
    this.setInputRequirement({ minimumRank: 1, axes: "[..., features]" });
  }

  override build(inputShape: Shape): void {
    super.build(inputShape);
    const features = inputShape.at(-1) as number;
    this.setInputRequirement({ lastAxis: features });
    const shape = [features];
    const { beta, gamma, movingMean, movingVariance } = this.#initializers;
    if (this.scale) this.addWeight({ name: "gamma", shape, initializer: gamma, regularizer: this.#regularizers.gamma });
    if (this.center) this.addWeight({ name: "beta", shape, initializer: beta, regularizer: this.#regularizers.beta });
    this.addWeight({ name: "movingMean", shape, initializer: movingMean, trainable: false });
    this.addWeight({ name: "movingVariance", shape, initializer: movingVariance, trainable: false });
  }

  call(input: Tensor, { training }: CallContext): Tensor {
    const x = this.checkedFloatInput(input);
    const movingMean = this.weight("movingMean");
    const movingVariance = this.weight("movingVariance");
    if (!training || !this.trainable) {
      const factor = this.#factor(movingVariance);
      // One multiplication and one addition an element: what depends on the feature alone is computed once.
      const shift = multiply(movingMean, factor);
      return add(multiply(x, factor), this.center ? subtract(this.weight("beta"), shift) : multiply(shift, -1));
    }
    const axis = Array.from({ length: x.rank - 1 }, (_, each) => each);
    const batchMean = mean(x, { axis });
    const centered = subtract(x, batchMean);
    // The mean of what is centered is 0, so no gradient flows from the variance into the mean: leaving it out saves a pass.
    const batchVariance = mean(square(subtract(x, stopGradient(batchMean))), { axis });
    this.#follow(movingMean, batchMean);
    this.#follow(movingVariance, batchVariance);
    const normalized = multiply(centered, this.#factor(batchVariance));
    return this.center ? add(normalized, this.weight("beta")) : normalized;
  }

  #factor(variance: Tensor): Tensor {
    const inverse = rsqrt(add(variance, this.epsilon));
    return this.scale ? multiply(this.weight("gamma"), inverse) : inverse;
  }

  #follow(moving: Variable, batch: Tensor): void {
    moving.assign(add(multiply(moving, this.momentum), multiply(batch, 1 - this.momentum)));
  }

  override config(): Configuration {
    const { momentum, epsilon, center, scale } = this;
    return {
      ...super.config(),
      momentum,
      epsilon,
      center,
      scale,
      betaInitializer: serialize(this.#initializers.beta),
      gammaInitializer: serialize(this.#initializers.gamma),
      movingMeanInitializer: serialize(this.#initializers.movingMean),
      movingVarianceInitializer: serialize(this.#initializers.movingVariance),
      ...serializeOptional("betaRegularizer", this.#regularizers.beta),
      ...serializeOptional("gammaRegularizer", this.#regularizers.gamma),
    };
  }
}

/**
 * Normalizes each feature (each channel of an image) over the batch; input and output `[batch, ..., features]`.
 *
 * @example
 * layers.batchNormalization({ momentum: 0.9 });
 */
export function batchNormalization(options?: BatchNormalizationOptions): BatchNormalization {
  return new BatchNormalization(options);
}
