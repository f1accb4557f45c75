/**
 * Conv3d, a convolution of volumes (scans, films), channels last:
 *
 *   out[b, z, y, x, o] = activation(Σ over kz, ky, kx, i of
 *     in[b, z·s + kz·d - p, y·s + ky·d - p, x·s + kx·d - p, i] · kernel[kz, ky, kx, i, o] + bias[o])
 *
 * Input `[batch, depth, height, width, channels]`, output `[batch, outDepth, outHeight, outWidth, filters]`; weights `kernel`
 * `[kernelDepth, kernelHeight, kernelWidth, channels / groups, filters]` and `bias` `[filters]`. Ji et al., "3D convolutional
 * neural networks for human action recognition" (2010).
 */
import { conv3d as convolve } from "../../ops/convolution3d.ts";
import { checkPadding, type Padding3d, type WindowPadding } from "../../ops/padding.ts";
import { volumes } from "../../ops/spatial.ts";
import type { Tensor } from "../../tensor/tensor.ts";
import { ConvolutionLayer, type ConvolutionOptions } from "./convolution-layer.ts";

type Volume = readonly [depth: number, height: number, width: number];

export type Conv3dLayerOptions = ConvolutionOptions<Volume, Padding3d>;

/** A convolution of volumes, channels last. Made by `conv3d`. */
export class Conv3d extends ConvolutionLayer<Volume, Padding3d> {
  static readonly className = "conv3d";
  readonly className = Conv3d.className;

  constructor(options: Conv3dLayerOptions) {
    super("conv3d", options, volumes);
    checkPadding("conv3d", this.padding, volumes);
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
 * A convolution of volumes: `[batch, depth, height, width, channels]` to `[batch, outDepth, outHeight, outWidth, filters]`.
 *
 * @throws If a size is not a positive integer, the groups do not divide the filters, or an option is unknown.
 * @example
 * const layer = layers.conv3d({ filters: 8, kernelSize: 3, strides: [1, 2, 2], padding: "same" });
 * layer.outputShape([16, 28, 28, 1]); // [16, 14, 14, 8]
 */
export function conv3d(options: Conv3dLayerOptions): Conv3d {
  return new Conv3d(options);
}
