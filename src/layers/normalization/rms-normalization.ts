/**
 * RMSNormalization keeps the root mean square of each example's features near 1, without centering them:
 *
 *   out[..., c] = scale[c] · in[..., c] / √(mean over c of in[..., c]² + epsilon)
 *
 * Input and output `[batch, ..., features]`; the weight `scale` is `[features]`. Zhang and Sennrich, "Root mean square layer
 * normalization" (2019).
 */
import { type Configuration, serialize } from "../../graph/registry.ts";
import type { Shape } from "../../graph/shape.ts";
import { type InitializerLike, resolveInitializer } from "../../initializers/index.ts";
import type { Initializer } from "../../initializers/initializer.ts";
import { multiply, square } from "../../ops/elementwise.ts";
import { mean } from "../../ops/reduce.ts";
import { type RegularizerLike, resolveRegularizer } from "../../regularizers/index.ts";
import type { Regularizer } from "../../regularizers/regularizer.ts";
import type { Tensor } from "../../tensor/tensor.ts";
import { checkLayerOptions, serializeOptional } from "../layer.ts";
import { NormalizationLayer, type NormalizationLayerOptions } from "./normalization-layer.ts";

export interface RMSNormalizationOptions extends NormalizationLayerOptions {
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
  readonly scaleInitializer: Initializer;
  readonly scaleRegularizer: Regularizer | undefined;

  constructor(options: RMSNormalizationOptions = {}) {
    checkLayerOptions("rmsNormalization", options, { epsilon: true, scaleInitializer: true, scaleRegularizer: true });
    const { epsilon = 1e-6, scaleInitializer = "ones", scaleRegularizer } = options;
    super("rmsNormalization", options, epsilon);
    this.scaleInitializer = resolveInitializer("rmsNormalization: scaleInitializer", scaleInitializer);
    this.scaleRegularizer =
      scaleRegularizer && resolveRegularizer("rmsNormalization: scaleRegularizer", scaleRegularizer);
  }

  protected addFeatureWeights(shape: Shape): void {
    this.addWeight({
      name: "scale",
      shape,
      initializer: this.scaleInitializer,
      regularizer: this.scaleRegularizer,
    });
  }

  call(input: Tensor): Tensor {
    const x = this.checkedFloatInput(input);
    const meanSquare = mean(square(x), { axis: -1, keepDims: true });
    return multiply(multiply(x, this.inverseRoot(meanSquare)), this.weight("scale"));
  }

  override config(): Configuration {
    return {
      ...super.config(),
      scaleInitializer: serialize(this.scaleInitializer),
      ...serializeOptional("scaleRegularizer", this.scaleRegularizer),
    };
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
