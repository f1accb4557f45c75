/**
 * What convolutions of sequences, images and volumes and their transposes share: their options, their weights, and the shape of
 * their output.
 */
import { checkInteger, type OptionNames } from "../../graph/options.ts";
import type { Configuration, Json } from "../../graph/registry.ts";
import { formatShape, type Shape } from "../../graph/shape.ts";
import type { WindowGeometry, WindowPadding } from "../../ops/padding.ts";
import { exampleAxes, perAxis, type Sizes, type Space } from "../../ops/spatial.ts";
import type { Tensor } from "../../tensor/tensor.ts";
import { KernelLayer, type KernelLayerOptions, kernelLayerOptionNames } from "../kernel-layer.ts";
import { type CallContext, checkLayerOptions, type LayerOptions } from "../layer.ts";
import { outputSize } from "../pooling/sliding-window.ts";

/** Options of a convolution with a number for each of the axes, and padding as `Padding` gives it. */
export interface ConvolutionOptions<Size extends Sizes, Padding> extends KernelLayerOptions {
  /** The number of outputs, at least 1. */
  filters: number;
  /** The size of the kernel, at least 1: a number for all axes, or one for each. */
  kernelSize: number | Size;
  /** How far the kernel moves from place to place; default 1. */
  strides?: number | Size;
  /**
   * `"valid"` (default); `"same"`, for outputs of `ceil(input / stride)`; or how much before and after, for each axis:
   * `[[top, bottom], [left, right]]`. Of sequences `[before, after]`, or `"causal"`, where no output sees a later input.
   */
  padding?: Padding | "valid";
  /** The distance between the elements that a kernel's neighbours meet; default 1. */
  dilationRate?: number | Size;
  /** Channels and filters in so many groups that do not see each other; must divide both; default 1. */
  groups?: number;
}

const optionNames: OptionNames<Omit<ConvolutionOptions<Sizes, Json>, keyof LayerOptions>> = {
  ...kernelLayerOptionNames,
  filters: true,
  kernelSize: true,
  strides: true,
  padding: true,
  dilationRate: true,
  groups: true,
};

/** A convolution, channels last; a subclass says which, and checks its padding. */
export abstract class ConvolutionLayer<Size extends Sizes, Padding extends Json> extends KernelLayer {
  readonly filters: number;
  readonly kernelSize: Size;
  readonly strides: Size;
  readonly padding: Padding | "valid";
  readonly dilationRate: Size;
  readonly groups: number;
  readonly #space: Space<Size>;

  /** @param further The names of options that the subclass adds. */
  constructor(
    className: string,
    options: ConvolutionOptions<Size, Padding>,
    space: Space<Size>,
    further: Readonly<Record<string, true>> = {},
  ) {
    checkLayerOptions(className, options, { ...optionNames, ...further });
    super(className, options);
    const { filters, kernelSize, strides = 1, padding = "valid", dilationRate = 1, groups = 1 } = options;
    checkInteger(className, "filters", filters, 1);
    checkInteger(className, "groups", groups, 1);
    if (filters % groups !== 0)
      throw new RangeError(`${className}: filters is ${filters}, which the ${groups} groups do not divide`);
    this.filters = filters;
    this.kernelSize = perAxis(className, "kernelSize", kernelSize, space);
    this.strides = perAxis(className, "strides", strides, space);
    this.padding = padding;
    this.dilationRate = perAxis(className, "dilationRate", dilationRate, space);
    this.groups = groups;
    this.#space = space;
    this.setInputRequirement({ rank: space.axes.length + 1, axes: exampleAxes(space) });
  }

  /** The padding, for each axis. */
  protected abstract windowPadding(): WindowPadding;

  /** The product of a batch with the kernel. */
  protected abstract convolve(x: Tensor, kernel: Tensor): Tensor;

  /** The kernel's shape for inputs with so many channels. */
  protected kernelShape(channels: number): Shape {
    return [...this.kernelSize, channels / this.groups, this.filters];
  }

  /** The size of the output along each axis. */
  protected outputSize(inputShape: Shape, geometry: WindowGeometry): number[] {
    return outputSize(this.path, "the kernel", inputShape, this.#space, geometry);
  }

  override build(inputShape: Shape): void {
    super.build(inputShape);
    const channels = inputShape.at(-1) as number;
    this.setInputRequirement({ lastAxis: channels });
    this.addKernel(this.kernelShape(channels), this.filters);
  }

  call(x: Tensor, context: CallContext): Tensor {
    return this.finish(this.convolve(this.checkedFloatInput(x), this.weight("kernel")), context);
  }

  override outputShape(inputShape: Shape): Shape {
    this.checkShape(inputShape);
    const channels = inputShape.at(-1) as number;
    if (channels % this.groups !== 0)
      throw new Error(
        `${this.path}: the last axis of ${formatShape(inputShape)} is ${channels} channels, which the ${this.groups} groups do not divide`,
      );
    const { kernelSize: window, strides, dilationRate: dilation } = this;
    return [...this.outputSize(inputShape, { window, strides, padding: this.windowPadding(), dilation }), this.filters];
  }

  override config(): Configuration {
    const { filters, kernelSize, strides, padding, dilationRate, groups } = this;
    return { ...super.config(), filters, kernelSize, strides, padding, dilationRate, groups };
  }
}
