/** What the pooling layers with a window share: poolSize, strides and padding. */
import type { Configuration } from "../graph/registry.ts";
import type { Shape } from "../graph/shape.ts";
import { checkPadding, type Pair, pairOf } from "../ops/padding.ts";
import { checkLayerOptions, Layer, type LayerOptions } from "./layer.ts";
import { outputSize } from "./sliding-window.ts";

export interface PoolingOptions extends LayerOptions {
  /** The window's height and width; default 2. */
  poolSize?: Pair;
  /** How far the window moves from place to place; default its size. */
  strides?: Pair;
  /** `"valid"` (default) or `"same"` (outputs of `ceil(input / stride)`). */
  padding?: "valid" | "same";
}

/** A layer that makes one value of each window of `[batch, height, width, channels]`. */
export abstract class PoolingLayer extends Layer {
  readonly poolSize: readonly [number, number];
  readonly strides: readonly [number, number];
  readonly padding: "valid" | "same";

  constructor(className: string, options: PoolingOptions) {
    checkLayerOptions(className, options, { poolSize: true, strides: true, padding: true });
    super(className, options);
    const { poolSize = 2, padding = "valid" } = options;
    checkPadding(className, padding);
    this.poolSize = pairOf(className, "poolSize", poolSize);
    this.strides = pairOf(className, "strides", options.strides ?? this.poolSize);
    this.padding = padding;
    this.setInputRequirement({ rank: 3, axes: "[height, width, channels]" });
  }

  override outputShape(inputShape: Shape): Shape {
    this.checkShape(inputShape);
    const { poolSize: window, strides, padding } = this;
    const size = outputSize(this.path, "the pooling window", inputShape, {
      window,
      strides,
      padding,
      dilation: [1, 1],
    });
    return [...size, inputShape[2] as number];
  }

  override config(): Configuration {
    const { poolSize, strides, padding } = this;
    return { ...super.config(), poolSize, strides, padding };
  }
}
