/** What the pooling layers with a window share, along sequences, over images and over volumes: poolSize, strides and padding. */
import { checkChoice } from "../../graph/options.ts";
import type { Configuration } from "../../graph/registry.ts";
import type { Shape } from "../../graph/shape.ts";
import { exampleAxes, perAxis, type Sizes, type Space } from "../../ops/spatial.ts";
import { checkLayerOptions, Layer, type LayerOptions } from "../layer.ts";
import { outputSize } from "./sliding-window.ts";

/** Options of a pooling layer with a number for each of the axes. */
export interface WindowPoolingOptions<Size extends Sizes> extends LayerOptions {
  /** The window's size: a number for all axes, or one for each; default 2. */
  poolSize?: number | Size;
  /** How far the window moves from place to place; default its size. */
  strides?: number | Size;
  /** `"valid"` (default) or `"same"` (outputs of `ceil(input / stride)`). */
  padding?: "valid" | "same";
}

export type Pooling1dOptions = WindowPoolingOptions<readonly [length: number]>;
export type PoolingOptions = WindowPoolingOptions<readonly [height: number, width: number]>;
export type Pooling3dOptions = WindowPoolingOptions<readonly [depth: number, height: number, width: number]>;

/** A layer that makes one value of each window of `[batch, ...axes, channels]`. */
export abstract class PoolingLayer<Size extends Sizes> extends Layer {
  readonly poolSize: Size;
  readonly strides: Size;
  readonly padding: "valid" | "same";
  readonly #space: Space<Size>;

  constructor(className: string, options: WindowPoolingOptions<Size>, space: Space<Size>) {
    checkLayerOptions<WindowPoolingOptions<Sizes>>(className, options, {
      poolSize: true,
      strides: true,
      padding: true,
    });
    super(className, options);
    const { poolSize = 2, padding = "valid" } = options;
    checkChoice(className, "padding", padding, ["valid", "same"]);
    this.poolSize = perAxis(className, "poolSize", poolSize, space);
    this.strides = perAxis(className, "strides", options.strides ?? this.poolSize, space);
    this.padding = padding;
    this.#space = space;
    this.setInputRequirement({ rank: space.axes.length + 1, axes: exampleAxes(space) });
  }

  override outputShape(inputShape: Shape): Shape {
    this.checkShape(inputShape);
    const { poolSize: window, strides, padding } = this;
    const geometry = { window, strides, padding, dilation: window.map(() => 1) };
    const size = outputSize(this.path, "the pooling window", inputShape, this.#space, geometry);
    return [...size, inputShape.at(-1) as number];
  }

  override config(): Configuration {
    const { poolSize, strides, padding } = this;
    return { ...super.config(), poolSize, strides, padding };
  }
}
