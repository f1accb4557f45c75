/**
 * MaxPooling2d: out[b, y, x, c] = the largest of in[b, y·s + ky - p, x·s + kx - p, c] over the window's ky, kx; padding does
 * not count.
 *
 * Input `[batch, height, width, channels]`, output `[batch, outHeight, outWidth, channels]`; no weights.
 */
import { maxPool2d } from "../../ops/pooling.ts";
import { images } from "../../ops/spatial.ts";
import type { Tensor } from "../../tensor/tensor.ts";
import { PoolingLayer, type PoolingOptions } from "./pooling-layer.ts";

/** The largest value of each window. Made by `maxPooling2d`. */
export class MaxPooling2d extends PoolingLayer<readonly [height: number, width: number]> {
  static readonly className = "maxPooling2d";
  readonly className = MaxPooling2d.className;

  constructor(options: PoolingOptions = {}) {
    super("maxPooling2d", options, images);
  }

  call(x: Tensor): Tensor {
    const { poolSize, strides, padding } = this;
    return maxPool2d(this.checkedFloatInput(x), { poolSize, strides, padding });
  }
}

/**
 * The largest value of each window: `[batch, height, width, channels]` to `[batch, outHeight, outWidth, channels]`.
 *
 * @example
 * layers.maxPooling2d({ poolSize: 2 }).outputShape([28, 28, 32]); // [14, 14, 32]
 */
export function maxPooling2d(options?: PoolingOptions): MaxPooling2d {
  return new MaxPooling2d(options);
}
