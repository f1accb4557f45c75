/**
 * AveragePooling2d: out[b, y, x, c] = the mean of in[b, y·s + ky - p, x·s + kx - p, c] over those of the window's ky, kx that lie
 * in the image; padding does not count.
 *
 * Input `[batch, height, width, channels]`, output `[batch, outHeight, outWidth, channels]`; no weights.
 */
import { averagePool2d } from "../../ops/pooling.ts";
import { images } from "../../ops/spatial.ts";
import type { Tensor } from "../../tensor/tensor.ts";
import { PoolingLayer, type PoolingOptions } from "./pooling-layer.ts";

/** The mean of each window. Made by `averagePooling2d`. */
export class AveragePooling2d extends PoolingLayer<readonly [height: number, width: number]> {
  static readonly className = "averagePooling2d";
  readonly className = AveragePooling2d.className;

  constructor(options: PoolingOptions = {}) {
    super("averagePooling2d", options, images);
  }

  call(x: Tensor): Tensor {
    const { poolSize, strides, padding } = this;
    return averagePool2d(this.checkedFloatInput(x), { poolSize, strides, padding });
  }
}

/**
 * The mean of each window: `[batch, height, width, channels]` to `[batch, outHeight, outWidth, channels]`.
 *
 * @example
 * layers.averagePooling2d({ poolSize: 3, strides: 2, padding: "same" }).outputShape([7, 8, 4]); // [4, 4, 4]
 */
export function averagePooling2d(options?: PoolingOptions): AveragePooling2d {
  return new AveragePooling2d(options);
}
