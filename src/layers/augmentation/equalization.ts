/**
 * Equalization spreads the values of each channel of each image evenly over their range: a value is replaced by the share of pixels
 * that have at most it, so that flat pictures show what is in them. A channel of one value stays as it is.
 *
 *   out = round(255 · (F(in) - F(min)) / (pixels - F(min))) / 255 · (high - low) + low
 *
 * with F the number of pixels in the bins up to that of a value, and [low, high] the valueRange. In training and inference; no
 * gradient flows through it. Input `[batch, height, width, channels]`, output float32 of the same shape; no weights.
 */
import { checkInteger } from "../../graph/options.ts";
import type { Configuration } from "../../graph/registry.ts";
import { cumulativeSum } from "../../ops/cumulative.ts";
import {
  add,
  cast,
  clip,
  divide,
  greater,
  maximum,
  multiply,
  round,
  stopGradient,
  subtract,
  where,
} from "../../ops/elementwise.ts";
import { gather, scatterAdd } from "../../ops/linear.ts";
import { reshape } from "../../ops/movement.ts";
import { min, sum } from "../../ops/reduce.ts";
import { iota, ones } from "../../tensor/creation.ts";
import type { Tensor } from "../../tensor/tensor.ts";
import { checkLayerOptions, Layer, type LayerOptions } from "../layer.ts";
import { type Range, valueRangeOf } from "./factor.ts";

export interface EqualizationOptions extends LayerOptions {
  /** The least and the largest value of a pixel; default `[0, 255]`. */
  valueRange?: Range;
  /** How many values are told apart, at least 2; default 256. */
  bins?: number;
}

/** Images with evenly spread values. Made by `equalization`. */
export class Equalization extends Layer {
  static readonly className = "equalization";
  readonly className = Equalization.className;
  readonly valueRange: Range;
  readonly bins: number;

  constructor(options: EqualizationOptions = {}) {
    checkLayerOptions("equalization", options, { valueRange: true, bins: true });
    super("equalization", options);
    this.valueRange = valueRangeOf("equalization", options.valueRange ?? [0, 255]);
    this.bins = options.bins ?? 256;
    checkInteger("equalization", "bins", this.bins, 2);
    this.setInputRequirement({ rank: 3, axes: "[height, width, channels]" });
  }

  call(input: Tensor): Tensor {
    const x = stopGradient(this.checkedFloatInput(input));
    const { bins } = this;
    const [low, high] = this.valueRange;
    const [batch, height, width, channels] = x.shape as readonly [number, number, number, number];
    const scaled = multiply(subtract(x, low), (bins - 1) / (high - low));
    const bin = cast(clip(scaled, 0, bins - 1), "int32");
    // Every channel of every image has bins of its own.
    const first = multiply(add(multiply(iota([batch, 1, 1, 1], 0), channels), iota([1, 1, 1, channels], 3)), bins);
    const slot = reshape(add(bin, first), [x.size]);
    const size = batch * channels * bins;
    const histogram = reshape(scatterAdd(ones([x.size]), slot, { size }), [batch * channels, bins]);
    const below = cumulativeSum(histogram, { axis: -1 });
    const pixels = height * width;
    const least = min(where(greater(below, 0), below, pixels), { axis: -1, keepDims: true });
    const share = divide(subtract(below, least), maximum(subtract(pixels, least), 1));
    const table = clip(round(multiply(share, 255)), 0, 255);
    const filled = sum(cast(greater(histogram, 0), "int32"), { axis: -1 });
    const varies = greater(reshape(filled, [batch, 1, 1, channels]), 1);
    const spread = reshape(gather(reshape(table, [size]), slot), x.shape);
    return where(varies, add(multiply(spread, (high - low) / 255), low), x);
  }

  override config(): Configuration {
    return { ...super.config(), valueRange: this.valueRange, bins: this.bins };
  }
}

/**
 * Spreads the values of each channel of each image evenly over their range.
 *
 * @throws If `valueRange` is no range, or `bins` not an integer of at least 2.
 * @example
 * layers.equalization({ valueRange: [0, 1] });
 */
export function equalization(options?: EqualizationOptions): Equalization {
  return new Equalization(options);
}
