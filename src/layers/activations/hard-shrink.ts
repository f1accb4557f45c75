/**
 * HardShrink: out = in where |in| > threshold, else 0.
 *
 * Input and output of any shape; no weights.
 */
import { checkNumber } from "../../graph/options.ts";
import type { Configuration } from "../../graph/registry.ts";
import { hardShrink as hardShrinkOf } from "../../ops/piecewise-activations.ts";
import type { Tensor } from "../../tensor/tensor.ts";
import { checkLayerOptions, Layer, type LayerOptions } from "../layer.ts";

export interface HardShrinkOptions extends LayerOptions {
  /** Up to which size inputs become 0, at least 0; default 0.5. */
  threshold?: number;
}

/** Zero in place of what is small. Made by `hardShrink`. */
export class HardShrink extends Layer {
  static readonly className = "hardShrink";
  readonly className = HardShrink.className;
  override readonly supportsMasking = true;
  readonly threshold: number;

  constructor(options: HardShrinkOptions = {}) {
    checkLayerOptions("hardShrink", options, { threshold: true });
    super("hardShrink", options);
    const { threshold = 0.5 } = options;
    checkNumber("hardShrink", "threshold", threshold, { minimum: 0 });
    this.threshold = threshold;
  }

  call(x: Tensor): Tensor {
    return hardShrinkOf(this.checkedFloatInput(x), { threshold: this.threshold });
  }

  override config(): Configuration {
    return { ...super.config(), threshold: this.threshold };
  }
}

/**
 * Zero in place of what is small.
 *
 * @throws If `threshold` is not a number of at least 0.
 * @example
 * layers.hardShrink({ threshold: 0.1 });
 */
export function hardShrink(options?: HardShrinkOptions): HardShrink {
  return new HardShrink(options);
}
