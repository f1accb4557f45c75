/**
 * SeparableConv1d, a convolution of each channel of sequences by itself, then a mix of the channels at each step:
 *
 *   between[b, t, i·m + j] = Σ over k of in[b, t·s + k·d - p, i] · depthwiseKernel[k, i, j]
 *   out[b, t, o] = activation(Σ over c of between[b, t, c] · pointwiseKernel[0, c, o] + bias[o])
 *
 * Input `[batch, length, channels]`, output `[batch, outLength, filters]`; weights `depthwiseKernel` `[kernelSize, channels, m]` with
 * the depth multiplier m, `pointwiseKernel` `[1, channels · m, filters]` and `bias` `[filters]`. Chollet, "Xception" (2017).
 */
import { conv1d, depthwiseConv1d } from "../../ops/convolution1d.ts";
import type { WindowPadding } from "../../ops/padding.ts";
import { checkPadding1d, type Padding1d, windowPadding } from "../../ops/padding1d.ts";
import { sequences } from "../../ops/spatial.ts";
import type { Tensor } from "../../tensor/tensor.ts";
import { SeparableConvolutionLayer, type SeparableConvolutionOptions } from "./separable-convolution-layer.ts";

export type SeparableConv1dOptions = SeparableConvolutionOptions<readonly [length: number], Padding1d>;

/** A depthwise convolution of sequences and a pointwise one. Made by `separableConv1d`. */
export class SeparableConv1d extends SeparableConvolutionLayer<readonly [length: number], Padding1d> {
  static readonly className = "separableConv1d";
  readonly className = SeparableConv1d.className;

  constructor(options: SeparableConv1dOptions) {
    super("separableConv1d", options, sequences);
    checkPadding1d("separableConv1d", this.padding);
  }

  protected windowPadding(): WindowPadding {
    return windowPadding(this.padding);
  }

  protected convolve(x: Tensor, depthwise: Tensor, pointwise: Tensor): Tensor {
    const options = { strides: this.strides[0], padding: this.padding, dilationRate: this.dilationRate[0] };
    return conv1d(depthwiseConv1d(x, depthwise, options), pointwise);
  }
}

/**
 * A convolution of each channel by itself, then a mix of the channels: `[batch, length, channels]` to
 * `[batch, outLength, filters]`, with far fewer weights than `conv1d`.
 *
 * @throws If a size is not a positive integer, or an option is unknown.
 * @example
 * layers.separableConv1d({ filters: 64, kernelSize: 5, padding: "causal" }).outputShape([100, 32]); // [100, 64]
 */
export function separableConv1d(options: SeparableConv1dOptions): SeparableConv1d {
  return new SeparableConv1d(options);
}
