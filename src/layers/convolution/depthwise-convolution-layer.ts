/** What depthwise convolutions of sequences and images share: their options, their weights, and the shape of their output. */
import { checkInteger, type OptionNames } from "../../graph/options.ts";
import type { Configuration, Json } from "../../graph/registry.ts";
import type { Shape } from "../../graph/shape.ts";
import type { WindowPadding } from "../../ops/padding.ts";
import { exampleAxes, perAxis, type Sizes, type Space } from "../../ops/spatial.ts";
import type { Tensor } from "../../tensor/tensor.ts";
import { KernelLayer, type KernelLayerOptions, kernelLayerOptionNames } from "../kernel-layer.ts";
import { type CallContext, checkLayerOptions, type LayerOptions } from "../layer.ts";
import { outputSize } from "../pooling/sliding-window.ts";

/** Options of a depthwise convolution with a number for each of the axes, and padding as `Padding` gives it. */
export interface DepthwiseConvolutionOptions<Size extends Sizes, Padding> extends KernelLayerOptions {
  /** The size of the kernel, at least 1: a number for all axes, or one for each. */
  kernelSize: number | Size;
  /** How far the kernel moves from place to place; default 1. */
  strides?: number | Size;
  /**
   * `"valid"` (default); `"same"`, for outputs of `ceil(input / stride)`; or how much before and after, for each axis:
   * `[[top, bottom], [left, right]]`. Of sequences `[before, after]`, or `"causal"`, where no output sees a later input.
   */
  padding?: Padding | "valid";
  /** The number of outputs of each channel, at least 1; default 1. */
  depthMultiplier?: number;
  /** The distance between the elements that a kernel's neighbours meet; default 1. */
  dilationRate?: number | Size;
}

const optionNames: OptionNames<Omit<DepthwiseConvolutionOptions<Sizes, Json>, keyof LayerOptions>> = {
  ...kernelLayerOptionNames,
  kernelSize: true,
  strides: true,
  padding: true,
  depthMultiplier: true,
  dilationRate: true,
};

/** A convolution of each channel by itself; a subclass says of what, and checks its padding. */
export abstract class DepthwiseConvolutionLayer<Size extends Sizes, Padding extends Json> extends KernelLayer {
  readonly kernelSize: Size;
  readonly strides: Size;
  readonly padding: Padding | "valid";
  readonly depthMultiplier: number;
  readonly dilationRate: Size;
  readonly #space: Space<Size>;

  constructor(className: string, options: DepthwiseConvolutionOptions<Size, Padding>, space: Space<Size>) {
    checkLayerOptions(className, options, optionNames);
    super(className, options);
    const { kernelSize, strides = 1, padding = "valid", depthMultiplier = 1, dilationRate = 1 } = options;
    checkInteger(className, "depthMultiplier", depthMultiplier, 1);
    this.kernelSize = perAxis(className, "kernelSize", kernelSize, space);
    this.strides = perAxis(className, "strides", strides, space);
    this.padding = padding;
    this.depthMultiplier = depthMultiplier;
    this.dilationRate = perAxis(className, "dilationRate", dilationRate, space);
    this.#space = space;
    this.setInputRequirement({ rank: space.axes.length + 1, axes: exampleAxes(space) });
  }

  /** The padding, for each axis. */
  protected abstract windowPadding(): WindowPadding;

  /** The product of a batch with the kernel. */
  protected abstract convolve(x: Tensor, kernel: Tensor): Tensor;

  override build(inputShape: Shape): void {
    super.build(inputShape);
    const channels = inputShape.at(-1) as number;
    this.setInputRequirement({ lastAxis: channels });
    this.addKernel([...this.kernelSize, channels, this.depthMultiplier], channels * this.depthMultiplier);
  }

  call(x: Tensor, context: CallContext): Tensor {
    return this.finish(this.convolve(this.checkedFloatInput(x), this.weight("kernel")), context);
  }

  override outputShape(inputShape: Shape): Shape {
    this.checkShape(inputShape);
    const { kernelSize: window, strides, dilationRate: dilation } = this;
    const geometry = { window, strides, padding: this.windowPadding(), dilation };
    const size = outputSize(this.path, "the kernel", inputShape, this.#space, geometry);
    return [...size, (inputShape.at(-1) as number) * this.depthMultiplier];
  }

  override config(): Configuration {
    const { kernelSize, strides, padding, depthMultiplier, dilationRate } = this;
    return { ...super.config(), kernelSize, strides, padding, depthMultiplier, dilationRate };
  }
}
