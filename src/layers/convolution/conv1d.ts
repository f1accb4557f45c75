/**
 * Conv1d, a convolution of sequences, channels last:
 *
 *   out[b, t, o] = activation(Σ over k, i of in[b, t·s + k·d - p, i] · kernel[k, i, o] + bias[o])
 *
 * Input `[batch, length, channels]`, output `[batch, outLength, filters]`; weights `kernel`
 * `[kernelSize, channels / groups, filters]` and `bias` `[filters]`. Waibel et al., "Phoneme recognition using time-delay neural
 * networks" (1989); causal and dilated as in van den Oord et al., "WaveNet" (2016).
 */
import { conv1d as convolve } from "../../ops/convolution1d.ts";
import type { WindowPadding } from "../../ops/padding.ts";
import { checkPadding1d, type Padding1d, windowPadding } from "../../ops/padding1d.ts";
import { sequences } from "../../ops/spatial.ts";
import type { Tensor } from "../../tensor/tensor.ts";
import { ConvolutionLayer, type ConvolutionOptions } from "./convolution-layer.ts";

export type Conv1dLayerOptions = ConvolutionOptions<readonly [length: number], Padding1d>;

/** A convolution of sequences, channels last. Made by `conv1d`. */
export class Conv1d extends ConvolutionLayer<readonly [length: number], Padding1d> {
  static readonly className = "conv1d";
  readonly className = Conv1d.className;

  constructor(options: Conv1dLayerOptions) {
    super("conv1d", options, sequences);
    checkPadding1d("conv1d", this.padding);
  }

  protected windowPadding(): WindowPadding {
    return windowPadding(this.padding);
  }

  protected convolve(x: Tensor, kernel: Tensor): Tensor {
    const { padding, groups } = this;
    return convolve(x, kernel, { strides: this.strides[0], padding, dilationRate: this.dilationRate[0], groups });
  }
}

/**
 * A convolution of sequences: `[batch, length, channels]` to `[batch, outLength, filters]`.
 *
 * @throws If a size is not a positive integer, the groups do not divide the filters, or an option is unknown.
 * @example
 * layers.conv1d({ filters: 16, kernelSize: 3, padding: "causal", dilationRate: 2 }).outputShape([100, 8]); // [100, 16]
 */
export function conv1d(options: Conv1dLayerOptions): Conv1d {
  return new Conv1d(options);
}
