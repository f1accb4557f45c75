/**
 * CenterCrop cuts the middle out of images, `[batch, height, width, channels]` to `[batch, newHeight, newWidth, channels]`. Images
 * that are too small give their largest part of the wanted proportions, enlarged to the size (bilinear).
 */
import { checkInteger } from "../../graph/options.ts";
import type { Configuration } from "../../graph/registry.ts";
import type { Shape } from "../../graph/shape.ts";
import { resizeImages } from "../../ops/resize.ts";
import { slice } from "../../ops/slicing.ts";
import type { Tensor } from "../../tensor/tensor.ts";
import { checkLayerOptions, Layer, type LayerOptions } from "../layer.ts";

export interface CenterCropOptions extends LayerOptions {
  /** Rows of the result. */
  height: number;
  /** Columns of the result. */
  width: number;
}

/** The middle of images. Made by `centerCrop`. */
export class CenterCrop extends Layer {
  static readonly className = "centerCrop";
  readonly className = CenterCrop.className;
  readonly height: number;
  readonly width: number;

  constructor(options: CenterCropOptions) {
    checkLayerOptions("centerCrop", options, { height: true, width: true });
    super("centerCrop", options);
    checkInteger("centerCrop", "height", options.height, 1);
    checkInteger("centerCrop", "width", options.width, 1);
    this.height = options.height;
    this.width = options.width;
    this.setInputRequirement({ rank: 3, axes: "[height, width, channels]" });
  }

  call(input: Tensor): Tensor {
    const x = this.checkedFloatInput(input);
    const { height, width } = this;
    const [batch, rows, columns, channels] = x.shape as readonly [number, number, number, number];
    if (rows < height || columns < width) return resizeImages(x, { height, width, cropToAspectRatio: true });
    const start = [0, Math.floor((rows - height) / 2), Math.floor((columns - width) / 2), 0];
    return slice(x, { start, size: [batch, height, width, channels] });
  }

  override outputShape(inputShape: Shape): Shape {
    this.checkShape(inputShape);
    return [this.height, this.width, inputShape[2] as number];
  }

  override config(): Configuration {
    return { ...super.config(), height: this.height, width: this.width };
  }
}

/**
 * Cuts the middle out of images, in training and inference.
 *
 * @throws If the height or width is not an integer of at least 1.
 * @example
 * layers.centerCrop({ height: 224, width: 224 }).outputShape([256, 256, 3]); // [224, 224, 3]
 */
export function centerCrop(options: CenterCropOptions): CenterCrop {
  return new CenterCrop(options);
}
