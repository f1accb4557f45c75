/**
 * RMSNormalization keeps the root mean square of each example's features near 1, without centering them:
 *
 *   out[..., c] = scale[c] · in[..., c] / √(mean over c of in[..., c]² + epsilon)
 *
 * Input and output `[batch, ..., features]`; the weight `scale` is `[features]`. Zhang and Sennrich, "Root mean square layer
 * normalization" (2019).
 */
import { checkNumber } from "../graph/options.ts";
import { type Configuration, serialize } from "../graph/registry.ts";
import type { Shape } from "../graph/shape.ts";
import { type InitializerLike, resolveInitializer } from "../initializers/index.ts";
import type { Initializer } from "../initializers/initializer.ts";
import { add, multiply, rsqrt, square } from "../ops/elementwise.ts";
import { mean } from "../ops/reduce.ts";
import { type RegularizerLike, resolveRegularizer } from "../regularizers/index.ts";
import type { Regularizer } from "../regularizers/regularizer.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { checkLayerOptions, Layer, type LayerOptions, serializeOptional } from "./layer.ts";

export interface RMSNormalizationOptions extends LayerOptions {
  /** Added to the mean square, above 0; default 1e-6. */
  epsilon?: number;
  /** Default `"ones"`. */
  scaleInitializer?: InitializerLike;
  /** A penalty on `scale`; default none. */
  scaleRegularizer?: RegularizerLike;
}

/** Normalization by the root mean square of the features. Made by `rmsNormalization`. */
export class RMSNormalization extends Layer {
  static readonly className = "rmsNormalization";
  readonly className = RMSNormalization.className;
  readonly epsilon: number;
  readonly scaleInitializer: Initializer;
  readonly scaleRegularizer: Regularizer | undefined;

  constructor(options: RMSNormalizationOptions = {}) {
    checkLayerOptions("rmsNormalization", options, { epsilon: true, scaleInitializer: true, scaleRegularizer: true });
    super("rmsNormalization", options);
    const { epsilon = 1e-6, scaleInitializer = "ones", scaleRegularizer } = options;
    checkNumber("rmsNormalization", "epsilon", epsilon, { above: 0 });
    this.epsilon = epsilon;
    this.scaleInitializer = resolveInitializer("rmsNormalization: scaleInitializer", scaleInitializer);
    this.scaleRegularizer =
      scaleRegularizer && resolveRegularizer("rmsNormalization: scaleRegularizer", scaleRegularizer);
    this.setInputRequirement({ minimumRank: 1, axes: "[..., features]" });
  }

  override build(inputShape: Shape): void {
    super.build(inputShape);
    const features = inputShape.at(-1) as number;
    this.setInputRequirement({ lastAxis: features });
    this.addWeight({
      name: "scale",
      shape: [features],
      initializer: this.scaleInitializer,
      regularizer: this.scaleRegularizer,
    });
  }

  call(input: Tensor): Tensor {
    const x = this.checkedFloatInput(input);
    const meanSquare = mean(square(x), { axis: -1, keepDims: true });
    return multiply(multiply(x, rsqrt(add(meanSquare, this.epsilon))), this.weight("scale"));
  }

  override config(): Configuration {
    return {
      ...super.config(),
      epsilon: this.epsilon,
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
