/** Convolutions of images, channels last. */

import { checkInteger } from "../graph/options.ts";
import * as graph from "../graph/primitives/convolution.ts";
import { windowCount } from "../graph/primitives/convolution.ts";
import { formatShape } from "../graph/shape.ts";
import { Tensor } from "../tensor/tensor.ts";
import { reshape } from "./movement.ts";
import { checkPadding, explicitPadding, type Padding, type Pair, pairOf } from "./padding.ts";

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
  /** `"valid"` (default) gives `(input - 1) · stride + kernel`, `"same"` gives `input · stride`. */
  padding?: "valid" | "same";
  /** Default 1. */
  dilationRate?: Pair;
}

/**
 * The transpose of `conv2d`, which makes images larger: every pixel adds its filter's image to the output.
 *
 * @param x `[batch, height, width, channels]`
 * @param filter `[kernelHeight, kernelWidth, filters, channels]`
 * @returns `[batch, outHeight, outWidth, filters]`
 */
export function conv2dTranspose(x: Tensor, filter: Tensor, options: Conv2dTransposeOptions = {}): Tensor {
  const { padding = "valid" } = options;
  const strides = pairOf("conv2dTranspose", "strides", options.strides ?? 1);
  const dilation = pairOf("conv2dTranspose", "dilationRate", options.dilationRate ?? 1);
  checkPadding("conv2dTranspose", padding);
  const [, height, width, channels] = images("conv2dTranspose", "input", x, "[batch, height, width, channels]");
  const shape = images("conv2dTranspose", "filter", filter, "[height, width, filters, channels]");
  const [kernelHeight, kernelWidth, , filterChannels] = shape;
  if (filterChannels !== channels)
    throw new Error(
      `conv2dTranspose: the input has ${channels} channels in axis 3, the filter ${formatShape(shape)} expects ${filterChannels} in its axis 3`,
    );
  const kernel = [kernelHeight, kernelWidth] as const;
  const inputSize = transposedSize([height, width], kernel, strides, padding, dilation);
  const pixels = explicitPadding(padding, inputSize, kernel, strides, dilation);
  return new Tensor(
    graph.convolutionInputGradient(x.node, filter.node, { strides, padding: pixels, dilation, groups: 1, inputSize }),
  );
}

/** The height and width that a transposed convolution gives. */
export function transposedSize(
  size: readonly [number, number],
  kernel: readonly [number, number],
  strides: readonly [number, number],
  padding: "valid" | "same",
  dilation: readonly [number, number],
): readonly [number, number] {
  const along = (axis: 0 | 1) => {
    if (padding === "same") return size[axis] * strides[axis];
    // Strides wider than the kernel leave their gap behind the last pixel too, as in Keras.
    const reach = dilation[axis] * (kernel[axis] - 1) + 1;
    return size[axis] * strides[axis] + Math.max(reach - strides[axis], 0);
  };
  return [along(0), along(1)];
}

/** The height and width that a convolution or a pooling window gives. */
export function slidingSize(
  size: readonly [number, number],
  window: readonly [number, number],
  strides: readonly [number, number],
  padding: Padding,
  dilation: readonly [number, number],
): readonly [number, number] {
  const pixels = explicitPadding(padding, size, window, strides, dilation);
  const along = (axis: 0 | 1) => windowCount(size[axis], window[axis], strides[axis], pixels[axis], dilation[axis]);
  return [along(0), along(1)];
}
