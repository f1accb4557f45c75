/**
 * LayerNormalization keeps each example's features near mean 0 and variance 1, in training and inference alike:
 *
 *   out[..., c] = gamma[c] · (in[..., c] - mean) / √(variance + epsilon) + beta[c]
 *
 * with mean and variance over the last axis. Input and output `[batch, ..., features]`; weights `gamma` and `beta`, each
 * `[features]`. Ba, Kiros and Hinton (2016).
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
import { checkLayerOptions, Layer, type LayerOptions, serializeOptional } from "./layer.ts";

export interface LayerNormalizationOptions extends LayerOptions {
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
  /** A penalty on `beta`; default none. */
  betaRegularizer?: RegularizerLike;
  /** A penalty on `gamma`; default none. */
  gammaRegularizer?: RegularizerLike;
}

/** Normalization over the features of each example. Made by `layerNormalization`. */
export class LayerNormalization extends Layer {
  static readonly className = "layerNormalization";
  readonly className = LayerNormalization.className;
  readonly epsilon: number;
  readonly center: boolean;
  readonly scale: boolean;
  readonly #initializers: Readonly<Record<"beta" | "gamma", Initializer>>;
  readonly #regularizers: Readonly<Record<"beta" | "gamma", Regularizer | undefined>>;

  constructor(options: LayerNormalizationOptions = {}) {
    checkLayerOptions("layerNormalization", options, {
      epsilon: true,
      center: true,
      scale: true,
      betaInitializer: true,
      gammaInitializer: true,
      betaRegularizer: true,
      gammaRegularizer: true,
    });
    super("layerNormalization", options);
    const { epsilon = 1e-3, center = true, scale = true } = options;
    checkNumber("layerNormalization", "epsilon", epsilon, { above: 0 });
    checkBoolean("layerNormalization", "center", center);
    checkBoolean("layerNormalization", "scale", scale);
    this.epsilon = epsilon;
    this.center = center;
    this.scale = scale;
    this.#initializers = {
      beta: resolveInitializer("layerNormalization: betaInitializer", options.betaInitializer ?? "zeros"),
      gamma: resolveInitializer("layerNormalization: gammaInitializer", options.gammaInitializer ?? "ones"),
    };
    const regularizer = (option: string, value: RegularizerLike | undefined) =>
      value === undefined ? undefined : resolveRegularizer(`layerNormalization: ${option}`, value);
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
    const weight = (name: "beta" | "gamma") =>
      this.addWeight({
        name,
        shape: [features],
        initializer: this.#initializers[name],
        regularizer: this.#regularizers[name],
      });
    if (this.scale) weight("gamma");
    if (this.center) weight("beta");
  }

  call(input: Tensor): Tensor {
    const x = this.checkedFloatInput(input);
    const options = { axis: -1, keepDims: true };
    const average = mean(x, options);
    // The mean of what is centered is 0, so no gradient flows from the variance into the mean.
    const variance = mean(square(subtract(x, stopGradient(average))), options);
    const normalized = multiply(subtract(x, average), rsqrt(add(variance, this.epsilon)));
    const scaled = this.scale ? multiply(normalized, this.weight("gamma")) : normalized;
    return this.center ? add(scaled, this.weight("beta")) : scaled;
  }

  override config(): Configuration {
    return {
      ...super.config(),
      epsilon: this.epsilon,
      center: this.center,
      scale: this.scale,
      betaInitializer: serialize(this.#initializers.beta),
      gammaInitializer: serialize(this.#initializers.gamma),
      ...serializeOptional("betaRegularizer", this.#regularizers.beta),
      ...serializeOptional("gammaRegularizer", this.#regularizers.gamma),
    };
  }
}

/**
 * Normalizes the features of each example; input and output `[batch, ..., features]`.
 *
 * @example
 * layers.layerNormalization({ epsilon: 1e-5 });
 */
export function layerNormalization(options?: LayerNormalizationOptions): LayerNormalization {
  return new LayerNormalization(options);
}
