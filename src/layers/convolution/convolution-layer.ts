/** What convolutions of sequences, images and volumes and their transposes share beyond a kernel that slides: filters and groups. */
import { checkInteger, type OptionNames } from "../../graph/options.ts";
import type { Configuration, Json } from "../../graph/registry.ts";
import { formatShape, type Shape } from "../../graph/shape.ts";
import type { Sizes, Space } from "../../ops/spatial.ts";
import { checkLayerOptions, type LayerOptions } from "../layer.ts";
import { SlidingKernelLayer, type SlidingKernelOptions, slidingKernelOptionNames } from "./sliding-kernel-layer.ts";

/** Options of a convolution with a number for each of the axes, and padding as `Padding` gives it. */
export interface ConvolutionOptions<Size extends Sizes, Padding> extends SlidingKernelOptions<Size, Padding> {
  /** The number of outputs, at least 1. */
  filters: number;
  /** Channels and filters in so many groups that do not see each other; must divide both; default 1. */
  groups?: number;
}

const optionNames: OptionNames<Omit<ConvolutionOptions<Sizes, Json>, keyof LayerOptions>> = {
  ...slidingKernelOptionNames,
  filters: true,
  groups: true,
};

/** A convolution, channels last; a subclass says which, and checks its padding. */
export abstract class ConvolutionLayer<Size extends Sizes, Padding extends Json> extends SlidingKernelLayer<
  Size,
  Padding
> {
  readonly filters: number;
  readonly groups: number;

  /** @param further The names of options that the subclass adds. */
  constructor(
    className: string,
    options: ConvolutionOptions<Size, Padding>,
    space: Space<Size>,
    further: Readonly<Record<string, true>> = {},
  ) {
    checkLayerOptions(className, options, { ...optionNames, ...further });
    super(className, options, space);
    const { filters, groups = 1 } = options;
    checkInteger(className, "filters", filters, 1);
    checkInteger(className, "groups", groups, 1);
    if (filters % groups !== 0)
      throw new RangeError(`${className}: filters is ${filters}, which the ${groups} groups do not divide`);
    this.filters = filters;
    this.groups = groups;
  }

  protected kernelShape(channels: number): Shape {
    return [...this.kernelSize, channels / this.groups, this.filters];
  }

  protected outputChannels(): number {
    return this.filters;
  }

  /** @throws If the groups do not divide the channels. */
  protected override checkShape(shape: Shape): void {
    super.checkShape(shape);
    const channels = shape.at(-1) as number;
    if (channels % this.groups !== 0)
      throw new Error(
        `${this.path}: the last axis of ${formatShape(shape)} is ${channels} channels, which the ${this.groups} groups do not divide`,
      );
  }

  override config(): Configuration {
    return { ...super.config(), filters: this.filters, groups: this.groups };
  }
}
