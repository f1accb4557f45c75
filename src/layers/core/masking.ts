/**
 * Masking leaves out the steps of sequences whose features all equal one value, as padding does:
 *
 *   mask[b, t] = any over f of in[b, t, f] ≠ maskValue,   out[b, t, f] = in[b, t, f] where mask[b, t], else 0
 *
 * Input and output `[batch, time, features]`; the layers behind it see the mask. No weights.
 */
import { checkNumber } from "../../graph/options.ts";
import type { Configuration } from "../../graph/registry.ts";
import { notEqual, where } from "../../ops/elementwise.ts";
import { expandDims } from "../../ops/movement.ts";
import { any } from "../../ops/reduce.ts";
import type { Tensor } from "../../tensor/tensor.ts";
import { checkLayerOptions, Layer, type LayerOptions } from "../layer.ts";

export interface MaskingOptions extends LayerOptions {
  /** What all features of a step that does not count are equal to; default 0. */
  maskValue?: number;
}

/** The origin of masks for sequences of features. Made by `masking`. */
export class Masking extends Layer {
  static readonly className = "masking";
  readonly className = Masking.className;
  override readonly supportsMasking = true;
  readonly maskValue: number;

  constructor(options: MaskingOptions = {}) {
    checkLayerOptions("masking", options, { maskValue: true });
    super("masking", options);
    const { maskValue = 0 } = options;
    checkNumber("masking", "maskValue", maskValue);
    this.maskValue = maskValue;
    this.setInputRequirement({ minimumRank: 1, axes: "[..., features]" });
  }

  call(x: Tensor): Tensor {
    const input = this.checkedFloatInput(x);
    return where(expandDims(this.#mask(input), -1), input, 0);
  }

  override computeMask([x]: readonly Tensor[]): Tensor {
    return this.#mask(this.checkedFloatInput(x as Tensor));
  }

  #mask(x: Tensor): Tensor {
    return any(notEqual(x, this.maskValue), { axis: -1 });
  }

  override config(): Configuration {
    return { ...super.config(), maskValue: this.maskValue };
  }
}

/**
 * Leaves out steps whose features all equal `maskValue`; input and output `[batch, time, features]`.
 *
 * @throws If `maskValue` is no finite number.
 * @example
 * sequential([layers.masking({ inputShape: [20, 3] }), layers.lstm({ units: 16 }), layers.dense({ units: 1 })]);
 */
export function masking(options?: MaskingOptions): Masking {
  return new Masking(options);
}
