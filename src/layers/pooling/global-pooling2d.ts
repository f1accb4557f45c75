/**
 * Global pooling of images: one value for each channel, the mean or the largest over height and width.
 *
 * Input `[batch, height, width, channels]`, output `[batch, channels]`, or `[batch, 1, 1, channels]` with `keepDims`; no weights.
 * Lin, Chen and Yan, "Network in network" (2013).
 */
import { max, mean } from "../../ops/reduce.ts";
import { images } from "../../ops/spatial.ts";
import type { Tensor } from "../../tensor/tensor.ts";
import { GlobalPooling, type GlobalPoolingOptions } from "./global-pooling.ts";

/** out[b, c] = the mean of in[b, y, x, c] over y, x. */
export class GlobalAveragePooling2d extends GlobalPooling {
  static readonly className = "globalAveragePooling2d";
  readonly className = GlobalAveragePooling2d.className;

  constructor(options: GlobalPoolingOptions = {}) {
    super("globalAveragePooling2d", options, images);
  }

  call(x: Tensor): Tensor {
    return mean(this.checkedFloatInput(x), this.reduction);
  }
}

/** out[b, c] = the largest of in[b, y, x, c] over y, x. */
export class GlobalMaxPooling2d extends GlobalPooling {
  static readonly className = "globalMaxPooling2d";
  readonly className = GlobalMaxPooling2d.className;

  constructor(options: GlobalPoolingOptions = {}) {
    super("globalMaxPooling2d", options, images);
  }

  call(x: Tensor): Tensor {
    return max(this.checkedFloatInput(x), this.reduction);
  }
}

/**
 * The mean of each channel over height and width.
 *
 * @example
 * layers.globalAveragePooling2d().outputShape([7, 7, 64]); // [64]
 */
export function globalAveragePooling2d(options?: GlobalPoolingOptions): GlobalAveragePooling2d {
  return new GlobalAveragePooling2d(options);
}

/**
 * The largest value of each channel over height and width.
 *
 * @example
 * layers.globalMaxPooling2d().outputShape([7, 7, 64]); // [64]
 */
export function globalMaxPooling2d(options?: GlobalPoolingOptions): GlobalMaxPooling2d {
  return new GlobalMaxPooling2d(options);
}
