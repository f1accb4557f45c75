/**
 * Conv2d, a convolution of images, channels last:
 *
 *   out[b, y, x, o] = activation(Σ over ky, kx, i of in[b, y·s + ky·d - p, x·s + kx·d - p, i] · kernel[ky, kx, i, o] + bias[o])
 *
 * Input `[batch, height, width, channels]`, output `[batch, outHeight, outWidth, filters]`; weights `kernel`
 * `[kernelHeight, kernelWidth, channels / groups, filters]` and `bias` `[filters]`. LeCun et al. (1989).
 */
import { conv2d as convolve } from "../../ops/convolution.ts";
import { checkPadding, type Padding, type WindowPadding } from "../../ops/padding.ts";
import { images } from "../../ops/spatial.ts";
import type { Tensor } from "../../tensor/tensor.ts";
import { ConvolutionLayer, type ConvolutionOptions } from "./convolution-layer.ts";

export type Conv2dLayerOptions = ConvolutionOptions<readonly [height: number, width: number], Padding>;

/** A convolution of images, channels last. Made by `conv2d`. */
export class Conv2d extends ConvolutionLayer<readonly [height: number, width: number], Padding> {
  static readonly className = "conv2d";
  readonly className = Conv2d.className;

  constructor(options: Conv2dLayerOptions) {
    super("conv2d", options, images);
    checkPadding("conv2d", this.padding);
  }

  protected windowPadding(): WindowPadding {
    return this.padding;
  }

  protected convolve(x: Tensor, kernel: Tensor): Tensor {
    const { strides, padding, dilationRate, groups } = this;
    return convolve(x, kernel, { strides, padding, dilationRate, groups });
  }
}

/**
 * A convolution of images: `[batch, height, width, channels]` to `[batch, outHeight, outWidth, filters]`.
 *
 * @throws If a size is not a positive integer, the groups do not divide the filters, or an option is unknown.
 * @example
 * const layer = layers.conv2d({ filters: 32, kernelSize: 3, strides: 2, padding: "same", activation: "relu" });
 * layer.outputShape([28, 28, 1]); // [14, 14, 32]
 */
export function conv2d(options: Conv2dLayerOptions): Conv2d {
  return new Conv2d(options);
}
