/**
 * Conv2d, a convolution of images, channels last:
 *
 *   out[b, y, x, o] = activation(Σ over ky, kx, i of in[b, y·s + ky·d - p, x·s + kx·d - p, i] · kernel[ky, kx, i, o] + bias[o])
 *
 * Input `[batch, height, width, channels]`, output `[batch, outHeight, outWidth, filters]`; weights `kernel`
 * `[kernelHeight, kernelWidth, channels / groups, filters]` and `bias` `[filters]`. LeCun et al. (1989).
 */
import { checkInteger } from "../graph/options.ts";
import type { Configuration } from "../graph/registry.ts";
import { formatShape, type Shape } from "../graph/shape.ts";
import { conv2d as convolve } from "../ops/convolution.ts";
import { checkPadding, type Padding, type Pair, pairOf } from "../ops/padding.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { KernelLayer, type KernelLayerOptions, kernelLayerOptionNames } from "./kernel-layer.ts";
import { type CallContext, checkLayerOptions } from "./layer.ts";
import { outputSize } from "./sliding-window.ts";

export interface Conv2dLayerOptions extends KernelLayerOptions {
  /** The number of outputs, at least 1. */
  filters: number;
  /** Height and width of the kernel, at least 1. */
  kernelSize: Pair;
  /** How far the kernel moves from place to place; default 1. */
  strides?: Pair;
  /** `"valid"` (default), `"same"` (outputs of `ceil(input / stride)`), or pixels `[[top, bottom], [left, right]]`. */
  padding?: Padding;
  /** The distance between the pixels that a kernel's neighbours meet; default 1. */
  dilationRate?: Pair;
  /** Channels and filters in so many groups that do not see each other; must divide both; default 1. */
  groups?: number;
}

/** A convolution of images, channels last. Made by `conv2d`. */
export class Conv2d extends KernelLayer {
  static readonly className = "conv2d";
  readonly className = Conv2d.className;
  readonly filters: number;
  readonly kernelSize: readonly [number, number];
  readonly strides: readonly [number, number];
  readonly padding: Padding;
  readonly dilationRate: readonly [number, number];
  readonly groups: number;

  constructor(options: Conv2dLayerOptions) {
    checkLayerOptions("conv2d", options, {
      ...kernelLayerOptionNames,
      filters: true,
      kernelSize: true,
      strides: true,
      padding: true,
      dilationRate: true,
      groups: true,
    });
    super("conv2d", options);
    const { filters, kernelSize, strides = 1, padding = "valid", dilationRate = 1, groups = 1 } = options;
    checkInteger("conv2d", "filters", filters, 1);
    checkPadding("conv2d", padding);
    checkInteger("conv2d", "groups", groups, 1);
    if (filters % groups !== 0)
      throw new RangeError(`conv2d: filters is ${filters}, which the ${groups} groups do not divide`);
    this.filters = filters;
    this.kernelSize = pairOf("conv2d", "kernelSize", kernelSize);
    this.strides = pairOf("conv2d", "strides", strides);
    this.padding = padding;
    this.dilationRate = pairOf("conv2d", "dilationRate", dilationRate);
    this.groups = groups;
    this.setInputRequirement({ rank: 3, axes: "[height, width, channels]" });
  }

  override build(inputShape: Shape): void {
    super.build(inputShape);
    const channels = inputShape[2] as number;
    this.setInputRequirement({ lastAxis: channels });
    this.addKernel([...this.kernelSize, channels / this.groups, this.filters], this.filters);
  }

  call(x: Tensor, context: CallContext): Tensor {
    const { strides, padding, dilationRate, groups } = this;
    const product = convolve(this.checkedFloatInput(x), this.weight("kernel"), {
      strides,
      padding,
      dilationRate,
      groups,
    });
    return this.finish(product, context);
  }

  override outputShape(inputShape: Shape): Shape {
    this.checkShape(inputShape);
    const channels = inputShape[2] as number;
    if (channels % this.groups !== 0)
      throw new Error(
        `${this.path}: the last axis of ${formatShape(inputShape)} is ${channels} channels, which the ${this.groups} groups do not divide`,
      );
    const { kernelSize: window, strides, padding, dilationRate: dilation } = this;
    return [...outputSize(this.path, "the kernel", inputShape, { window, strides, padding, dilation }), this.filters];
  }

  override config(): Configuration {
    const { filters, kernelSize, strides, padding, dilationRate, groups } = this;
    return { ...super.config(), filters, kernelSize, strides, padding, dilationRate, groups };
  }
}

/**
 * A convolution of images: `[batch, height, width, channels]` to `[batch, outHeight, outWidth, filters]`.
 *
 * @throws If a size is not a positive integer, the groups do not divide the filters, or an option is unknown.
 * @example
 * const layer = layers.conv2d({ filters: 32, kernelSize: 3, strides: 2, padding: "same", activation: "relu" });
 * layer.outputShape([28, 28, 1]); // [14, 14, 32]
 */
export function conv2d(options: Conv2dLayerOptions): Conv2d {
  return new Conv2d(options);
}
