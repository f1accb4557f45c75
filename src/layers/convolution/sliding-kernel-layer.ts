/** What layers share whose kernel slides over sequences, images or volumes: its size and steps, and the shape of the output. */
import type { OptionNames } from "../../graph/options.ts";
import type { Configuration, Json } from "../../graph/registry.ts";
import type { Shape } from "../../graph/shape.ts";
import type { WindowGeometry, WindowPadding } from "../../ops/padding.ts";
import { exampleAxes, perAxis, type Sizes, type Space } from "../../ops/spatial.ts";
import type { Tensor } from "../../tensor/tensor.ts";
import { KernelLayer, type KernelLayerOptions, kernelLayerOptionNames } from "../kernel-layer.ts";
import type { CallContext, LayerOptions } from "../layer.ts";
import { outputSize } from "../pooling/sliding-window.ts";

/** Options of a sliding kernel with a number for each of the axes, and padding as `Padding` gives it. */
export interface SlidingKernelOptions<Size extends Sizes, Padding> extends KernelLayerOptions {
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
}

/** For `checkLayerOptions`: the names of these options. */
export const slidingKernelOptionNames: OptionNames<Omit<SlidingKernelOptions<Sizes, Json>, keyof LayerOptions>> = {
  ...kernelLayerOptionNames,
  kernelSize: true,
  strides: true,
  padding: true,
  dilationRate: true,
};

/** A layer with a kernel that slides, channels last; a subclass says what it does at each place, and checks its padding. */
export abstract class SlidingKernelLayer<Size extends Sizes, Padding extends Json> extends KernelLayer {
  readonly kernelSize: Size;
  readonly strides: Size;
  readonly padding: Padding | "valid";
  readonly dilationRate: Size;
  readonly #space: Space<Size>;

  constructor(className: string, options: SlidingKernelOptions<Size, Padding>, space: Space<Size>) {
    super(className, options);
    const { kernelSize, strides = 1, padding = "valid", dilationRate = 1 } = options;
    this.kernelSize = perAxis(className, "kernelSize", kernelSize, space);
    this.strides = perAxis(className, "strides", strides, space);
    this.padding = padding;
    this.dilationRate = perAxis(className, "dilationRate", dilationRate, space);
    this.#space = space;
    this.setInputRequirement({ rank: space.axes.length + 1, axes: exampleAxes(space) });
  }

  /** The padding, for each axis. */
  protected abstract windowPadding(): WindowPadding;

  /** The product of a batch with the kernel. */
  protected abstract convolve(x: Tensor, kernel: Tensor): Tensor;

  /** The kernel's shape for inputs with so many channels. */
  protected abstract kernelShape(channels: number): Shape;

  /** The number of channels that the output has. */
  protected abstract outputChannels(channels: number): number;

  /** The size of the output along each axis. */
  protected outputSize(inputShape: Shape, geometry: WindowGeometry): number[] {
    return outputSize(this.path, "the kernel", inputShape, this.#space, geometry);
  }

  override build(inputShape: Shape): void {
    super.build(inputShape);
    const channels = inputShape.at(-1) as number;
    this.setInputRequirement({ lastAxis: channels });
    this.addKernel(this.kernelShape(channels), this.outputChannels(channels));
  }

  call(x: Tensor, context: CallContext): Tensor {
    return this.finish(this.convolve(this.checkedFloatInput(x), this.weight("kernel")), context);
  }

  override outputShape(inputShape: Shape): Shape {
    this.checkShape(inputShape);
    const { kernelSize: window, strides, dilationRate: dilation } = this;
    const geometry = { window, strides, padding: this.windowPadding(), dilation };
    return [...this.outputSize(inputShape, geometry), this.outputChannels(inputShape.at(-1) as number)];
  }

  override config(): Configuration {
    const { kernelSize, strides, padding, dilationRate } = this;
    return { ...super.config(), kernelSize, strides, padding, dilationRate };
  }
}
