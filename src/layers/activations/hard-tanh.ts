/**
 * HardTanh: out = min(max(in, minValue), maxValue), with the slope 0 at both ends.
 *
 * Input and output of any shape; no weights.
 */
import { checkNumber } from "../../graph/options.ts";
import type { Configuration } from "../../graph/registry.ts";
import { hardTanh as hardTanhOf } from "../../ops/piecewise-activations.ts";
import type { Tensor } from "../../tensor/tensor.ts";
import { checkLayerOptions, Layer, type LayerOptions } from "../layer.ts";

export interface HardTanhOptions extends LayerOptions {
  /** The least result; default -1. */
  minValue?: number;
  /** The largest result, above `minValue`; default 1. */
  maxValue?: number;
}

/** What lies between two limits, and the limits beyond. Made by `hardTanh`. */
export class HardTanh extends Layer {
  static readonly className = "hardTanh";
  readonly className = HardTanh.className;
  override readonly supportsMasking = true;
  readonly minValue: number;
  readonly maxValue: number;

  constructor(options: HardTanhOptions = {}) {
    checkLayerOptions("hardTanh", options, { minValue: true, maxValue: true });
    super("hardTanh", options);
    const { minValue = -1, maxValue = 1 } = options;
    checkNumber("hardTanh", "minValue", minValue);
    checkNumber("hardTanh", "maxValue", maxValue, { above: minValue });
    this.minValue = minValue;
    this.maxValue = maxValue;
  }

  call(x: Tensor): Tensor {
    return hardTanhOf(this.checkedFloatInput(x), { minValue: this.minValue, maxValue: this.maxValue });
  }

  override config(): Configuration {
    return { ...super.config(), minValue: this.minValue, maxValue: this.maxValue };
  }
}

/**
 * What lies between two limits, and the limits beyond.
 *
 * @throws If a limit is no number, or `maxValue` is not above `minValue`.
 * @example
 * layers.hardTanh({ minValue: 0, maxValue: 6 });
 */
export function hardTanh(options?: HardTanhOptions): HardTanh {
  return new HardTanh(options);
}
