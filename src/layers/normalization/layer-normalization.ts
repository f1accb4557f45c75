/**
 * LayerNormalization keeps each example's features near mean 0 and variance 1, in training and inference alike:
 *
 *   out[..., c] = gamma[c] · (in[..., c] - mean) / √(variance + epsilon) + beta[c]
 *
 * with mean and variance over the last axis. Input and output `[batch, ..., features]`; weights `gamma` and `beta`, each
 * `[features]`. Ba, Kiros and Hinton (2016).
 */
import { multiply, square, subtract } from "../../ops/elementwise.ts";
import { mean } from "../../ops/reduce.ts";
import type { Tensor } from "../../tensor/tensor.ts";
import { checkLayerOptions } from "../layer.ts";
import {
  AffineNormalization,
  type AffineNormalizationOptions,
  affineNormalizationOptionNames,
} from "./normalization-layer.ts";

export interface LayerNormalizationOptions extends AffineNormalizationOptions {}

/** Normalization over the features of each example. Made by `layerNormalization`. */
export class LayerNormalization extends AffineNormalization {
  static readonly className = "layerNormalization";
  readonly className = LayerNormalization.className;

  constructor(options: LayerNormalizationOptions = {}) {
    checkLayerOptions("layerNormalization", options, affineNormalizationOptionNames);
    super("layerNormalization", options);
  }

  call(input: Tensor): Tensor {
    const x = this.checkedFloatInput(input);
    const options = { axis: -1, keepDims: true };
    const centered = subtract(x, mean(x, options));
    const variance = mean(square(centered), options);
    return this.scaleAndShift(multiply(centered, this.inverseRoot(variance)));
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
