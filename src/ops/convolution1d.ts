/** Convolutions of sequences, channels last. */

import { checkInteger, checkOptions } from "../graph/options.ts";
import { formatShape } from "../graph/shape.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { conv2d, conv2dTranspose } from "./convolution.ts";
import { expandDims, reshape } from "./movement.ts";
import {
  asImages,
  asSequences,
  checkPadding1d,
  checkTransposedPadding1d,
  imagePadding,
  type Padding1d,
} from "./padding1d.ts";

export interface Conv1dOptions {
  /** How far the filter moves from place to place; default 1. */
  strides?: number;
  /** Default `"valid"`. */
  padding?: Padding1d;
  /** The distance between the input steps that a filter's neighbouring values meet; default 1. */
  dilationRate?: number;
  /** Channels and filters in so many groups that do not see each other; default 1. */
  groups?: number;
}

/**
 * Slides filters along sequences: out[b, t, o] = Σ over k, i of in[b, t·s + k·d - p, i] · filter[k, i, o].
 *
 * @param x `[batch, length, channels]`
 * @param filter `[kernelSize, channels / groups, filters]`
 * @returns `[batch, outLength, filters]`
 * @throws If the channels do not fit the filter and groups.
 * @example
 * conv1d(sequences, filters, { padding: "causal", dilationRate: 2 });
 */
export function conv1d(x: Tensor, filter: Tensor, options: Conv1dOptions = {}): Tensor {
  checkOptions("conv1d", options, { strides: true, padding: true, dilationRate: true, groups: true });
  const { strides = 1, padding = "valid", dilationRate = 1, groups = 1 } = options;
  checkInteger("conv1d", "strides", strides, 1);
  checkPadding1d("conv1d", padding);
  checkInteger("conv1d", "dilationRate", dilationRate, 1);
  const images = asImages("conv1d", x);
  if (filter.rank !== 3)
    throw new Error(
      `conv1d: the filter has the shape ${formatShape(filter.shape)}, expected [kernelSize, channels / groups, filters]`,
    );
  const product = conv2d(images, expandDims(filter, 0), {
    strides: [1, strides],
    padding: imagePadding(padding, filter.shape[0] as number, dilationRate),
    dilationRate: [1, dilationRate],
    groups,
  });
  return asSequences(product);
}

/**
 * Convolves each channel of sequences with filters of its own.
 *
 * @param x `[batch, length, channels]`
 * @param filter `[kernelSize, channels, multiplier]`
 * @returns `[batch, outLength, channels · multiplier]`, the results of one channel side by side.
 * @throws If the channels do not fit the filter.
 * @example
 * depthwiseConv1d(sequences, filters, { padding: "causal" });
 */
export function depthwiseConv1d(x: Tensor, filter: Tensor, options: Omit<Conv1dOptions, "groups"> = {}): Tensor {
  const channels = x.shape.at(-1) as number;
  if (filter.rank !== 3 || filter.shape[1] !== channels)
    throw new Error(
      `depthwiseConv1d: the input has ${channels} channels, the filter the shape ${formatShape(filter.shape)}, expected ` +
        `[kernelSize, ${channels}, multiplier]`,
    );
  const [size, , multiplier] = filter.shape as readonly [number, number, number];
  return conv1d(x, reshape(filter, [size, 1, channels * multiplier]), { ...options, groups: channels });
}

export interface Conv1dTransposeOptions {
  /** How far apart the input's steps come to lie in the output; default 1. */
  strides?: number;
  /** `"valid"` (default), `"same"`, or the steps to cut off, `[before, after]`; see `transposedSize`. */
  padding?: "valid" | "same" | readonly [before: number, after: number];
  /** Steps that the output is longer, less than the stride; by default what `transposedSize` tells. */
  outputPadding?: number;
  /** Default 1. */
  dilationRate?: number;
  /** Channels and filters in so many groups that do not see each other; default 1. */
  groups?: number;
}

/**
 * The transpose of `conv1d`, which makes sequences longer: every step adds its filter to the output.
 *
 * @param x `[batch, length, channels]`
 * @param filter `[kernelSize, filters / groups, channels]`
 * @returns `[batch, outLength, filters]`
 * @throws If the channels do not fit the filter and groups, or the output padding leaves out an input step.
 * @example
 * conv1dTranspose(sequences, filters, { strides: 2, padding: "same" }); // [batch, 2 · length, filters]
 */
export function conv1dTranspose(x: Tensor, filter: Tensor, options: Conv1dTransposeOptions = {}): Tensor {
  const owner = "conv1dTranspose";
  const known = { strides: true, padding: true, outputPadding: true, dilationRate: true, groups: true } as const;
  checkOptions<Conv1dTransposeOptions>(owner, options, known);
  const { strides = 1, padding = "valid", outputPadding, dilationRate = 1, groups = 1 } = options;
  checkInteger(owner, "strides", strides, 1);
  checkTransposedPadding1d(owner, padding);
  if (outputPadding !== undefined) checkInteger(owner, "outputPadding", outputPadding, 0);
  checkInteger(owner, "dilationRate", dilationRate, 1);
  const images = asImages(owner, x);
  if (filter.rank !== 3)
    throw new Error(
      `${owner}: the filter has the shape ${formatShape(filter.shape)}, expected [kernelSize, filters / groups, channels]`,
    );
  const product = conv2dTranspose(images, expandDims(filter, 0), {
    strides: [1, strides],
    padding: typeof padding === "string" ? padding : [[0, 0], padding],
    dilationRate: [1, dilationRate],
    groups,
    // A height of 1 stays 1 only if its kernel of 1 has no padding of its own.
    ...(outputPadding !== undefined && { outputPadding: [0, outputPadding] as const }),
  });
  return asSequences(product);
}
