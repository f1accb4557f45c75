/** Pooling of volumes: windows are boxes, so that it is pooling of each slice's images and then along the depth. Channels last. */
import { checkOptions } from "../graph/options.ts";
import { formatShape } from "../graph/shape.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { reshape } from "./movement.ts";
import { axisPadding, checkPadding, type Padding3d, type Triple } from "./padding.ts";
import { averagePool2d, maxPool2d, type Pool2dOptions } from "./pooling.ts";
import { perAxis, volumes } from "./spatial.ts";

export interface Pool3dOptions {
  /** The window's depth, height and width; default 2. */
  poolSize?: Triple;
  /** How far the window moves from place to place; default its size. */
  strides?: Triple;
  /** Default `"valid"`. */
  padding?: Padding3d;
}

type Pool = (x: Tensor, options: Pool2dOptions) => Tensor;

function pool3d(owner: string, x: Tensor, options: Pool3dOptions, pool: Pool): Tensor {
  checkOptions(owner, options, { poolSize: true, strides: true, padding: true });
  if (x.rank !== 5)
    throw new Error(
      `${owner}: the input has the shape ${formatShape(x.shape)}, expected [batch, depth, height, width, channels]`,
    );
  const { padding = "valid" } = options;
  const window = perAxis(owner, "poolSize", options.poolSize ?? 2, volumes);
  const strides = perAxis(owner, "strides", options.strides ?? window, volumes);
  checkPadding(owner, padding, volumes);
  const [batch, depth, height, width, channels] = x.shape as readonly [number, number, number, number, number];
  const geometry = { window, strides, padding, dilation: [1, 1, 1] };
  const slices = pool(reshape(x, [batch * depth, height, width, channels]), {
    poolSize: [window[1], window[2]],
    strides: [strides[1], strides[2]],
    padding: [axisPadding(geometry, 1, height), axisPadding(geometry, 2, width)],
  });
  const [, outHeight, outWidth] = slices.shape as readonly [number, number, number, number];
  const [front, back] = axisPadding(geometry, 0, depth);
  const columns = reshape(slices, [batch, depth, 1, outHeight * outWidth * channels]);
  const pooled = pool(columns, {
    poolSize: [window[0], 1],
    strides: [strides[0], 1],
    padding: [
      [front, back],
      [0, 0],
    ],
  });
  return reshape(pooled, [batch, pooled.shape[1] as number, outHeight, outWidth, channels]);
}

/**
 * The largest value of each window; padding does not count.
 *
 * @param x float32 `[batch, depth, height, width, channels]`
 * @example
 * maxPool3d(scans, { poolSize: 2 }); // each axis half as long
 */
export function maxPool3d(x: Tensor, options: Pool3dOptions = {}): Tensor {
  return pool3d("maxPool3d", x, options, maxPool2d);
}

/**
 * The mean of each window, over its real voxels only: padding does not count.
 *
 * @param x float32 `[batch, depth, height, width, channels]`
 * @example
 * averagePool3d(scans, { poolSize: [1, 2, 2] }); // height and width half as long
 */
export function averagePool3d(x: Tensor, options: Pool3dOptions = {}): Tensor {
  return pool3d("averagePool3d", x, options, averagePool2d);
}
