/**
 * DepthwiseConv1d, a convolution of each channel of sequences with filters of its own:
 *
 *   out[b, t, i·m + j] = activation(Σ over k of in[b, t·s + k·d - p, i] · kernel[k, i, j] + bias[i·m + j])
 *
 * Input `[batch, length, channels]`, output `[batch, outLength, channels · m]` with the depth multiplier m; weights `kernel`
 * `[kernelSize, channels, m]` and `bias` `[channels · m]`. Howard et al., "MobileNets" (2017).
 */
import { depthwiseConv1d as convolve } from "../../ops/convolution1d.ts";
import type { WindowPadding } from "../../ops/padding.ts";
import { checkPadding1d, type Padding1d, windowPadding } from "../../ops/padding1d.ts";
import { sequences } from "../../ops/spatial.ts";
import type { Tensor } from "../../tensor/tensor.ts";
import { DepthwiseConvolutionLayer, type DepthwiseConvolutionOptions } from "./depthwise-convolution-layer.ts";

export type DepthwiseConv1dOptions = DepthwiseConvolutionOptions<readonly [length: number], Padding1d>;

/** A convolution of each channel of sequences by itself. Made by `depthwiseConv1d`. */
export class DepthwiseConv1d extends DepthwiseConvolutionLayer<readonly [length: number], Padding1d> {
  static readonly className = "depthwiseConv1d";
  readonly className = DepthwiseConv1d.className;

  constructor(options: DepthwiseConv1dOptions) {
    super("depthwiseConv1d", options, sequences);
    checkPadding1d("depthwiseConv1d", this.padding);
  }

  protected windowPadding(): WindowPadding {
    return windowPadding(this.padding);
  }

  protected convolve(x: Tensor, kernel: Tensor): Tensor {
    return convolve(x, kernel, {
      strides: this.strides[0],
      padding: this.padding,
      dilationRate: this.dilationRate[0],
    });
  }
}

/**
 * A convolution of each channel of sequences by itself.
 *
 * @throws If a size is not a positive integer, or an option is unknown.
 * @example
 * layers.depthwiseConv1d({ kernelSize: 5, padding: "causal" }).outputShape([100, 16]); // [100, 16]
 */
export function depthwiseConv1d(options: DepthwiseConv1dOptions): DepthwiseConv1d {
  return new DepthwiseConv1d(options);
}
