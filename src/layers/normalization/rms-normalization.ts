/**
 * RMSNormalization keeps the root mean square of each example's features near 1, without centering them:
 *
 *   out[..., c] = scale[c] · in[..., c] / √(mean over c of in[..., c]² + epsilon)
 *
 * Input and output `[batch, ..., features]`; the weight `scale` is `[features]`, or has an axis for each one given. Zhang and Sennrich, "Root mean square layer
 * normalization" (2019).
 */
import type { Configuration } from "../../graph/registry.ts";
import type { Shape } from "../../graph/shape.ts";
import type { InitializerLike } from "../../initializers/index.ts";
import { multiply, square } from "../../ops/elementwise.ts";
import { mean } from "../../ops/reduce.ts";
import type { RegularizerLike } from "../../regularizers/index.ts";
import type { Tensor } from "../../tensor/tensor.ts";
import { checkLayerOptions } from "../layer.ts";
import { WeightSettings } from "../weight-settings.ts";
import { FeatureAxes, type FeatureAxesOptions } from "./feature-axes.ts";
import { NormalizationLayer, type NormalizationLayerOptions } from "./normalization-layer.ts";

export interface RMSNormalizationOptions extends NormalizationLayerOptions, FeatureAxesOptions {
  /** Added to the mean square, above 0; default 1e-6. */
  epsilon?: number;
  /** Default `"ones"`. */
  scaleInitializer?: InitializerLike;
  /** A penalty on `scale`; default none. */
  scaleRegularizer?: RegularizerLike;
}

/** Normalization by the root mean square of the features. Made by `rmsNormalization`. */
export class RMSNormalization extends NormalizationLayer {
  static readonly className = "rmsNormalization";
  readonly className = RMSNormalization.className;
  readonly #scale: WeightSettings;

  readonly #axes: FeatureAxes;

  constructor(options: RMSNormalizationOptions = {}) {
    checkLayerOptions("rmsNormalization", options, {
      axis: true,
      epsilon: true,
      scaleInitializer: true,
      scaleRegularizer: true,
    });
    super("rmsNormalization", options, options.epsilon ?? 1e-6);
    this.#axes = new FeatureAxes("rmsNormalization", options.axis);
    this.#scale = new WeightSettings("rmsNormalization", "scale", options, "ones");
  }

  protected override checkShape(shape: Shape): void {
    super.checkShape(shape);
    this.#axes.check(this.path, shape);
  }

  protected override featureShape(inputShape: Shape): Shape {
    return this.#axes.build(this.path, inputShape);
  }

  protected addFeatureWeights(shape: Shape): void {
    this.addWeight({ name: "scale", shape, ...this.#scale });
  }

  call(input: Tensor): Tensor {
    const x = this.checkedFloatInput(input);
    const meanSquare = mean(square(x), { axis: this.#axes.axis, keepDims: true });
    const scale = this.#axes.spread(this.path, this.weight("scale"), x);
    return multiply(multiply(x, this.inverseRoot(meanSquare)), scale);
  }

  override config(): Configuration {
    return { ...super.config(), axis: this.#axes.axis, ...this.#scale.config() };
  }
}

/**
 * Divides the features of each example by their root mean square; input and output `[batch, ..., features]`.
 *
 * @example
 * layers.rmsNormalization({ epsilon: 1e-5 });
 */
export function rmsNormalization(options?: RMSNormalizationOptions): RMSNormalization {
  return new RMSNormalization(options);
}
