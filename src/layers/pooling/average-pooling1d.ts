/**
 * AveragePooling1d: out[b, t, c] = the mean of in[b, t·s + k - p, c] over those of the window's k that lie in the sequence; padding
 * does not count.
 *
 * Input `[batch, length, channels]`, output `[batch, outLength, channels]`; no weights.
 */
import { averagePool1d } from "../../ops/pooling1d.ts";
import { sequences } from "../../ops/spatial.ts";
import type { Tensor } from "../../tensor/tensor.ts";
import { type Pooling1dOptions, PoolingLayer } from "./pooling-layer.ts";

/** The mean of each window. Made by `averagePooling1d`. */
export class AveragePooling1d extends PoolingLayer<readonly [length: number]> {
  static readonly className = "averagePooling1d";
  readonly className = AveragePooling1d.className;

  constructor(options: Pooling1dOptions = {}) {
    super("averagePooling1d", options, sequences);
  }

  call(x: Tensor): Tensor {
    const { poolSize, strides, padding } = this;
    return averagePool1d(this.checkedFloatInput(x), { poolSize: poolSize[0], strides: strides[0], padding });
  }
}

/**
 * The mean of each window: `[batch, length, channels]` to `[batch, outLength, channels]`.
 *
 * @example
 * layers.averagePooling1d({ poolSize: 3, strides: 2, padding: "same" }).outputShape([7, 4]); // [4, 4]
 */
export function averagePooling1d(options?: Pooling1dOptions): AveragePooling1d {
  return new AveragePooling1d(options);
}
