/** Convolutions of images, channels last. */

import { enableConvolutions } from "../compiler/convolution-instructions.ts";
import { checkInteger } from "../graph/options.ts";
import * as graph from "../graph/primitives/convolution.ts";
import { windowCount } from "../graph/primitives/convolution.ts";
import { formatShape } from "../graph/shape.ts";
import { Tensor } from "../tensor/tensor.ts";
import { reshape } from "./movement.ts";
import {
  axisPadding,
  checkPadding,
  explicitPadding,
  type Padding,
  type Pair,
  pairOf,
  type WindowGeometry,
} from "./padding.ts";

export interface Conv2dOptions {
  /** How far the filter moves from place to place; default 1. */
  strides?: Pair;
  /** Default `"valid"`. */
  padding?: Padding;
  /** The distance between the input pixels that a filter's neighbouring values meet; default 1. */
  dilationRate?: Pair;
  /** Channels and filters in so many groups that do not see each other; default 1. */
  groups?: number;
}

type Images = readonly [batch: number, height: number, width: number, channels: number];

function images(owner: string, what: string, x: Tensor, axes: string): Images {
  if (x.rank !== 4) throw new Error(`${owner}: the ${what} has the shape ${formatShape(x.shape)}, expected ${axes}`);
  return graph.imagesOf(x.shape);
}

/**
 * Slides filters over images: out[b, y, x, o] = Σ over ky, kx, i of in[b, y·s + ky·d - p, x·s + kx·d - p, i] · filter[ky, kx, i, o].
 *
 * @param x `[batch, height, width, channels]`
 * @param filter `[kernelHeight, kernelWidth, channels / groups, filters]`
 * @returns `[batch, outHeight, outWidth, filters]`
 * @throws If the channels do not fit the filter and groups.
 * @example
 * conv2d(images, filters, { padding: "same", strides: 2 });
 */
export function conv2d(x: Tensor, filter: Tensor, options: Conv2dOptions = {}): Tensor {
  const { padding = "valid", groups = 1 } = options;
  const strides = pairOf("conv2d", "strides", options.strides ?? 1);
  const dilation = pairOf("conv2d", "dilationRate", options.dilationRate ?? 1);
  checkPadding("conv2d", padding);
  checkInteger("conv2d", "groups", groups, 1);
  const [, height, width] = images("conv2d", "input", x, "[batch, height, width, channels]");
  const [kernelHeight, kernelWidth] = images("conv2d", "filter", filter, "[height, width, channels, filters]");
  const pixels = explicitPadding(padding, [height, width], [kernelHeight, kernelWidth], strides, dilation);
  enableConvolutions();
  return new Tensor(graph.convolution(x.node, filter.node, { strides, padding: pixels, dilation, groups }));
}

/**
 * Convolves each channel with filters of its own.
 *
 * @param x `[batch, height, width, channels]`
 * @param filter `[kernelHeight, kernelWidth, channels, multiplier]`
 * @returns `[batch, outHeight, outWidth, channels · multiplier]`, the results of one channel side by side.
 */
export function depthwiseConv2d(x: Tensor, filter: Tensor, options: Omit<Conv2dOptions, "groups"> = {}): Tensor {
  const [, , , channels] = images("depthwiseConv2d", "input", x, "[batch, height, width, channels]");
  const shape = images("depthwiseConv2d", "filter", filter, "[height, width, channels, multiplier]");
  const [height, width, filterChannels, multiplier] = shape;
  if (filterChannels !== channels)
    throw new Error(
      `depthwiseConv2d: the input has ${channels} channels in axis 3, the filter ${formatShape(shape)} expects ${filterChannels} in axis 2`,
    );
  const flat = reshape(filter, [height, width, 1, channels * multiplier]);
  return conv2d(x, flat, { ...options, groups: channels });
}

export interface Conv2dTransposeOptions {
  /** How far apart the input's pixels come to lie in the output; default 1. */
  strides?: Pair;
  /** `"valid"` (default), `"same"`, or the pixels to cut off, `[[top, bottom], [left, right]]`; see `transposedSize`. */
  padding?: Padding;
  /** Rows and columns that the output is longer, less than the stride; by default those that `transposedSize` tells. */
  outputPadding?: Pair;
  /** Default 1. */
  dilationRate?: Pair;
  /** Channels and filters in so many groups that do not see each other; default 1. */
  groups?: number;
}

/**
 * The transpose of `conv2d`, which makes images larger: every pixel adds its filter's image to the output.
 *
 * @param x `[batch, height, width, channels]`
 * @param filter `[kernelHeight, kernelWidth, filters / groups, channels]`
 * @returns `[batch, outHeight, outWidth, filters]`
 * @throws If the channels do not fit the filter and groups, or the output padding leaves out an input pixel.
 * @example
 * conv2dTranspose(maps, filters, { strides: 2, padding: "same" }); // [batch, 2 · height, 2 · width, filters]
 */
export function conv2dTranspose(x: Tensor, filter: Tensor, options: Conv2dTransposeOptions = {}): Tensor {
  const { padding = "valid", groups = 1, outputPadding } = options;
  const owner = "conv2dTranspose";
  const strides = pairOf(owner, "strides", options.strides ?? 1);
  const dilation = pairOf(owner, "dilationRate", options.dilationRate ?? 1);
  const extra = outputPadding === undefined ? undefined : pairOf(owner, "outputPadding", outputPadding, 0);
  checkPadding(owner, padding);
  checkInteger(owner, "groups", groups, 1);
  const [, height, width, channels] = images(owner, "input", x, "[batch, height, width, channels]");
  const shape = images(owner, "filter", filter, "[height, width, filters / groups, channels]");
  const [kernelHeight, kernelWidth, , filterChannels] = shape;
  if (filterChannels !== channels || channels % groups !== 0)
    throw new Error(
      filterChannels !== channels
        ? `${owner}: the input has ${channels} channels in axis 3, the filter ${formatShape(shape)} expects ${filterChannels} in its axis 3`
        : `${owner}: the input has ${channels} channels in axis 3, which the ${groups} groups do not divide`,
    );
  const geometry = { window: [kernelHeight, kernelWidth], strides, padding, dilation };
  const along = (axis: 0 | 1, size: number) => transposedSize(owner, geometry, axis, size, extra?.[axis]);
  const inputSize = [along(0, height), along(1, width)] as const;
  const pixels = [axisPadding(geometry, 0, inputSize[0]), axisPadding(geometry, 1, inputSize[1])] as const;
  enableConvolutions();
  return new Tensor(
    graph.convolutionInputGradient(x.node, filter.node, { strides, padding: pixels, dilation, groups, inputSize }),
  );
}

/**
 * The size that a transposed convolution gives along one axis, with the window's reach d · (k - 1) + 1.
 *
 * Padding `"valid"`: (size - 1) · stride + reach + outputPadding, by default size · stride where the stride is wider than the reach.
 * `"same"`: size · stride; with an output padding (size - 1) · stride + reach - 2 · ⌊reach / 2⌋ + outputPadding. Explicit padding:
 * (size - 1) · stride + reach - before - after + outputPadding, by default 0. The first two are Keras's sizes, the last is PyTorch's.
 *
 * @throws If a convolution of so large an output would not give the input's size back.
 */
export function transposedSize(
  owner: string,
  geometry: WindowGeometry,
  axis: number,
  size: number,
  outputPadding: number | undefined,
): number {
  const { window, strides, padding, dilation } = geometry;
  const stride = strides[axis] as number;
  const reach = (dilation[axis] as number) * ((window[axis] as number) - 1) + 1;
  if (outputPadding === undefined && typeof padding === "string")
    return padding === "same" ? size * stride : size * stride + Math.max(reach - stride, 0);
  const cut =
    typeof padding !== "string"
      ? (padding[axis]?.[0] ?? 0) + (padding[axis]?.[1] ?? 0)
      : padding === "same"
        ? 2 * Math.floor(reach / 2)
        : 0;
  const result = size === 0 ? 0 : (size - 1) * stride + reach - cut + (outputPadding ?? 0);
  const back =
    result <= 0
      ? 0
      : windowCount(
          result,
          window[axis] as number,
          stride,
          axisPadding(geometry, axis, result),
          dilation[axis] as number,
        );
  if (back !== size)
    throw new RangeError(
      `${owner}: with the outputPadding ${outputPadding ?? 0} axis ${axis + 1} of the output would be ${result}, which a convolution ` +
        `makes ${back} of, not the input's ${size}; give an outputPadding below the stride ${stride}` +
        `${padding === "same" && reach % 2 === 0 ? ', and at least 1 where an even kernel has the padding "same"' : ""}`,
    );
  return result;
}

/** The size that a convolution or a pooling window gives, along each axis. */
export function slidingSize(geometry: WindowGeometry, size: readonly number[]): number[] {
  const { window, strides, dilation } = geometry;
  return size.map((length, axis) =>
    windowCount(
      length,
      window[axis] as number,
      strides[axis] as number,
      axisPadding(geometry, axis, length),
      dilation[axis] as number,
    ),
  );
}
