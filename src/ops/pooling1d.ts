/** Pooling of sequences: one value for each window that slides along them, channels last. */
import { checkInteger, checkOptions } from "../graph/options.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { asImages, asSequences, checkPadding1d, imagePadding, type Padding1d } from "./padding1d.ts";
import { averagePool2d, maxPool2d, type Pool2dOptions } from "./pooling.ts";

export interface Pool1dOptions {
  /** The window's length; default 2. */
  poolSize?: number;
  /** How far the window moves from place to place; default its length. */
  strides?: number;
  /** Default `"valid"`. */
  padding?: Padding1d;
}

function imageOptions(owner: string, options: Pool1dOptions): Pool2dOptions {
  checkOptions(owner, options, { poolSize: true, strides: true, padding: true });
  const { poolSize = 2, strides = poolSize, padding = "valid" } = options;
  checkInteger(owner, "poolSize", poolSize, 1);
  checkInteger(owner, "strides", strides, 1);
  checkPadding1d(owner, padding);
  return { poolSize: [1, poolSize], strides: [1, strides], padding: imagePadding(padding, poolSize, 1) };
}

/**
 * The largest value of each window; padding does not count.
 *
 * @param x float32 `[batch, length, channels]`
 * @example
 * maxPool1d(sequences, { poolSize: 2 }); // [batch, length / 2, channels]
 */
export function maxPool1d(x: Tensor, options: Pool1dOptions = {}): Tensor {
  return asSequences(maxPool2d(asImages("maxPool1d", x), imageOptions("maxPool1d", options)));
}

/**
 * The mean of each window, over its real steps only: padding does not count.
 *
 * @param x float32 `[batch, length, channels]`
 */
export function averagePool1d(x: Tensor, options: Pool1dOptions = {}): Tensor {
  return asSequences(averagePool2d(asImages("averagePool1d", x), imageOptions("averagePool1d", options)));
}
