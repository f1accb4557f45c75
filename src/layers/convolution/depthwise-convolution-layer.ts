/** What depthwise convolutions of sequences and images share beyond a kernel that slides: how much each channel gives. */
import { checkInteger } from "../../graph/options.ts";
import type { Configuration, Json } from "../../graph/registry.ts";
import type { Shape } from "../../graph/shape.ts";
import type { Sizes, Space } from "../../ops/spatial.ts";
import { checkLayerOptions } from "../layer.ts";
import { SlidingKernelLayer, type SlidingKernelOptions, slidingKernelOptionNames } from "./sliding-kernel-layer.ts";

/** Options of a depthwise convolution with a number for each of the axes, and padding as `Padding` gives it. */
export interface DepthwiseConvolutionOptions<Size extends Sizes, Padding> extends SlidingKernelOptions<Size, Padding> {
  /** The number of outputs of each channel, at least 1; default 1. */
  depthMultiplier?: number;
}

/** A convolution of each channel by itself; a subclass says of what, and checks its padding. */
export abstract class DepthwiseConvolutionLayer<Size extends Sizes, Padding extends Json> extends SlidingKernelLayer<
  Size,
  Padding
> {
  readonly depthMultiplier: number;

  constructor(className: string, options: DepthwiseConvolutionOptions<Size, Padding>, space: Space<Size>) {
    checkLayerOptions<DepthwiseConvolutionOptions<Sizes, Json>>(className, options, {
      ...slidingKernelOptionNames,
      depthMultiplier: true,
    });
    super(className, options, space);
    const { depthMultiplier = 1 } = options;
    checkInteger(className, "depthMultiplier", depthMultiplier, 1);
    this.depthMultiplier = depthMultiplier;
  }

  protected kernelShape(channels: number): Shape {
    return [...this.kernelSize, channels, this.depthMultiplier];
  }

  protected outputChannels(channels: number): number {
    return channels * this.depthMultiplier;
  }

  override config(): Configuration {
    return { ...super.config(), depthMultiplier: this.depthMultiplier };
  }
}
