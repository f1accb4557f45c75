/**
 * Conv3dTranspose, the transpose of a convolution, which makes volumes larger: every voxel in[b, z, y, x, i] adds
 *
 *   in[b, z, y, x, i] · kernel[kz, ky, kx, o, i]   to   out[b, z·s + kz·d - p, y·s + ky·d - p, x·s + kx·d - p, o]
 *
 * before bias and activation. The output is `input · stride` with padding `"same"`, and with `"valid"` larger by what the kernel
 * reaches beyond the stride.
 *
 * Input `[batch, depth, height, width, channels]`, output `[batch, outDepth, outHeight, outWidth, filters]`; weights `kernel`
 * `[kernelDepth, kernelHeight, kernelWidth, filters / groups, channels]` and `bias` `[filters]`. Dumoulin and Visin (2016).
 */
import { conv3dTranspose as convolve } from "../../ops/convolution3d.ts";
import { checkPadding, type Padding3d, type WindowPadding } from "../../ops/padding.ts";
import { volumes } from "../../ops/spatial.ts";
import type { Tensor } from "../../tensor/tensor.ts";
import { TransposedConvolutionLayer, type TransposedConvolutionOptions } from "./transposed-convolution-layer.ts";

type Volume = readonly [depth: number, height: number, width: number];

export type Conv3dTransposeLayerOptions = TransposedConvolutionOptions<Volume, Padding3d>;

/** The transpose of a convolution of volumes. Made by `conv3dTranspose`. */
export class Conv3dTranspose extends TransposedConvolutionLayer<Volume, Padding3d> {
  static readonly className = "conv3dTranspose";
  readonly className = Conv3dTranspose.className;

  constructor(options: Conv3dTransposeLayerOptions) {
    super("conv3dTranspose", options, volumes);
    checkPadding("conv3dTranspose", this.padding, volumes);
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
 * The transpose of a convolution of volumes, which makes them larger.
 *
 * @throws If a size is not a positive integer, the groups do not divide the filters, or an option is unknown.
 * @example
 * const layer = layers.conv3dTranspose({ filters: 4, kernelSize: 2, strides: 2 });
 * layer.outputShape([8, 14, 14, 16]); // [16, 28, 28, 4]
 */
export function conv3dTranspose(options: Conv3dTransposeLayerOptions): Conv3dTranspose {
  return new Conv3dTranspose(options);
}
