/**
 * AveragePooling3d: out[b, z, y, x, c] = the mean of in[b, z·s + kz - p, y·s + ky - p, x·s + kx - p, c] over those of the
 * window's kz, ky, kx that lie in the volume; padding does not count.
 *
 * Input `[batch, depth, height, width, channels]`, output `[batch, outDepth, outHeight, outWidth, channels]`; no weights.
 */
import { averagePool3d } from "../../ops/pooling3d.ts";
import { volumes } from "../../ops/spatial.ts";
import type { Tensor } from "../../tensor/tensor.ts";
import { type Pooling3dOptions, PoolingLayer } from "./pooling-layer.ts";

/** The mean of each window. Made by `averagePooling3d`. */
export class AveragePooling3d extends PoolingLayer<readonly [depth: number, height: number, width: number]> {
  static readonly className = "averagePooling3d";
  readonly className = AveragePooling3d.className;

  constructor(options: Pooling3dOptions = {}) {
    super("averagePooling3d", options, volumes);
  }

  call(x: Tensor): Tensor {
    const { poolSize, strides, padding } = this;
    return averagePool3d(this.checkedFloatInput(x), { poolSize, strides, padding });
  }
}

/**
 * The mean of each window: `[batch, depth, height, width, channels]` to `[batch, outDepth, outHeight, outWidth, channels]`.
 *
 * @throws If a size is not a positive integer, or an option is unknown.
 * @example
 * layers.averagePooling3d({ poolSize: [1, 2, 2] }).outputShape([16, 28, 28, 16]); // [16, 14, 14, 16]
 */
export function averagePooling3d(options?: Pooling3dOptions): AveragePooling3d {
  return new AveragePooling3d(options);
}
