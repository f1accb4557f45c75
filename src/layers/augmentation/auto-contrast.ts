/**
 * AutoContrast stretches each channel of each image, so that its darkest pixel takes the least and its brightest the largest value:
 *
 *   out = (in - min) / (max - min) · (high - low) + low, with [low, high] the valueRange; a channel of one value stays as it is
 *
 * In training and inference. Input `[batch, height, width, channels]`, output float32 of the same shape; no weights.
 */
import type { Configuration } from "../../graph/registry.ts";
import { add, divide, greater, multiply, subtract, where } from "../../ops/elementwise.ts";
import { max, min } from "../../ops/reduce.ts";
import type { Tensor } from "../../tensor/tensor.ts";
import { checkLayerOptions, Layer, type LayerOptions } from "../layer.ts";
import { type Range, valueRangeOf } from "./factor.ts";

export interface AutoContrastOptions extends LayerOptions {
  /** The least and the largest value of a pixel; default `[0, 255]`. */
  valueRange?: Range;
}

/** Images of full contrast. Made by `autoContrast`. */
export class AutoContrast extends Layer {
  static readonly className = "autoContrast";
  readonly className = AutoContrast.className;
  readonly valueRange: Range;

  constructor(options: AutoContrastOptions = {}) {
    checkLayerOptions("autoContrast", options, { valueRange: true });
    super("autoContrast", options);
    this.valueRange = valueRangeOf("autoContrast", options.valueRange ?? [0, 255]);
    this.setInputRequirement({ rank: 3, axes: "[height, width, channels]" });
  }

  call(input: Tensor): Tensor {
    const x = this.checkedFloatInput(input);
    const [low, high] = this.valueRange;
    const least = min(x, { axis: [1, 2], keepDims: true });
    const range = subtract(max(x, { axis: [1, 2], keepDims: true }), least);
    const varies = greater(range, 0);
    const share = divide(subtract(x, least), where(varies, range, 1));
    return where(varies, add(multiply(share, high - low), low), x);
  }

  override config(): Configuration {
    return { ...super.config(), valueRange: this.valueRange };
  }
}

/**
 * Stretches each channel of each image to the whole range of values.
 *
 * @throws If `valueRange` is no range.
 * @example
 * layers.autoContrast({ valueRange: [0, 1] });
 */
export function autoContrast(options?: AutoContrastOptions): AutoContrast {
  return new AutoContrast(options);
}
