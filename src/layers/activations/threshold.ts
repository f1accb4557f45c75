/**
 * Threshold: out = in where in > threshold, else value.
 *
 * Input and output of any shape; no weights.
 */
import { checkNumber } from "../../graph/options.ts";
import type { Configuration } from "../../graph/registry.ts";
import { threshold as thresholdOf } from "../../ops/piecewise-activations.ts";
import type { Tensor } from "../../tensor/tensor.ts";
import { checkLayerOptions, Layer, type LayerOptions } from "../layer.ts";

export interface ThresholdOptions extends LayerOptions {
  /** Above which inputs stay; default 0. */
  threshold?: number;
  /** What the others become; default 0. */
  value?: number;
}

/** One value in place of all that is not above a threshold. Made by `threshold`. */
export class Threshold extends Layer {
  static readonly className = "threshold";
  readonly className = Threshold.className;
  override readonly supportsMasking = true;
  readonly threshold: number;
  readonly value: number;

  constructor(options: ThresholdOptions = {}) {
    checkLayerOptions("threshold", options, { threshold: true, value: true });
    super("threshold", options);
    const { threshold = 0, value = 0 } = options;
    checkNumber("threshold", "threshold", threshold);
    checkNumber("threshold", "value", value);
    this.threshold = threshold;
    this.value = value;
  }

  call(x: Tensor): Tensor {
    return thresholdOf(this.checkedFloatInput(x), { threshold: this.threshold, value: this.value });
  }

  override config(): Configuration {
    return { ...super.config(), threshold: this.threshold, value: this.value };
  }
}

/**
 * One value in place of all that is not above a threshold.
 *
 * @throws If an option is no finite number.
 * @example
 * layers.threshold({ threshold: 0.1, value: -1 });
 */
export function threshold(options?: ThresholdOptions): Threshold {
  return new Threshold(options);
}
