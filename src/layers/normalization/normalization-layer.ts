/** What normalizations share: the least variance, and a scale and shift learned for each feature afterwards. */
import type { ConstraintLike } from "../../constraints/index.ts";
import { checkBoolean, checkNumber, type OptionNames } from "../../graph/options.ts";
import type { Configuration } from "../../graph/registry.ts";
import type { Shape } from "../../graph/shape.ts";
import type { InitializerLike } from "../../initializers/index.ts";
import { add, multiply, rsqrt } from "../../ops/elementwise.ts";
import type { RegularizerLike } from "../../regularizers/index.ts";
import type { Tensor } from "../../tensor/tensor.ts";
import { Layer, type LayerOptions } from "../layer.ts";
import { WeightSettings } from "../weight-settings.ts";

export interface NormalizationLayerOptions extends LayerOptions {
  /** Added to the variance, or to the mean square, before its root is divided by; above 0. */
  epsilon?: number;
}

/** Divides by a root of features' squares. A subclass creates its weights in `build`. */
export abstract class NormalizationLayer extends Layer {
  override readonly supportsMasking = true;
  readonly epsilon: number;

  /** @param axes What the input's axes are called in messages. */
  constructor(className: string, options: LayerOptions, epsilon: number, axes = "[..., features]") {
    super(className, options);
    checkNumber(className, "epsilon", epsilon, { above: 0 });
    this.epsilon = epsilon;
    this.setInputRequirement({ minimumRank: 1, axes });
  }

  override build(inputShape: Shape): void {
    super.build(inputShape);
    this.addFeatureWeights(this.featureShape(inputShape));
  }

  /** The shape of the weights, which inputs are held to from now on: `[features]`. */
  protected featureShape(inputShape: Shape): Shape {
    const features = inputShape.at(-1) as number;
    this.setInputRequirement({ lastAxis: features });
    return [features];
  }

  /** Creates the weights, each of one shape: `[features]`, or as the features' axes have it. */
  protected abstract addFeatureWeights(shape: Shape): void;

  /** 1 / √(square + epsilon) */
  protected inverseRoot(square: Tensor): Tensor {
    return rsqrt(add(square, this.epsilon));
  }

  override config(): Configuration {
    return { ...super.config(), epsilon: this.epsilon };
  }
}

/** Options of normalizations with a learned scale `gamma` and shift `beta`. */
export interface AffineNormalizationOptions extends NormalizationLayerOptions {
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
  /** A condition that each update of `beta` restores; default none. */
  betaConstraint?: ConstraintLike;
  /** A condition that each update of `gamma` restores; default none. */
  gammaConstraint?: ConstraintLike;
}

/** For `checkLayerOptions`: the names of these options. */
export const affineNormalizationOptionNames: OptionNames<Omit<AffineNormalizationOptions, keyof LayerOptions>> = {
  epsilon: true,
  center: true,
  scale: true,
  betaInitializer: true,
  gammaInitializer: true,
  betaRegularizer: true,
  gammaRegularizer: true,
  betaConstraint: true,
  gammaConstraint: true,
};

/** A normalization with the weights `gamma` and `beta`, `[features]`, where they are asked for. */
export abstract class AffineNormalization extends NormalizationLayer {
  readonly center: boolean;
  readonly scale: boolean;
  readonly #beta: WeightSettings;
  readonly #gamma: WeightSettings;

  constructor(className: string, options: AffineNormalizationOptions, axes?: string) {
    const { epsilon = 1e-3, center = true, scale = true } = options;
    super(className, options, epsilon, axes);
    checkBoolean(className, "center", center);
    checkBoolean(className, "scale", scale);
    this.center = center;
    this.scale = scale;
    this.#beta = new WeightSettings(className, "beta", options, "zeros");
    this.#gamma = new WeightSettings(className, "gamma", options, "ones");
  }

  protected addFeatureWeights(shape: Shape): void {
    if (this.scale) this.addWeight({ name: "gamma", shape, ...this.#gamma });
    if (this.center) this.addWeight({ name: "beta", shape, ...this.#beta });
  }

  /** gamma · normalized + beta, as far as there are such. @param spread Makes weights broadcast to the result. */
  protected scaleAndShift(normalized: Tensor, spread = (weight: Tensor) => weight): Tensor {
    const scaled = this.scale ? multiply(normalized, spread(this.weight("gamma"))) : normalized;
    return this.center ? add(scaled, spread(this.weight("beta"))) : scaled;
  }

  override config(): Configuration {
    const { center, scale } = this;
    return { ...super.config(), center, scale, ...this.#beta.config(), ...this.#gamma.config() };
  }
}
