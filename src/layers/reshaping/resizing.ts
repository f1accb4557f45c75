/**
 * Resizing brings images to one size, `[batch, height, width, channels]` to `[batch, newHeight, newWidth, channels]`, float32: each
 * new pixel is a weighted mean of old ones around its place. Pixels are areas with their centres at half coordinates.
 */
import type { Configuration } from "../../graph/registry.ts";
import type { Shape } from "../../graph/shape.ts";
import { checkResize, type ResizeOptions, resizeImages, resizeOptionNames } from "../../ops/resize.ts";
import type { Tensor } from "../../tensor/tensor.ts";
import { checkLayerOptions, Layer, type LayerOptions } from "../layer.ts";

export interface ResizingOptions extends LayerOptions, ResizeOptions {}

/** Images of one size. Made by `resizing`. */
export class Resizing extends Layer {
  static readonly className = "resizing";
  readonly className = Resizing.className;
  readonly #settings: Required<ResizeOptions>;

  constructor(options: ResizingOptions) {
    checkLayerOptions("resizing", options, resizeOptionNames);
    super("resizing", options);
    const { name: _name, trainable: _trainable, inputShape: _inputShape, ...settings } = options;
    this.#settings = checkResize("resizing", settings);
    this.setInputRequirement({ rank: 3, axes: "[height, width, channels]" });
  }

  call(x: Tensor): Tensor {
    return resizeImages(this.checkedFloatInput(x), this.#settings);
  }

  override outputShape(inputShape: Shape): Shape {
    this.checkShape(inputShape);
    return [this.#settings.height, this.#settings.width, inputShape[2] as number];
  }

  override config(): Configuration {
    return { ...super.config(), ...this.#settings };
  }
}

/**
 * Brings images to one size, in training and inference.
 *
 * @throws If the height or width is not an integer of at least 1, or `cropToAspectRatio` and `padToAspectRatio` are both true.
 * @example
 * layers.resizing({ height: 224, width: 224 }).outputShape([180, 240, 3]); // [224, 224, 3]
 */
export function resizing(options: ResizingOptions): Resizing {
  return new Resizing(options);
}
