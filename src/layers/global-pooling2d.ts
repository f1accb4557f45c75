/**
 * Global pooling: one value for each channel of an image, the mean or the largest over height and width.
 *
 * Input `[batch, height, width, channels]`, output `[batch, channels]`, or `[batch, 1, 1, channels]` with `keepDims`; no weights.
 * Lin, Chen and Yan, "Network in network" (2013).
 */
import { checkBoolean } from "../graph/options.ts";
import type { Configuration } from "../graph/registry.ts";
import type { Shape } from "../graph/shape.ts";
import { max, mean } from "../ops/reduce.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { checkLayerOptions, Layer, type LayerOptions } from "./layer.ts";

export interface GlobalPoolingOptions extends LayerOptions {
  /** Keep height and width as axes of size 1; default false. */
  keepDims?: boolean;
}

abstract class GlobalPooling2d extends Layer {
  readonly keepDims: boolean;

  constructor(className: string, options: GlobalPoolingOptions) {
    checkLayerOptions(className, options, { keepDims: true });
    super(className, options);
    const { keepDims = false } = options;
    checkBoolean(className, "keepDims", keepDims);
    this.keepDims = keepDims;
    this.setInputRequirement({ rank: 3, axes: "[height, width, channels]" });
  }

  override outputShape(inputShape: Shape): Shape {
    this.checkShape(inputShape);
    const channels = inputShape[2] as number;
    return this.keepDims ? [1, 1, channels] : [channels];
  }

  override config(): Configuration {
    return { ...super.config(), keepDims: this.keepDims };
  }
}

/** out[b, c] = the mean of in[b, y, x, c] over y and x. */
export class GlobalAveragePooling2d extends GlobalPooling2d {
  static readonly className = "globalAveragePooling2d";
  readonly className = GlobalAveragePooling2d.className;

  constructor(options: GlobalPoolingOptions = {}) {
    super("globalAveragePooling2d", options);
  }

  call(x: Tensor): Tensor {
    return mean(this.checkedFloatInput(x), { axis: [1, 2], keepDims: this.keepDims });
  }
}

/** out[b, c] = the largest of in[b, y, x, c] over y and x. */
export class GlobalMaxPooling2d extends GlobalPooling2d {
  static readonly className = "globalMaxPooling2d";
  readonly className = GlobalMaxPooling2d.className;

  constructor(options: GlobalPoolingOptions = {}) {
    super("globalMaxPooling2d", options);
  }

  call(x: Tensor): Tensor {
    return max(this.checkedFloatInput(x), { axis: [1, 2], keepDims: this.keepDims });
  }
}

/**
 * The mean of each channel.
 *
 * @example
 * layers.globalAveragePooling2d(); // [batch, 7, 7, 64] -> [batch, 64]
 */
export function globalAveragePooling2d(options?: GlobalPoolingOptions): GlobalAveragePooling2d {
  return new GlobalAveragePooling2d(options);
}

/**
 * The largest value of each channel.
 *
 * @example
 * layers.globalMaxPooling2d(); // [batch, 7, 7, 64] -> [batch, 64]
 */
export function globalMaxPooling2d(options?: GlobalPoolingOptions): GlobalMaxPooling2d {
  return new GlobalMaxPooling2d(options);
}
