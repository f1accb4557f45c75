/**
 * LayerNormalization keeps each example's features near mean 0 and variance 1, in training and inference alike:
 *
 *   out[..., c] = gamma[c] · (in[..., c] - mean) / √(variance + epsilon) + beta[c]
 *
 * with mean and variance over the last axis, or those given, such as 1, 2 and 3 for whole images. Input and output
 * `[batch, ..., features]`; weights `gamma` and `beta`, each `[features]`, or with an axis for each one given. Ba, Kiros and Hinton (2016).
 */
import type { Configuration } from "../../graph/registry.ts";
import type { Shape } from "../../graph/shape.ts";
import { multiply, square, subtract } from "../../ops/elementwise.ts";
import { mean } from "../../ops/reduce.ts";
import type { Tensor } from "../../tensor/tensor.ts";
import { checkLayerOptions } from "../layer.ts";
import { FeatureAxes, type FeatureAxesOptions } from "./feature-axes.ts";
import {
  AffineNormalization,
  type AffineNormalizationOptions,
  affineNormalizationOptionNames,
} from "./normalization-layer.ts";

export interface LayerNormalizationOptions extends AffineNormalizationOptions, FeatureAxesOptions {}

/** Normalization over the features of each example. Made by `layerNormalization`. */
export class LayerNormalization extends AffineNormalization {
  static readonly className = "layerNormalization";
  readonly className = LayerNormalization.className;

  readonly #axes: FeatureAxes;

  constructor(options: LayerNormalizationOptions = {}) {
    checkLayerOptions("layerNormalization", options, { ...affineNormalizationOptionNames, axis: true });
    super("layerNormalization", options);
    this.#axes = new FeatureAxes("layerNormalization", options.axis);
  }

  protected override checkShape(shape: Shape): void {
    super.checkShape(shape);
    this.#axes.check(this.path, shape);
  }

  protected override featureShape(inputShape: Shape): Shape {
    return this.#axes.build(this.path, inputShape);
  }

  call(input: Tensor): Tensor {
    const x = this.checkedFloatInput(input);
    const options = { axis: this.#axes.axis, keepDims: true };
    const centered = subtract(x, mean(x, options));
    const variance = mean(square(centered), options);
    const spread = (weight: Tensor) => this.#axes.spread(this.path, weight, x);
    return this.scaleAndShift(multiply(centered, this.inverseRoot(variance)), spread);
  }

  override config(): Configuration {
    return { ...super.config(), axis: this.#axes.axis };
  }
}

/**
 * Normalizes the features of each example; input and output `[batch, ..., features]`.
 *
 * @throws If an option is out of range; when it is built, if an axis is the batch's or not there.
 * @example
 * layers.layerNormalization({ epsilon: 1e-5 });
 */
export function layerNormalization(options?: LayerNormalizationOptions): LayerNormalization {
  return new LayerNormalization(options);
}
