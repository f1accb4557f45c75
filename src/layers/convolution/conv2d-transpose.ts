/**
 * Conv2dTranspose, the transpose of a convolution, which makes images larger: every pixel in[b, y, x, i] adds
 *
 *   in[b, y, x, i] · kernel[ky, kx, o, i]   to   out[b, y·s + ky·d - p, x·s + kx·d - p, o]
 *
 * before bias and activation. The output is `input · stride` with padding `"same"`, and with `"valid"` larger by what the kernel
 * reaches beyond the stride.
 *
 * Input `[batch, height, width, channels]`, output `[batch, outHeight, outWidth, filters]`; weights `kernel`
 * `[kernelHeight, kernelWidth, filters / groups, channels]` and `bias` `[filters]`. Zeiler et al. (2010); Dumoulin and Visin (2016).
 */
import { conv2dTranspose as convolve } from "../../ops/convolution.ts";
import { checkPadding, type Padding, type WindowPadding } from "../../ops/padding.ts";
import { images } from "../../ops/spatial.ts";
import type { Tensor } from "../../tensor/tensor.ts";
import { TransposedConvolutionLayer, type TransposedConvolutionOptions } from "./transposed-convolution-layer.ts";

type Image = readonly [height: number, width: number];

export type Conv2dTransposeLayerOptions = TransposedConvolutionOptions<Image, Padding>;

/** The transpose of a convolution of images. Made by `conv2dTranspose`. */
export class Conv2dTranspose extends TransposedConvolutionLayer<Image, Padding> {
  static readonly className = "conv2dTranspose";
  readonly className = Conv2dTranspose.className;

  constructor(options: Conv2dTransposeLayerOptions) {
    super("conv2dTranspose", options, images);
    checkPadding("conv2dTranspose", this.padding);
  }

  protected windowPadding(): WindowPadding {
    return this.padding;
  }

  protected convolve(x: Tensor, kernel: Tensor): Tensor {
    const { strides, padding, dilationRate, groups, outputPadding } = this;
    return convolve(x, kernel, { strides, padding, dilationRate, groups, ...(outputPadding && { outputPadding }) });
  }
}

/**
 * The transpose of a convolution, as generators use to make images larger.
 *
 * @throws If a size is not a positive integer, the groups do not divide the filters, or an option is unknown.
 * @example
 * const layer = layers.conv2dTranspose({ filters: 64, kernelSize: 4, strides: 2, padding: "same" });
 * layer.outputShape([7, 7, 128]); // [14, 14, 64]
 */
export function conv2dTranspose(options: Conv2dTransposeLayerOptions): Conv2dTranspose {
  return new Conv2dTranspose(options);
}
