/**
 * Global pooling of sequences: one value for each channel, the mean or the largest over all steps.
 *
 * Input `[batch, length, channels]`, output `[batch, channels]`, or `[batch, 1, channels]` with `keepDims`; no weights.
 */
import { cast, divide, maximum, where } from "../../ops/elementwise.ts";
import { max, mean, sum } from "../../ops/reduce.ts";
import { sequences } from "../../ops/spatial.ts";
import type { Tensor } from "../../tensor/tensor.ts";
import type { CallContext } from "../layer.ts";
import { checkedMask, type Mask, maskOfRank } from "../mask.ts";
import { GlobalPooling, type GlobalPoolingOptions } from "./global-pooling.ts";

export type GlobalPooling1dOptions = GlobalPoolingOptions;

/** out[b, c] = the mean of in[b, t, c] over t, over those that count where there is a mask; 0 where none does. */
export class GlobalAveragePooling1d extends GlobalPooling {
  static readonly className = "globalAveragePooling1d";
  readonly className = GlobalAveragePooling1d.className;
  override readonly supportsMasking = true;

  constructor(options: GlobalPooling1dOptions = {}) {
    super("globalAveragePooling1d", options, sequences);
  }

  call(input: Tensor, { masks: [given] = [] }: CallContext): Tensor {
    const x = this.checkedFloatInput(input);
    const options = this.reduction;
    const mask = checkedMask(this.path, given, x);
    if (!mask) return mean(x, options);
    const kept = maskOfRank(mask, 3);
    const steps = maximum(sum(cast(kept, "float32"), options), 1);
    return divide(sum(where(kept, x, 0), options), steps);
  }

  /** None: there are no steps any more. */
  override computeMask(): Mask {
    return undefined;
  }
}

/** out[b, c] = the largest of in[b, t, c] over t. */
export class GlobalMaxPooling1d extends GlobalPooling {
  static readonly className = "globalMaxPooling1d";
  readonly className = GlobalMaxPooling1d.className;

  constructor(options: GlobalPooling1dOptions = {}) {
    super("globalMaxPooling1d", options, sequences);
  }

  call(x: Tensor): Tensor {
    return max(this.checkedFloatInput(x), this.reduction);
  }
}

/**
 * The mean of each channel over all steps.
 *
 * @example
 * layers.globalAveragePooling1d().outputShape([128, 64]); // [64]
 */
export function globalAveragePooling1d(options?: GlobalPooling1dOptions): GlobalAveragePooling1d {
  return new GlobalAveragePooling1d(options);
}

/**
 * The largest value of each channel over all steps.
 *
 * @example
 * layers.globalMaxPooling1d().outputShape([128, 64]); // [64]
 */
export function globalMaxPooling1d(options?: GlobalPooling1dOptions): GlobalMaxPooling1d {
  return new GlobalMaxPooling1d(options);
}
