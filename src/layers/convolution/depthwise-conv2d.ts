/**
 * DepthwiseConv2d, a convolution of each channel with filters of its own:
 *
 *   out[b, y, x, i·m + j] = activation(Σ over ky, kx of in[b, y·s + ky·d - p, x·s + kx·d - p, i] · kernel[ky, kx, i, j] + bias[i·m + j])
 *
 * Input `[batch, height, width, channels]`, output `[batch, outHeight, outWidth, channels · m]` with the depth multiplier m;
 * weights `kernel` `[kernelHeight, kernelWidth, channels, m]` and `bias` `[channels · m]`. Howard et al., "MobileNets" (2017).
 */
import { depthwiseConv2d as convolve } from "../../ops/convolution.ts";
import { checkPadding, type Padding, type WindowPadding } from "../../ops/padding.ts";
import { images } from "../../ops/spatial.ts";
import type { Tensor } from "../../tensor/tensor.ts";
import { DepthwiseConvolutionLayer, type DepthwiseConvolutionOptions } from "./depthwise-convolution-layer.ts";

export type DepthwiseConv2dOptions = DepthwiseConvolutionOptions<readonly [height: number, width: number], Padding>;

/** A convolution of each channel of images by itself. Made by `depthwiseConv2d`. */
export class DepthwiseConv2d extends DepthwiseConvolutionLayer<readonly [height: number, width: number], Padding> {
  static readonly className = "depthwiseConv2d";
  readonly className = DepthwiseConv2d.className;

  constructor(options: DepthwiseConv2dOptions) {
    super("depthwiseConv2d", options, images);
    checkPadding("depthwiseConv2d", this.padding);
  }

  protected windowPadding(): WindowPadding {
    return this.padding;
  }

  protected convolve(x: Tensor, kernel: Tensor): Tensor {
    const { strides, padding, dilationRate } = this;
    return convolve(x, kernel, { strides, padding, dilationRate });
  }
}

/**
 * A convolution of each channel of images by itself.
 *
 * @throws If a size is not a positive integer, or an option is unknown.
 * @example
 * layers.depthwiseConv2d({ kernelSize: 3, padding: "same" }).outputShape([28, 28, 32]); // [28, 28, 32]
 */
export function depthwiseConv2d(options: DepthwiseConv2dOptions): DepthwiseConv2d {
  return new DepthwiseConv2d(options);
}
