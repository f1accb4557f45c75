/** What transposed convolutions of sequences, images and volumes share beyond what every convolution has. */
import type { Configuration, Json } from "../../graph/registry.ts";
import type { Shape } from "../../graph/shape.ts";
import { transposedSize } from "../../ops/convolution.ts";
import type { WindowGeometry } from "../../ops/padding.ts";
import { perAxis, type Sizes, type Space } from "../../ops/spatial.ts";
import { ConvolutionLayer, type ConvolutionOptions } from "./convolution-layer.ts";

/** Options of a transposed convolution with a number for each of the axes, and padding as `Padding` gives it. */
export interface TransposedConvolutionOptions<Size extends Sizes, Padding> extends ConvolutionOptions<Size, Padding> {
  /** How far apart the input's elements come to lie in the output; default 1. */
  strides?: number | Size;
  /**
   * `"valid"` (default), for outputs of `input · stride` and what the kernel reaches beyond the stride; `"same"`, for outputs of
   * `input · stride`; or what to cut off before and after, for each axis: `[[top, bottom], [left, right]]`, of sequences `[before, after]`.
   */
  padding?: Padding | "valid";
  /**
   * Elements that the output is longer along each axis, less than the stride: its size then is
   * `(input - 1) · stride + reach - padding + outputPadding` with the kernel's reach `dilationRate · (kernelSize - 1) + 1`, and the
   * padding of `"same"` is `2 · ⌊reach / 2⌋`. By default the sizes are those that `padding` tells.
   */
  outputPadding?: number | Size;
  /** The distance between a kernel's neighbours in the output; default 1. */
  dilationRate?: number | Size;
}

/** The transpose of a convolution, channels last; a subclass says which, and checks its padding. */
export abstract class TransposedConvolutionLayer<Size extends Sizes, Padding extends Json> extends ConvolutionLayer<
  Size,
  Padding
> {
  readonly outputPadding: Size | undefined;

  constructor(className: string, options: TransposedConvolutionOptions<Size, Padding>, space: Space<Size>) {
    super(className, options, space, { outputPadding: true });
    const { outputPadding } = options;
    this.outputPadding =
      outputPadding === undefined ? undefined : perAxis(className, "outputPadding", outputPadding, space, 0);
  }

  protected override kernelShape(channels: number): Shape {
    return [...this.kernelSize, this.filters / this.groups, channels];
  }

  protected override outputSize(inputShape: Shape, geometry: WindowGeometry): number[] {
    return inputShape
      .slice(0, -1)
      .map((length, axis) => transposedSize(this.path, geometry, axis, length, this.outputPadding?.[axis]));
  }

  override config(): Configuration {
    return { ...super.config(), ...(this.outputPadding && { outputPadding: this.outputPadding }) };
  }
}
