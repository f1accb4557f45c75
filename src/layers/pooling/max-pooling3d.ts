/**
 * MaxPooling3d: out[b, z, y, x, c] = the largest of in[b, z·s + kz - p, y·s + ky - p, x·s + kx - p, c] over the window's kz, ky, kx;
 * padding does not count.
 *
 * Input `[batch, depth, height, width, channels]`, output `[batch, outDepth, outHeight, outWidth, channels]`; no weights.
 */
import { maxPool3d } from "../../ops/pooling3d.ts";
import { volumes } from "../../ops/spatial.ts";
import type { Tensor } from "../../tensor/tensor.ts";
import { type Pooling3dOptions, PoolingLayer } from "./pooling-layer.ts";

/** The largest value of each window. Made by `maxPooling3d`. */
export class MaxPooling3d extends PoolingLayer<readonly [depth: number, height: number, width: number]> {
  static readonly className = "maxPooling3d";
  readonly className = MaxPooling3d.className;

  constructor(options: Pooling3dOptions = {}) {
    super("maxPooling3d", options, volumes);
  }

  call(x: Tensor): Tensor {
    const { poolSize, strides, padding } = this;
    return maxPool3d(this.checkedFloatInput(x), { poolSize, strides, padding });
  }
}

/**
 * The largest value of each window: `[batch, depth, height, width, channels]` to `[batch, outDepth, outHeight, outWidth, channels]`.
 *
 * @throws If a size is not a positive integer, or an option is unknown.
 * @example
 * layers.maxPooling3d({ poolSize: 2 }).outputShape([16, 28, 28, 16]); // [8, 14, 14, 16]
 */
export function maxPooling3d(options?: Pooling3dOptions): MaxPooling3d {
  return new MaxPooling3d(options);
}
