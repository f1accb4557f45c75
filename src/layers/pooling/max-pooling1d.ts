/**
 * MaxPooling1d: out[b, t, c] = the largest of in[b, t·s + k - p, c] over the window's k; padding does not count.
 *
 * Input `[batch, length, channels]`, output `[batch, outLength, channels]`; no weights.
 */
import { maxPool1d } from "../../ops/pooling1d.ts";
import { sequences } from "../../ops/spatial.ts";
import type { Tensor } from "../../tensor/tensor.ts";
import { type Pooling1dOptions, PoolingLayer } from "./pooling-layer.ts";

/** The largest value of each window. Made by `maxPooling1d`. */
export class MaxPooling1d extends PoolingLayer<readonly [length: number]> {
  static readonly className = "maxPooling1d";
  readonly className = MaxPooling1d.className;

  constructor(options: Pooling1dOptions = {}) {
    super("maxPooling1d", options, sequences);
  }

  call(x: Tensor): Tensor {
    const { poolSize, strides, padding } = this;
    return maxPool1d(this.checkedFloatInput(x), { poolSize: poolSize[0], strides: strides[0], padding });
  }
}

/**
 * The largest value of each window: `[batch, length, channels]` to `[batch, outLength, channels]`.
 *
 * @example
 * layers.maxPooling1d({ poolSize: 2 }).outputShape([100, 16]); // [50, 16]
 */
export function maxPooling1d(options?: Pooling1dOptions): MaxPooling1d {
  return new MaxPooling1d(options);
}
