/** What global pooling of sequences, images and volumes shares: the option keepDims and the shape of the output. */
import { checkBoolean } from "../../graph/options.ts";
import type { Configuration } from "../../graph/registry.ts";
import type { Shape } from "../../graph/shape.ts";
import type { ReduceOptions } from "../../ops/reduce.ts";
import { exampleAxes, type Sizes, type Space } from "../../ops/spatial.ts";
import { checkLayerOptions, Layer, type LayerOptions } from "../layer.ts";

export interface GlobalPoolingOptions extends LayerOptions {
  /** Keep the axes of the sequence, image or volume with size 1; default false. */
  keepDims?: boolean;
}

/** A layer that makes one value of each channel of `[batch, ...axes, channels]`. */
export abstract class GlobalPooling extends Layer {
  readonly keepDims: boolean;
  readonly #rank: number;

  constructor(className: string, options: GlobalPoolingOptions, space: Space<Sizes>) {
    checkLayerOptions(className, options, { keepDims: true });
    super(className, options);
    const { keepDims = false } = options;
    checkBoolean(className, "keepDims", keepDims);
    this.keepDims = keepDims;
    this.#rank = space.axes.length;
    this.setInputRequirement({ rank: this.#rank + 1, axes: exampleAxes(space) });
  }

  /** For the function that reduces: over all axes but the batch's and the channels'. */
  protected get reduction(): ReduceOptions {
    return { axis: Array.from({ length: this.#rank }, (_, axis) => axis + 1), keepDims: this.keepDims };
  }

  override outputShape(inputShape: Shape): Shape {
    this.checkShape(inputShape);
    const channels = inputShape.at(-1) as number;
    return this.keepDims ? [...Array.from({ length: this.#rank }, () => 1), channels] : [channels];
  }

  override config(): Configuration {
    return { ...super.config(), keepDims: this.keepDims };
  }
}
