/**
 * SeparableConv2d, a convolution of each channel by itself, then a mix of the channels at each pixel:
 *
 *   between[b, y, x, i·m + j] = Σ over ky, kx of in[b, y·s + ky·d - p, x·s + kx·d - p, i] · depthwiseKernel[ky, kx, i, j]
 *   out[b, y, x, o] = activation(Σ over c of between[b, y, x, c] · pointwiseKernel[0, 0, c, o] + bias[o])
 *
 * Input `[batch, height, width, channels]`, output `[batch, outHeight, outWidth, filters]`; weights `depthwiseKernel`
 * `[kernelHeight, kernelWidth, channels, m]` with the depth multiplier m, `pointwiseKernel` `[1, 1, channels · m, filters]` and
 * `bias` `[filters]`. Chollet, "Xception" (2017).
 */
import { conv2d, depthwiseConv2d } from "../../ops/convolution.ts";
import { checkPadding, type Padding, type WindowPadding } from "../../ops/padding.ts";
import { images } from "../../ops/spatial.ts";
import type { Tensor } from "../../tensor/tensor.ts";
import { SeparableConvolutionLayer, type SeparableConvolutionOptions } from "./separable-convolution-layer.ts";

export type SeparableConv2dOptions = SeparableConvolutionOptions<readonly [height: number, width: number], Padding>;

/** A depthwise convolution of images and a pointwise one. Made by `separableConv2d`. */
export class SeparableConv2d extends SeparableConvolutionLayer<readonly [height: number, width: number], Padding> {
  static readonly className = "separableConv2d";
  readonly className = SeparableConv2d.className;

  constructor(options: SeparableConv2dOptions) {
    super("separableConv2d", options, images);
    checkPadding("separableConv2d", this.padding);
  }

  protected windowPadding(): WindowPadding {
    return this.padding;
  }

  protected convolve(x: Tensor, depthwise: Tensor, pointwise: Tensor): Tensor {
    const { strides, padding, dilationRate } = this;
    return conv2d(depthwiseConv2d(x, depthwise, { strides, padding, dilationRate }), pointwise);
  }
}

/**
 * A convolution of each channel by itself, then a mix of the channels: `[batch, height, width, channels]` to
 * `[batch, outHeight, outWidth, filters]`, with far fewer weights than `conv2d`.
 *
 * @throws If a size is not a positive integer, or an option is unknown.
 * @example
 * layers.separableConv2d({ filters: 64, kernelSize: 3, padding: "same" }).outputShape([28, 28, 32]); // [28, 28, 64]
 */
export function separableConv2d(options: SeparableConv2dOptions): SeparableConv2d {
  return new SeparableConv2d(options);
}
