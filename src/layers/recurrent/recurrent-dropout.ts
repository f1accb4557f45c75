/** Dropout in recurrent layers: the same values are dropped at every step, and perhaps others for each block of the weights. */
import type { Shape } from "../../graph/shape.ts";
import { multiply, where } from "../../ops/elementwise.ts";
import { matmul } from "../../ops/linear.ts";
import { expandDims, reshape, squeeze, transpose } from "../../ops/movement.ts";
import { zeros } from "../../tensor/creation.ts";
import { type Generator, randomBernoulli } from "../../tensor/random.ts";
import type { Tensor } from "../../tensor/tensor.ts";

/** 1 / (1 - rate) where a value is kept and 0 where it is dropped; undefined where nothing is dropped. */
export function dropoutFactors(shape: Shape, rate: number, generator: Generator): Tensor | undefined {
  if (rate === 0) return undefined;
  if (rate === 1) return zeros(shape);
  return where(randomBernoulli(shape, 1 - rate, { generator }), 1 / (1 - rate), 0);
}

/**
 * The product of a dropped-out tensor with a kernel.
 *
 * @param x `[..., batch, width]`
 * @param factors `[1, batch, width]`, or `[blocks, batch, width]`: those of each block of the kernel's columns.
 * @param kernel `[width, blocks · units]`
 * @returns `[..., batch, blocks · units]`
 */
export function productByBlock(x: Tensor, factors: Tensor, kernel: Tensor, blocks: number): Tensor {
  if (factors.shape[0] === 1) return matmul(multiply(x, squeeze(factors, 0)), kernel);
  const [width, columns] = kernel.shape as [number, number];
  const units = columns / blocks;
  const leading = x.shape.slice(0, -1);
  const inner = leading.map(() => 1);
  const byBlock = reshape(factors, [blocks, ...inner.slice(1), ...factors.shape.slice(1)]);
  const dropped = reshape(multiply(expandDims(x, 0), byBlock), [blocks, x.size / width, width]);
  const kernels = transpose(reshape(kernel, [width, blocks, units]), [1, 0, 2]);
  return reshape(transpose(matmul(dropped, kernels), [1, 0, 2]), [...leading, columns]);
}
