/**
 * SoftShrink: out = in - threshold where in > threshold, in + threshold where in < -threshold, else 0.
 *
 * Input and output of any shape; no weights.
 */
import { checkNumber } from "../../graph/options.ts";
import type { Configuration } from "../../graph/registry.ts";
import { softShrink as softShrinkOf } from "../../ops/piecewise-activations.ts";
import type { Tensor } from "../../tensor/tensor.ts";
import { checkLayerOptions, Layer, type LayerOptions } from "../layer.ts";

export interface SoftShrinkOptions extends LayerOptions {
  /** How much nearer to 0 inputs come, at least 0; default 0.5. */
  threshold?: number;
}

/** Everything nearer to 0 by a threshold, and 0 what that reaches. Made by `softShrink`. */
export class SoftShrink extends Layer {
  static readonly className = "softShrink";
  readonly className = SoftShrink.className;
  override readonly supportsMasking = true;
  readonly threshold: number;

  constructor(options: SoftShrinkOptions = {}) {
    checkLayerOptions("softShrink", options, { threshold: true });
    super("softShrink", options);
    const { threshold = 0.5 } = options;
    checkNumber("softShrink", "threshold", threshold, { minimum: 0 });
    this.threshold = threshold;
  }

  call(x: Tensor): Tensor {
    return softShrinkOf(this.checkedFloatInput(x), { threshold: this.threshold });
  }

  override config(): Configuration {
    return { ...super.config(), threshold: this.threshold };
  }
}

/**
 * Everything nearer to 0 by a threshold, and 0 what that reaches.
 *
 * @throws If `threshold` is not a number of at least 0.
 * @example
 * layers.softShrink({ threshold: 0.1 });
 */
export function softShrink(options?: SoftShrinkOptions): SoftShrink {
  return new SoftShrink(options);
}
