/** What adaptive pooling of sequences, images and volumes shares: the option outputSize, from which the windows follow. */
import type { Configuration } from "../../graph/registry.ts";
import { formatShape, type Shape } from "../../graph/shape.ts";
import { exampleAxes, perAxis, type Sizes, type Space } from "../../ops/spatial.ts";
import { checkLayerOptions, Layer, type LayerOptions } from "../layer.ts";

/** Options of an adaptive pooling layer with a number for each of the axes. */
export interface AdaptivePoolingOptions<Size extends Sizes> extends LayerOptions {
  /** The size of the output, at least 1: a number for all axes, or one for each. */
  outputSize: number | Size;
}

/** A layer that makes `[batch, ...outputSize, channels]` of inputs of any size. */
export abstract class AdaptivePoolingLayer<Size extends Sizes> extends Layer {
  readonly outputSize: Size;

  constructor(className: string, options: AdaptivePoolingOptions<Size>, space: Space<Size>) {
    checkLayerOptions<AdaptivePoolingOptions<Sizes>>(className, options, { outputSize: true });
    super(className, options);
    this.outputSize = perAxis(className, "outputSize", options.outputSize, space);
    this.setInputRequirement({ rank: space.axes.length + 1, axes: exampleAxes(space) });
  }

  override outputShape(inputShape: Shape): Shape {
    this.checkShape(inputShape);
    if (inputShape.slice(0, -1).includes(0))
      throw new Error(`${this.path}: an example of the shape ${formatShape(inputShape)} has nothing to pool`);
    return [...this.outputSize, inputShape.at(-1) as number];
  }

  override config(): Configuration {
    return { ...super.config(), outputSize: this.outputSize };
  }
}
