/**
 * Adaptive pooling: an axis of any size n becomes one of m, bin i of which covers the elements from ⌊i · n / m⌋ up to
 * ⌈(i + 1) · n / m⌉. Bins may overlap, and where m > n an element stands in several. Bins are boxes, so that each axis is pooled by itself.
 *
 * With g the greatest common divisor of n and m, bin i + m / g lies n / g elements after bin i and is as long: so the bins of an
 * axis are m / g ordinary poolings of g windows each, and a single one where m divides n.
 */
import { formatShape, greatestCommonDivisor, sizeOf } from "../graph/shape.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { stack } from "./joining.ts";
import { reshape } from "./movement.ts";
import { averagePool2d, maxPool2d, type Pool2dOptions } from "./pooling.ts";
import { sliceAxis } from "./slicing.ts";
import { exampleAxes, images, perAxis, type Sizes, type Space, sequences, volumes } from "./spatial.ts";

type Pool = (x: Tensor, options: Pool2dOptions) => Tensor;

function adaptivePool<Size extends Sizes>(
  owner: string,
  x: Tensor,
  outputSize: number | Size,
  space: Space<Size>,
  pool: Pool,
): Tensor {
  const sizes: readonly number[] = perAxis(owner, "outputSize", outputSize, space);
  if (x.rank !== sizes.length + 2 || x.shape.slice(1, -1).includes(0))
    throw new Error(
      `${owner}: the input has the shape ${formatShape(x.shape)}, expected [batch, ${exampleAxes(space).slice(1)} with at least one of ` +
        `the ${space.elements} along each axis`,
    );
  return sizes.reduce((pooled, size, axis) => adaptAxis(pooled, axis + 1, size, pool), x);
}

function adaptAxis(x: Tensor, axis: number, size: number, pool: Pool): Tensor {
  const length = x.shape[axis] as number;
  if (length === size) return x;
  const before = x.shape.slice(0, axis);
  const after = x.shape.slice(axis + 1);
  const columns = reshape(x, [sizeOf(before), length, 1, sizeOf(after)]);
  const places = greatestCommonDivisor(length, size);
  const stride = length / places;
  const bins = Array.from({ length: size / places }, (_, bin) => {
    const first = Math.floor((bin * length) / size);
    const window = Math.ceil(((bin + 1) * length) / size) - first;
    const covered = sliceAxis(columns, 1, first, first + (places - 1) * stride + window);
    return pool(covered, { poolSize: [window, 1], strides: [stride, 1] });
  });
  return reshape(stack(bins, 2), [...before, size, ...after]);
}

/**
 * The mean of each of `outputSize` bins along sequences.
 *
 * @param x float32 `[batch, length, channels]`
 * @returns `[batch, outputSize, channels]`
 * @example
 * adaptiveAveragePool1d(sequences, 8); // [batch, 8, channels]
 */
export function adaptiveAveragePool1d(x: Tensor, outputSize: number | readonly [length: number]): Tensor {
  return adaptivePool("adaptiveAveragePool1d", x, outputSize, sequences, averagePool2d);
}

/**
 * The mean of each of `outputSize` bins of images.
 *
 * @param x float32 `[batch, height, width, channels]`
 * @param outputSize The output's height and width, or a number for both.
 * @example
 * adaptiveAveragePool2d(images, 7); // [batch, 7, 7, channels]
 */
export function adaptiveAveragePool2d(
  x: Tensor,
  outputSize: number | readonly [height: number, width: number],
): Tensor {
  return adaptivePool("adaptiveAveragePool2d", x, outputSize, images, averagePool2d);
}

/**
 * The mean of each of `outputSize` bins of volumes.
 *
 * @param x float32 `[batch, depth, height, width, channels]`
 * @param outputSize The output's depth, height and width, or a number for all.
 * @example
 * adaptiveAveragePool3d(scans, [4, 7, 7]); // [batch, 4, 7, 7, channels]
 */
export function adaptiveAveragePool3d(
  x: Tensor,
  outputSize: number | readonly [depth: number, height: number, width: number],
): Tensor {
  return adaptivePool("adaptiveAveragePool3d", x, outputSize, volumes, averagePool2d);
}

/**
 * The largest value of each of `outputSize` bins along sequences.
 *
 * @param x float32 `[batch, length, channels]`
 * @returns `[batch, outputSize, channels]`
 * @example
 * adaptiveMaxPool1d(sequences, 8); // [batch, 8, channels]
 */
export function adaptiveMaxPool1d(x: Tensor, outputSize: number | readonly [length: number]): Tensor {
  return adaptivePool("adaptiveMaxPool1d", x, outputSize, sequences, maxPool2d);
}

/**
 * The largest value of each of `outputSize` bins of images.
 *
 * @param x float32 `[batch, height, width, channels]`
 * @param outputSize The output's height and width, or a number for both.
 * @example
 * adaptiveMaxPool2d(images, 7); // [batch, 7, 7, channels]
 */
export function adaptiveMaxPool2d(x: Tensor, outputSize: number | readonly [height: number, width: number]): Tensor {
  return adaptivePool("adaptiveMaxPool2d", x, outputSize, images, maxPool2d);
}

/**
 * The largest value of each of `outputSize` bins of volumes.
 *
 * @param x float32 `[batch, depth, height, width, channels]`
 * @param outputSize The output's depth, height and width, or a number for all.
 * @example
 * adaptiveMaxPool3d(scans, [4, 7, 7]); // [batch, 4, 7, 7, channels]
 */
export function adaptiveMaxPool3d(
  x: Tensor,
  outputSize: number | readonly [depth: number, height: number, width: number],
): Tensor {
  return adaptivePool("adaptiveMaxPool3d", x, outputSize, volumes, maxPool2d);
}
