/** Pooling: one value for each window that slides over an image, channels last. */

import { enableWindows } from "../compiler/window-instructions.ts";
import { checkOptions } from "../graph/options.ts";
import { constant } from "../graph/primitives/leaf.ts";
import { type WindowGeometry, windowMax, windowSum } from "../graph/primitives/window.ts";
import { formatShape } from "../graph/shape.ts";
import { Tensor } from "../tensor/tensor.ts";
import { multiply } from "./elementwise.ts";
import { checkPadding, explicitPadding, type Padding, type Pair, pairOf } from "./padding.ts";

export interface Pool2dOptions {
  /** The window's height and width; default 2. */
  poolSize?: Pair;
  /** How far the window moves from place to place; default its size. */
  strides?: Pair;
  /** Default `"valid"`. */
  padding?: Padding;
}

function geometryOf(owner: string, x: Tensor, options: Pool2dOptions): WindowGeometry {
  checkOptions(owner, options, { poolSize: true, strides: true, padding: true });
  if (x.rank !== 4)
    throw new Error(
      `${owner}: the input has the shape ${formatShape(x.shape)}, expected [batch, height, width, channels]`,
    );
  const { padding = "valid" } = options;
  const window = pairOf(owner, "poolSize", options.poolSize ?? 2);
  const strides = pairOf(owner, "strides", options.strides ?? window);
  checkPadding(owner, padding);
  const [, height, width] = x.shape as readonly [number, number, number, number];
  const dilation = [1, 1] as const;
  return { window, strides, padding: explicitPadding(padding, [height, width], window, strides, dilation), dilation };
}

/**
 * The largest value of each window; padding does not count.
 *
 * @param x float32 `[batch, height, width, channels]`
 * @example
 * maxPool2d(images, { poolSize: 2 }); // [batch, height / 2, width / 2, channels]
 */
export function maxPool2d(x: Tensor, options: Pool2dOptions = {}): Tensor {
  enableWindows();
  return new Tensor(windowMax(x.node, geometryOf("maxPool2d", x, options)));
}

/**
 * The mean of each window, over its real pixels only: padding does not count.
 *
 * @param x float32 `[batch, height, width, channels]`
 */
export function averagePool2d(x: Tensor, options: Pool2dOptions = {}): Tensor {
  const geometry = geometryOf("averagePool2d", x, options);
  enableWindows();
  const total = new Tensor(windowSum(x.node, geometry));
  const [, height, width] = x.shape as readonly [number, number, number, number];
  const [, outHeight, outWidth] = total.shape as readonly [number, number, number, number];
  const rows = realPixels(height, outHeight, geometry, 0);
  const columns = realPixels(width, outWidth, geometry, 1);
  if (rows.every((count) => count === geometry.window[0]) && columns.every((count) => count === geometry.window[1]))
    return multiply(total, 1 / (geometry.window[0] * geometry.window[1]));
  const share = (counts: readonly number[], shape: readonly number[]) =>
    new Tensor(
      constant(
        counts.map((count) => 1 / count),
        "float32",
        shape,
      ),
    );
  return multiply(total, multiply(share(rows, [outHeight, 1, 1]), share(columns, [outWidth, 1])));
}

/** How many real pixels each window covers along an axis. */
function realPixels(size: number, places: number, { window, strides, padding }: WindowGeometry, axis: 0 | 1): number[] {
  return Array.from({ length: places }, (_, place) => {
    const first = place * strides[axis] - padding[axis][0];
    return Math.min(size, first + window[axis]) - Math.max(0, first);
  });
}
