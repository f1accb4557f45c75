/**
 * Convolutions of volumes, channels last. Each is a convolution of images: a slice of the volume is one image of a larger batch,
 * and what the kernel meets at its taps along the depth lies side by side in the channels.
 */
import { checkInteger, checkOptions } from "../graph/options.ts";
import * as graph from "../graph/primitives/movement.ts";
import { formatShape } from "../graph/shape.ts";
import { Tensor } from "../tensor/tensor.ts";
import { conv2d, conv2dTranspose, slidingSize, transposedSize } from "./convolution.ts";
import { add } from "./elementwise.ts";
import { concatenate } from "./joining.ts";
import { reshape, transpose } from "./movement.ts";
import { pad } from "./pad.ts";
import { axisPadding, checkPadding, type Padding3d, type Triple, type WindowGeometry } from "./padding.ts";
import { slice } from "./slicing.ts";
import { perAxis, volumes } from "./spatial.ts";

export interface Conv3dOptions {
  /** How far the filter moves from place to place; default 1. */
  strides?: Triple;
  /** `"valid"` (default), `"same"`, or voxels `[[front, back], [top, bottom], [left, right]]`. */
  padding?: Padding3d;
  /** The distance between the input voxels that a filter's neighbouring values meet; default 1. */
  dilationRate?: Triple;
  /** Channels and filters in so many groups that do not see each other; default 1. */
  groups?: number;
}

type Five = readonly [number, number, number, number, number];

function five(owner: string, what: string, x: Tensor, axes: string): Five {
  if (x.rank !== 5) throw new Error(`${owner}: the ${what} has the shape ${formatShape(x.shape)}, expected ${axes}`);
  const [first = 0, second = 0, third = 0, fourth = 0, fifth = 0] = x.shape;
  return [first, second, third, fourth, fifth];
}

/**
 * Slides filters over volumes:
 * out[b, z, y, x, o] = Σ over kz, ky, kx, i of in[b, z·s + kz·d - p, y·s + ky·d - p, x·s + kx·d - p, i] · filter[kz, ky, kx, i, o].
 *
 * @param x `[batch, depth, height, width, channels]`
 * @param filter `[kernelDepth, kernelHeight, kernelWidth, channels / groups, filters]`
 * @returns `[batch, outDepth, outHeight, outWidth, filters]`
 * @throws If the channels do not fit the filter and groups.
 * @example
 * conv3d(scans, filters, { padding: "same", strides: [1, 2, 2] });
 */
export function conv3d(x: Tensor, filter: Tensor, options: Conv3dOptions = {}): Tensor {
  const owner = "conv3d";
  checkOptions(owner, options, { strides: true, padding: true, dilationRate: true, groups: true });
  const { padding = "valid", groups = 1 } = options;
  const strides = perAxis(owner, "strides", options.strides ?? 1, volumes);
  const dilation = perAxis(owner, "dilationRate", options.dilationRate ?? 1, volumes);
  checkPadding(owner, padding, volumes);
  checkInteger(owner, "groups", groups, 1);
  const [batch, depth, height, width, channels] = five(owner, "input", x, "[batch, depth, height, width, channels]");
  const axes = "[depth, height, width, channels / groups, filters]";
  const [taps, kernelHeight, kernelWidth, groupChannels, filters] = five(owner, "filter", filter, axes);
  if (groupChannels * groups !== channels)
    throw new Error(
      `${owner}: the input has ${channels} channels in axis 4, the filter ${formatShape(filter.shape)} in ${groups} group` +
        `${groups === 1 ? "" : "s"} expects ${groupChannels * groups}`,
    );
  const geometry: WindowGeometry = { window: [taps, kernelHeight, kernelWidth], strides, padding, dilation };
  const [front, back] = axisPadding(geometry, 0, depth);
  const [places = 0] = slidingSize(geometry, [depth, height, width]);
  const padded =
    front + back === 0
      ? x
      : pad(x, [
          [0, 0],
          [front, back],
          [0, 0],
          [0, 0],
          [0, 0],
        ]);
  // What one tap meets at every place; a group's channels come before the next group's, so that taps lie within groups.
  const met = Array.from({ length: taps }, (_, tap) =>
    reshape(
      slice(padded, {
        start: [0, tap * dilation[0], 0, 0, 0],
        size: [batch, places, height, width, channels],
        step: [1, strides[0], 1, 1, 1],
      }),
      [batch * places, height, width, groups, groupChannels],
    ),
  );
  const slices = reshape(concatenate(met, -1), [batch * places, height, width, taps * channels]);
  const flat = reshape(transpose(filter, [1, 2, 0, 3, 4]), [kernelHeight, kernelWidth, taps * groupChannels, filters]);
  const out = conv2d(slices, flat, {
    strides: [strides[1], strides[2]],
    padding: [axisPadding(geometry, 1, height), axisPadding(geometry, 2, width)],
    dilationRate: [dilation[1], dilation[2]],
    groups,
  });
  const [, outHeight, outWidth] = out.shape as readonly [number, number, number, number];
  return reshape(out, [batch, places, outHeight, outWidth, filters]);
}

export interface Conv3dTransposeOptions {
  /** How far apart the input's voxels come to lie in the output; default 1. */
  strides?: Triple;
  /** `"valid"` (default), `"same"`, or the voxels to cut off, `[[front, back], [top, bottom], [left, right]]`; see `transposedSize`. */
  padding?: Padding3d;
  /** How much longer the output is along each axis, less than the stride; by default what `transposedSize` tells. */
  outputPadding?: Triple;
  /** Default 1. */
  dilationRate?: Triple;
  /** Channels and filters in so many groups that do not see each other; default 1. */
  groups?: number;
}

/**
 * The transpose of `conv3d`, which makes volumes larger: every voxel adds its filter's volume to the output.
 *
 * @param x `[batch, depth, height, width, channels]`
 * @param filter `[kernelDepth, kernelHeight, kernelWidth, filters / groups, channels]`
 * @returns `[batch, outDepth, outHeight, outWidth, filters]`
 * @throws If the channels do not fit the filter and groups, or the output padding leaves out an input voxel.
 * @example
 * conv3dTranspose(maps, filters, { strides: 2, padding: "same" }); // each axis twice as long
 */
export function conv3dTranspose(x: Tensor, filter: Tensor, options: Conv3dTransposeOptions = {}): Tensor {
  const owner = "conv3dTranspose";
  const known = { strides: true, padding: true, outputPadding: true, dilationRate: true, groups: true } as const;
  checkOptions<Conv3dTransposeOptions>(owner, options, known);
  const { padding = "valid", groups = 1, outputPadding } = options;
  const strides = perAxis(owner, "strides", options.strides ?? 1, volumes);
  const dilation = perAxis(owner, "dilationRate", options.dilationRate ?? 1, volumes);
  const extra = outputPadding === undefined ? undefined : perAxis(owner, "outputPadding", outputPadding, volumes, 0);
  checkPadding(owner, padding, volumes);
  checkInteger(owner, "groups", groups, 1);
  const [batch, depth, height, width, channels] = five(owner, "input", x, "[batch, depth, height, width, channels]");
  const axes = "[depth, height, width, filters / groups, channels]";
  const [taps, kernelHeight, kernelWidth, groupFilters, filterChannels] = five(owner, "filter", filter, axes);
  if (filterChannels !== channels)
    throw new Error(
      `${owner}: the input has ${channels} channels in axis 4, the filter ${formatShape(filter.shape)} expects ${filterChannels} in its axis 4`,
    );
  const geometry: WindowGeometry = { window: [taps, kernelHeight, kernelWidth], strides, padding, dilation };
  const outDepth = transposedSize(owner, geometry, 0, depth, extra?.[0]);
  const [front] = axisPadding(geometry, 0, outDepth);
  const flat = reshape(transpose(filter, [1, 2, 0, 3, 4]), [kernelHeight, kernelWidth, taps * groupFilters, channels]);
  const image = conv2dTranspose(reshape(x, [batch * depth, height, width, channels]), flat, {
    strides: [strides[1], strides[2]],
    padding: typeof padding === "string" ? padding : [padding[1], padding[2]],
    dilationRate: [dilation[1], dilation[2]],
    groups,
    ...(extra && { outputPadding: [extra[1], extra[2]] as const }),
  });
  const [, outHeight, outWidth] = image.shape as readonly [number, number, number, number];
  const parts = reshape(image, [batch, depth, outHeight, outWidth, groups, taps, groupFilters]);
  const filters = groups * groupFilters;
  // Each tap's images lie `stride` apart in a volume long enough for all of them, of which the padding is cut off in the end.
  const length = Math.max(front + outDepth, (depth - 1) * strides[0] + dilation[0] * (taps - 1) + 1);
  const placed = Array.from({ length: taps }, (_, tap) => {
    const part = slice(parts, {
      start: [0, 0, 0, 0, 0, tap, 0],
      size: [batch, depth, outHeight, outWidth, groups, 1, groupFilters],
    });
    return new Tensor(
      graph.pad(reshape(part, [batch, depth, outHeight, outWidth, filters]).node, {
        shape: [batch, length, outHeight, outWidth, filters],
        start: [0, tap * dilation[0], 0, 0, 0],
        step: [1, strides[0], 1, 1, 1],
      }),
    );
  });
  return slice(placed.reduce(add), {
    start: [0, front, 0, 0, 0],
    size: [batch, outDepth, outHeight, outWidth, filters],
  });
}
