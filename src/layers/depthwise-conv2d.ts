/**
 * DepthwiseConv2d, a convolution of each channel with filters of its own:
 *
 *   out[b, y, x, i·m + j] = activation(Σ over ky, kx of in[b, y·s + ky·d - p, x·s + kx·d - p, i] · kernel[ky, kx, i, j] + bias[i·m + j])
 *
 * Input `[batch, height, width, channels]`, output `[batch, outHeight, outWidth, channels · m]` with the depth multiplier m;
 * weights `kernel` `[kernelHeight, kernelWidth, channels, m]` and `bias` `[channels · m]`. Howard et al., "MobileNets" (2017).
 */
import { checkInteger } from "../graph/options.ts";
import type { Configuration } from "../graph/registry.ts";
import type { Shape } from "../graph/shape.ts";
import { depthwiseConv2d as convolve } from "../ops/convolution.ts";
import { checkPadding, type Padding, type Pair, pairOf } from "../ops/padding.ts";
import { images } from "../ops/spatial.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { KernelLayer, type KernelLayerOptions, kernelLayerOptionNames } from "./kernel-layer.ts";
import { type CallContext, checkLayerOptions } from "./layer.ts";
import { outputSize } from "./sliding-window.ts";

export interface DepthwiseConv2dOptions extends KernelLayerOptions {
  /** Height and width of the kernel, at least 1. */
  kernelSize: Pair;
  /** How far the kernel moves from place to place; default 1. */
  strides?: Pair;
  /** `"valid"` (default), `"same"` (outputs of `ceil(input / stride)`), or pixels `[[top, bottom], [left, right]]`. */
  padding?: Padding;
  /** The number of outputs of each channel, at least 1; default 1. */
  depthMultiplier?: number;
  /** The distance between the pixels that a kernel's neighbours meet; default 1. */
  dilationRate?: Pair;
}

/** A convolution of each channel by itself. Made by `depthwiseConv2d`. */
export class DepthwiseConv2d extends KernelLayer {
  static readonly className = "depthwiseConv2d";
  readonly className = DepthwiseConv2d.className;
  readonly kernelSize: readonly [number, number];
  readonly strides: readonly [number, number];
  readonly padding: Padding;
  readonly depthMultiplier: number;
  readonly dilationRate: readonly [number, number];

  constructor(options: DepthwiseConv2dOptions) {
    checkLayerOptions("depthwiseConv2d", options, {
      ...kernelLayerOptionNames,
      kernelSize: true,
      strides: true,
      padding: true,
      depthMultiplier: true,
      dilationRate: true,
    });
    super("depthwiseConv2d", options);
    const { kernelSize, strides = 1, padding = "valid", depthMultiplier = 1, dilationRate = 1 } = options;
    checkPadding("depthwiseConv2d", padding);
    checkInteger("depthwiseConv2d", "depthMultiplier", depthMultiplier, 1);
    this.kernelSize = pairOf("depthwiseConv2d", "kernelSize", kernelSize);
    this.strides = pairOf("depthwiseConv2d", "strides", strides);
    this.padding = padding;
    this.depthMultiplier = depthMultiplier;
    this.dilationRate = pairOf("depthwiseConv2d", "dilationRate", dilationRate);
    this.setInputRequirement({ rank: 3, axes: "[height, width, channels]" });
  }

  override build(inputShape: Shape): void {
    super.build(inputShape);
    const channels = inputShape[2] as number;
    this.setInputRequirement({ lastAxis: channels });
    this.addKernel([...this.kernelSize, channels, this.depthMultiplier], channels * this.depthMultiplier);
  }

  call(x: Tensor, context: CallContext): Tensor {
    const { strides, padding, dilationRate } = this;
    const product = convolve(this.checkedFloatInput(x), this.weight("kernel"), { strides, padding, dilationRate });
    return this.finish(product, context);
  }

  override outputShape(inputShape: Shape): Shape {
    this.checkShape(inputShape);
    const { kernelSize: window, strides, padding, dilationRate: dilation } = this;
    const size = outputSize(this.path, "the kernel", inputShape, images, { window, strides, padding, dilation });
    return [...size, (inputShape[2] as number) * this.depthMultiplier];
  }

  override config(): Configuration {
    const { kernelSize, strides, padding, depthMultiplier, dilationRate } = this;
    return { ...super.config(), kernelSize, strides, padding, depthMultiplier, dilationRate };
  }
}

/**
 * A convolution of each channel by itself.
 *
 * @throws If a size is not a positive integer, or an option is unknown.
 * @example
 * layers.depthwiseConv2d({ kernelSize: 3, padding: "same" }).outputShape([28, 28, 32]); // [28, 28, 32]
 */
export function depthwiseConv2d(options: DepthwiseConv2dOptions): DepthwiseConv2d {
  return new DepthwiseConv2d(options);
}
