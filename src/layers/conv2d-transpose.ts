/**
 * Conv2dTranspose, the transpose of a convolution, which makes images larger: every pixel in[b, y, x, i] adds
 *
 *   in[b, y, x, i] · kernel[ky, kx, o, i]   to   out[b, y·s + ky·d - p, x·s + kx·d - p, o]
 *
 * before bias and activation. The output is `input · stride` with padding `"same"`, and with `"valid"` larger by what the kernel
 * reaches beyond the stride.
 *
 * Input `[batch, height, width, channels]`, output `[batch, outHeight, outWidth, filters]`; weights `kernel`
 * `[kernelHeight, kernelWidth, filters, channels]` and `bias` `[filters]`. Zeiler et al. (2010); Dumoulin and Visin (2016).
 */
import { checkChoice, checkInteger } from "../graph/options.ts";
import type { Configuration } from "../graph/registry.ts";
import type { Shape } from "../graph/shape.ts";
import { conv2dTranspose as convolve, transposedSize } from "../ops/convolution.ts";
import { type Pair, pairOf } from "../ops/padding.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { KernelLayer, type KernelLayerOptions, kernelLayerOptionNames } from "./kernel-layer.ts";
import { type CallContext, checkLayerOptions } from "./layer.ts";

export interface Conv2dTransposeLayerOptions extends KernelLayerOptions {
  /** The number of outputs, at least 1. */
  filters: number;
  /** Height and width of the kernel, at least 1. */
  kernelSize: Pair;
  /** How far apart the input's pixels come to lie in the output; default 1. */
  strides?: Pair;
  /** Default `"valid"`. */
  padding?: "valid" | "same";
  /** The distance between a kernel's neighbours in the output; default 1. */
  dilationRate?: Pair;
}

/** The transpose of a convolution. Made by `conv2dTranspose`. */
export class Conv2dTranspose extends KernelLayer {
  static readonly className = "conv2dTranspose";
  readonly className = Conv2dTranspose.className;
  readonly filters: number;
  readonly kernelSize: readonly [number, number];
  readonly strides: readonly [number, number];
  readonly padding: "valid" | "same";
  readonly dilationRate: readonly [number, number];

  constructor(options: Conv2dTransposeLayerOptions) {
    checkLayerOptions("conv2dTranspose", options, {
      ...kernelLayerOptionNames,
      filters: true,
      kernelSize: true,
      strides: true,
      padding: true,
      dilationRate: true,
    });
    super("conv2dTranspose", options);
    const { filters, kernelSize, strides = 1, padding = "valid", dilationRate = 1 } = options;
    checkInteger("conv2dTranspose", "filters", filters, 1);
    checkChoice("conv2dTranspose", "padding", padding, ["valid", "same"]);
    this.filters = filters;
    this.kernelSize = pairOf("conv2dTranspose", "kernelSize", kernelSize);
    this.strides = pairOf("conv2dTranspose", "strides", strides);
    this.padding = padding;
    this.dilationRate = pairOf("conv2dTranspose", "dilationRate", dilationRate);
    this.setInputRequirement({ rank: 3, axes: "[height, width, channels]" });
  }

  override build(inputShape: Shape): void {
    super.build(inputShape);
    const channels = inputShape[2] as number;
    this.setInputRequirement({ lastAxis: channels });
    this.addKernel([...this.kernelSize, this.filters, channels], this.filters);
  }

  call(x: Tensor, context: CallContext): Tensor {
    const { strides, padding, dilationRate } = this;
    const product = convolve(this.checkedFloatInput(x), this.weight("kernel"), { strides, padding, dilationRate });
    return this.finish(product, context);
  }

  override outputShape(inputShape: Shape): Shape {
    this.checkShape(inputShape);
    const [height, width] = inputShape as readonly [number, number, number];
    const { kernelSize, strides, padding, dilationRate } = this;
    return [...transposedSize([height, width], kernelSize, strides, padding, dilationRate), this.filters];
  }

  override config(): Configuration {
    const { filters, kernelSize, strides, padding, dilationRate } = this;
    return { ...super.config(), filters, kernelSize, strides, padding, dilationRate };
  }
}

/**
 * The transpose of a convolution, as generators use to make images larger.
 *
 * @throws If a size is not a positive integer, or an option is unknown.
 * @example
 * const layer = layers.conv2dTranspose({ filters: 64, kernelSize: 4, strides: 2, padding: "same" });
 * layer.outputShape([7, 7, 128]); // [14, 14, 64]
 */
export function conv2dTranspose(options: Conv2dTransposeLayerOptions): Conv2dTranspose {
  return new Conv2dTranspose(options);
}
