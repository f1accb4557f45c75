/**
 * Conv1d, a convolution of sequences, channels last:
 *
 *   out[b, t, o] = activation(Σ over k, i of in[b, t·s + k·d - p, i] · kernel[k, i, o] + bias[o])
 *
 * Input `[batch, length, channels]`, output `[batch, outLength, filters]`; weights `kernel`
 * `[kernelSize, channels / groups, filters]` and `bias` `[filters]`. Waibel et al., "Phoneme recognition using time-delay neural
 * networks" (1989); causal and dilated as in van den Oord et al., "WaveNet" (2016).
 */
import { checkInteger } from "../graph/options.ts";
import type { Configuration } from "../graph/registry.ts";
import { formatShape, type Shape } from "../graph/shape.ts";
import { conv1d as convolve } from "../ops/convolution1d.ts";
import { checkPadding1d, type Padding1d } from "../ops/padding1d.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { KernelLayer, type KernelLayerOptions, kernelLayerOptionNames } from "./kernel-layer.ts";
import { type CallContext, checkLayerOptions } from "./layer.ts";
import { outputLength } from "./sliding-window1d.ts";

export interface Conv1dLayerOptions extends KernelLayerOptions {
  /** The number of outputs, at least 1. */
  filters: number;
  /** The kernel's length, at least 1. */
  kernelSize: number;
  /** How far the kernel moves from place to place; default 1. */
  strides?: number;
  /** `"valid"` (default), `"same"` (outputs of `ceil(length / stride)`), `"causal"` (no output sees a later input), or `[before, after]`. */
  padding?: Padding1d;
  /** The distance between the steps that a kernel's neighbours meet; default 1. */
  dilationRate?: number;
  /** Channels and filters in so many groups that do not see each other; must divide both; default 1. */
  groups?: number;
}

/** A convolution of sequences, channels last. Made by `conv1d`. */
export class Conv1d extends KernelLayer {
  static readonly className = "conv1d";
  readonly className = Conv1d.className;
  readonly filters: number;
  readonly kernelSize: number;
  readonly strides: number;
  readonly padding: Padding1d;
  readonly dilationRate: number;
  readonly groups: number;

  constructor(options: Conv1dLayerOptions) {
    checkLayerOptions("conv1d", options, {
      ...kernelLayerOptionNames,
      filters: true,
      kernelSize: true,
      strides: true,
      padding: true,
      dilationRate: true,
      groups: true,
    });
    super("conv1d", options);
    const { filters, kernelSize, strides = 1, padding = "valid", dilationRate = 1, groups = 1 } = options;
    checkInteger("conv1d", "filters", filters, 1);
    checkInteger("conv1d", "kernelSize", kernelSize, 1);
    checkInteger("conv1d", "strides", strides, 1);
    checkPadding1d("conv1d", padding);
    checkInteger("conv1d", "dilationRate", dilationRate, 1);
    checkInteger("conv1d", "groups", groups, 1);
    if (filters % groups !== 0)
      throw new RangeError(`conv1d: filters is ${filters}, which the ${groups} groups do not divide`);
    this.filters = filters;
    this.kernelSize = kernelSize;
    this.strides = strides;
    this.padding = padding;
    this.dilationRate = dilationRate;
    this.groups = groups;
    this.setInputRequirement({ rank: 2, axes: "[length, channels]" });
  }

  override build(inputShape: Shape): void {
    super.build(inputShape);
    const channels = inputShape[1] as number;
    this.setInputRequirement({ lastAxis: channels });
    this.addKernel([this.kernelSize, channels / this.groups, this.filters], this.filters);
  }

  call(x: Tensor, context: CallContext): Tensor {
    const { strides, padding, dilationRate, groups } = this;
    const options = { strides, padding, dilationRate, groups };
    return this.finish(convolve(this.checkedFloatInput(x), this.weight("kernel"), options), context);
  }

  override outputShape(inputShape: Shape): Shape {
    this.checkShape(inputShape);
    const channels = inputShape[1] as number;
    if (channels % this.groups !== 0)
      throw new Error(
        `${this.path}: the last axis of ${formatShape(inputShape)} is ${channels} channels, which the ${this.groups} groups do not divide`,
      );
    const { kernelSize: window, strides, padding, dilationRate: dilation } = this;
    return [outputLength(this.path, "the kernel", inputShape, { window, strides, padding, dilation }), this.filters];
  }

  override config(): Configuration {
    const { filters, kernelSize, strides, padding, dilationRate, groups } = this;
    return { ...super.config(), filters, kernelSize, strides, padding, dilationRate, groups };
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
