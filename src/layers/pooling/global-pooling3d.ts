/**
 * Global pooling of volumes: one value for each channel, the mean or the largest over depth, height and width.
 *
 * Input `[batch, depth, height, width, channels]`, output `[batch, channels]`, or `[batch, 1, 1, 1, channels]` with `keepDims`; no weights.
 */
import { max, mean } from "../../ops/reduce.ts";
import { volumes } from "../../ops/spatial.ts";
import type { Tensor } from "../../tensor/tensor.ts";
import { GlobalPooling, type GlobalPoolingOptions } from "./global-pooling.ts";

/** out[b, c] = the mean of in[b, z, y, x, c] over z, y, x. */
export class GlobalAveragePooling3d extends GlobalPooling {
  static readonly className = "globalAveragePooling3d";
  readonly className = GlobalAveragePooling3d.className;

  constructor(options: GlobalPoolingOptions = {}) {
    super("globalAveragePooling3d", options, volumes);
  }

  call(x: Tensor): Tensor {
    return mean(this.checkedFloatInput(x), this.reduction);
  }
}

/** out[b, c] = the largest of in[b, z, y, x, c] over z, y, x. */
export class GlobalMaxPooling3d extends GlobalPooling {
  static readonly className = "globalMaxPooling3d";
  readonly className = GlobalMaxPooling3d.className;

  constructor(options: GlobalPoolingOptions = {}) {
    super("globalMaxPooling3d", options, volumes);
  }

  call(x: Tensor): Tensor {
    return max(this.checkedFloatInput(x), this.reduction);
  }
}

/**
 * The mean of each channel over depth, height and width.
 *
 * @example
 * layers.globalAveragePooling3d().outputShape([4, 7, 7, 64]); // [64]
 */
export function globalAveragePooling3d(options?: GlobalPoolingOptions): GlobalAveragePooling3d {
  return new GlobalAveragePooling3d(options);
}

/**
 * The largest value of each channel over depth, height and width.
 *
 * @example
 * layers.globalMaxPooling3d().outputShape([4, 7, 7, 64]); // [64]
 */
export function globalMaxPooling3d(options?: GlobalPoolingOptions): GlobalMaxPooling3d {
  return new GlobalMaxPooling3d(options);
}
