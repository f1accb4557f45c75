/**
 * Conv1dTranspose, the transpose of a convolution, which makes sequences longer: every step in[b, t, i] adds
 *
 *   in[b, t, i] · kernel[k, o, i]   to   out[b, t·s + k·d - p, o]
 *
 * before bias and activation. The output is `input · stride` with padding `"same"`, and with `"valid"` longer by what the kernel
 * reaches beyond the stride.
 *
 * Input `[batch, length, channels]`, output `[batch, outLength, filters]`; weights `kernel`
 * `[kernelSize, filters / groups, channels]` and `bias` `[filters]`. Dumoulin and Visin (2016).
 */
import { conv1dTranspose as convolve } from "../../ops/convolution1d.ts";
import type { WindowPadding } from "../../ops/padding.ts";
import { checkTransposedPadding1d, type Padding1d, windowPadding } from "../../ops/padding1d.ts";
import { sequences } from "../../ops/spatial.ts";
import type { Tensor } from "../../tensor/tensor.ts";
import { TransposedConvolutionLayer, type TransposedConvolutionOptions } from "./transposed-convolution-layer.ts";

type Padding = Exclude<Padding1d, "causal">;

export type Conv1dTransposeLayerOptions = TransposedConvolutionOptions<readonly [length: number], Padding>;

/** The transpose of a convolution of sequences. Made by `conv1dTranspose`. */
export class Conv1dTranspose extends TransposedConvolutionLayer<readonly [length: number], Padding> {
  static readonly className = "conv1dTranspose";
  readonly className = Conv1dTranspose.className;

  constructor(options: Conv1dTransposeLayerOptions) {
    super("conv1dTranspose", options, sequences);
    checkTransposedPadding1d("conv1dTranspose", this.padding);
  }

  protected windowPadding(): WindowPadding {
    return windowPadding(this.padding);
  }

  protected convolve(x: Tensor, kernel: Tensor): Tensor {
    const { padding, groups, outputPadding } = this;
    return convolve(x, kernel, {
      strides: this.strides[0],
      padding,
      dilationRate: this.dilationRate[0],
      groups,
      ...(outputPadding && { outputPadding: outputPadding[0] }),
    });
  }
}

/**
 * The transpose of a convolution of sequences, which makes them longer.
 *
 * @throws If a size is not a positive integer, the groups do not divide the filters, or an option is unknown.
 * @example
 * layers.conv1dTranspose({ filters: 8, kernelSize: 4, strides: 2, padding: "same" }).outputShape([50, 16]); // [100, 8]
 */
export function conv1dTranspose(options: Conv1dTransposeLayerOptions): Conv1dTranspose {
  return new Conv1dTranspose(options);
}
