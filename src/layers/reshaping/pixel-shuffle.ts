/**
 * PixelShuffle and PixelUnshuffle, without weights: blocks of r · r channels become blocks of r by r pixels, and back:
 *
 *   out[b, y · r + i, x · r + j, c] = in[b, y, x, (c · r + i) · r + j]
 *
 * `[batch, height, width, channels · r²]` to `[batch, height · r, width · r, channels]`, with the channels in PyTorch's order. Shi et
 * al., "Real-time single image and video super-resolution using an efficient sub-pixel convolutional neural network" (2016).
 */
import { checkInteger } from "../../graph/options.ts";
import type { Configuration } from "../../graph/registry.ts";
import { formatShape, type Shape } from "../../graph/shape.ts";
import { reshape, transpose } from "../../ops/movement.ts";
import type { Tensor } from "../../tensor/tensor.ts";
import { checkLayerOptions, Layer, type LayerOptions } from "../layer.ts";

export interface PixelShuffleOptions extends LayerOptions {
  /** r: how many times higher and wider images become, at least 1. */
  upscaleFactor: number;
}

/** Makes images larger out of their channels. Made by `pixelShuffle`. */
export class PixelShuffle extends Layer {
  static readonly className = "pixelShuffle";
  readonly className = PixelShuffle.className;
  readonly upscaleFactor: number;

  constructor(options: PixelShuffleOptions) {
    checkLayerOptions("pixelShuffle", options, { upscaleFactor: true });
    super("pixelShuffle", options);
    checkInteger("pixelShuffle", "upscaleFactor", options.upscaleFactor, 1);
    this.upscaleFactor = options.upscaleFactor;
    this.setInputRequirement({ rank: 3, axes: "[height, width, channels]" });
  }

  call(input: Tensor): Tensor {
    const x = this.checkedInput(input);
    const [batch, height, width] = x.shape as readonly [number, number, number, number];
    const factor = this.upscaleFactor;
    const blocks = reshape(x, [batch, height, width, -1, factor, factor]);
    return reshape(transpose(blocks, [0, 1, 4, 2, 5, 3]), [batch, height * factor, width * factor, -1]);
  }

  override outputShape(inputShape: Shape): Shape {
    this.checkShape(inputShape);
    const [height, width, channels] = inputShape as readonly [number, number, number];
    const factor = this.upscaleFactor;
    if (channels % factor ** 2 !== 0)
      throw new Error(
        `${this.path}: an example of the shape ${formatShape(inputShape)} has ${channels} channels, which do not make blocks of ` +
          `${factor} by ${factor}; give a multiple of ${factor ** 2}`,
      );
    return [height * factor, width * factor, channels / factor ** 2];
  }

  override config(): Configuration {
    return { ...super.config(), upscaleFactor: this.upscaleFactor };
  }
}

export interface PixelUnshuffleOptions extends LayerOptions {
  /** r: how many times lower and narrower images become, at least 1. */
  downscaleFactor: number;
}

/** Makes channels out of blocks of pixels. Made by `pixelUnshuffle`. */
export class PixelUnshuffle extends Layer {
  static readonly className = "pixelUnshuffle";
  readonly className = PixelUnshuffle.className;
  readonly downscaleFactor: number;

  constructor(options: PixelUnshuffleOptions) {
    checkLayerOptions("pixelUnshuffle", options, { downscaleFactor: true });
    super("pixelUnshuffle", options);
    checkInteger("pixelUnshuffle", "downscaleFactor", options.downscaleFactor, 1);
    this.downscaleFactor = options.downscaleFactor;
    this.setInputRequirement({ rank: 3, axes: "[height, width, channels]" });
  }

  call(input: Tensor): Tensor {
    const x = this.checkedInput(input);
    const [batch, height, width, channels] = x.shape as readonly [number, number, number, number];
    const factor = this.downscaleFactor;
    const blocks = reshape(x, [batch, height / factor, factor, width / factor, factor, channels]);
    const shape = [batch, height / factor, width / factor, channels * factor ** 2];
    return reshape(transpose(blocks, [0, 1, 3, 5, 2, 4]), shape);
  }

  override outputShape(inputShape: Shape): Shape {
    this.checkShape(inputShape);
    const [height, width, channels] = inputShape as readonly [number, number, number];
    const factor = this.downscaleFactor;
    if (height % factor !== 0 || width % factor !== 0)
      throw new Error(
        `${this.path}: an example of the shape ${formatShape(inputShape)} is ${height} by ${width}, which blocks of ${factor} by ${factor} ` +
          "do not fill; pad or crop it before",
      );
    return [height / factor, width / factor, channels * factor ** 2];
  }

  override config(): Configuration {
    return { ...super.config(), downscaleFactor: this.downscaleFactor };
  }
}

/**
 * Makes images larger out of their channels, as after the last convolution of a network for super-resolution.
 *
 * @throws If the factor is not a positive integer; and, when it is built, if its square does not divide the channels.
 * @example
 * layers.pixelShuffle({ upscaleFactor: 2 }).outputShape([32, 32, 12]); // [64, 64, 3]
 */
export function pixelShuffle(options: PixelShuffleOptions): PixelShuffle {
  return new PixelShuffle(options);
}

/**
 * Makes channels out of blocks of pixels, the contrary of `pixelShuffle`.
 *
 * @throws If the factor is not a positive integer; and, when it is built, if it does not divide height and width.
 * @example
 * layers.pixelUnshuffle({ downscaleFactor: 2 }).outputShape([64, 64, 3]); // [32, 32, 12]
 */
export function pixelUnshuffle(options: PixelUnshuffleOptions): PixelUnshuffle {
  return new PixelUnshuffle(options);
}
