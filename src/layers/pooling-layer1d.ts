/** What the pooling layers with a window along sequences share: poolSize, strides and padding. */
import { checkChoice, checkInteger } from "../graph/options.ts";
import type { Configuration } from "../graph/registry.ts";
import type { Shape } from "../graph/shape.ts";
import { checkLayerOptions, Layer, type LayerOptions } from "./layer.ts";
import { outputLength } from "./sliding-window1d.ts";

export interface Pooling1dOptions extends LayerOptions {
  /** The window's length; default 2. */
  poolSize?: number;
  /** How far the window moves from place to place; default its length. */
  strides?: number;
  /** `"valid"` (default) or `"same"` (outputs of `ceil(length / stride)`). */
  padding?: "valid" | "same";
}

/** A layer that makes one value of each window of `[batch, length, channels]`. */
export abstract class PoolingLayer1d extends Layer {
  readonly poolSize: number;
  readonly strides: number;
  readonly padding: "valid" | "same";

  constructor(className: string, options: Pooling1dOptions) {
    checkLayerOptions(className, options, { poolSize: true, strides: true, padding: true });
    super(className, options);
    const { poolSize = 2, strides = poolSize, padding = "valid" } = options;
    checkInteger(className, "poolSize", poolSize, 1);
    checkInteger(className, "strides", strides, 1);
    checkChoice(className, "padding", padding, ["valid", "same"]);
    this.poolSize = poolSize;
    this.strides = strides;
    this.padding = padding;
    this.setInputRequirement({ rank: 2, axes: "[length, channels]" });
  }

  override outputShape(inputShape: Shape): Shape {
    this.checkShape(inputShape);
    const { poolSize: window, strides, padding } = this;
    const geometry = { window, strides, padding, dilation: 1 };
    return [outputLength(this.path, "the pooling window", inputShape, geometry), inputShape[1] as number];
  }

  override config(): Configuration {
    const { poolSize, strides, padding } = this;
    return { ...super.config(), poolSize, strides, padding };
  }
}
