/** Images in another size: each new row and column is a weighted mean of old ones, which a kernel of the interpolation decides. */
import {
  checkBoolean,
  checkChoice,
  checkInteger,
  checkNumber,
  checkOptions,
  type OptionNames,
} from "../graph/options.ts";
import { formatShape, type Shape } from "../graph/shape.ts";
import { withPrecision } from "../tensor/precision.ts";
import { type Tensor, tensor } from "../tensor/tensor.ts";
import { cast } from "./elementwise.ts";
import { gather, matmul } from "./linear.ts";
import { reshape, transpose } from "./movement.ts";
import { pad } from "./pad.ts";
import { slice } from "./slicing.ts";

/**
 * What a new pixel is made of: `"nearest"`, the old pixel at its place; `"bilinear"`, the two on each axis around it, weighted by
 * nearness; `"bicubic"`, four (Keys 1981, a = -½); `"lanczos3"` and `"lanczos5"`, six and ten, with a windowed sinc.
 */
export type ResizeInterpolation = "nearest" | "bilinear" | "bicubic" | "lanczos3" | "lanczos5";

export const resizeInterpolations: readonly ResizeInterpolation[] = [
  "nearest",
  "bilinear",
  "bicubic",
  "lanczos3",
  "lanczos5",
];

export interface ResizeOptions {
  height: number;
  width: number;
  /** Default `"bilinear"`. */
  interpolation?: ResizeInterpolation;
  /** Whether a smaller image takes all old pixels into account rather than those nearest; default false. */
  antialias?: boolean;
  /** Whether to cut off margins first, so that nothing is distorted; default false, which stretches. */
  cropToAspectRatio?: boolean;
  /** Whether to add margins first, so that nothing is distorted; default false. */
  padToAspectRatio?: boolean;
  /** The value of added margins; default 0. */
  fillValue?: number;
}

/**
 * Brings images to a size. Pixels are areas with their centres at half coordinates: pixel i of n lies at (i + ½) / n of the axis.
 *
 * @param images `[batch, height, width, channels]`
 * @returns float32 `[batch, options.height, options.width, channels]`; with `"nearest"` of the images' type
 * @throws If the shape is another, an option is unknown or out of range, or both aspect ratio options are true.
 * @example
 * resizeImages(images, { height: 224, width: 224, antialias: true });
 */
export function resizeImages(images: Tensor, options: ResizeOptions): Tensor {
  const settings = checkResize("resizeImages", options);
  if (images.rank !== 4)
    throw new Error(
      `resizeImages: the images have the shape ${formatShape(images.shape)}, expected [batch, height, width, channels]`,
    );
  const { height, width, interpolation, antialias } = settings;
  const whole = settings.cropToAspectRatio
    ? cropToAspectRatio(images, height, width)
    : settings.padToAspectRatio
      ? padToAspectRatio(images, height, width, settings.fillValue)
      : images;
  const [, oldHeight, oldWidth] = whole.shape as readonly [number, number, number, number];
  if (whole.size === 0)
    throw new Error(`resizeImages: images of the shape ${formatShape(images.shape)} have no pixels to resize`);
  const kind = interpolation;
  if (kind === "nearest")
    return gather(gather(whole, tensor(nearest(oldHeight, height)), 1), tensor(nearest(oldWidth, width)), 2);
  // Pixels are data: their positions and values do not depend on the precision in which a model computes.
  return withPrecision("float32", () => interpolate(cast(whole, "float32"), height, width, kind, antialias));
}

function interpolate(
  x: Tensor,
  height: number,
  width: number,
  kind: Exclude<ResizeInterpolation, "nearest">,
  antialias: boolean,
): Tensor {
  const [batch, oldHeight, oldWidth, channels] = x.shape as [number, number, number, number];
  const tall =
    oldHeight === height
      ? x
      : reshape(
          matmul(weights(oldHeight, height, kind, antialias), reshape(x, [batch, oldHeight, oldWidth * channels])),
          [batch, height, oldWidth, channels],
        );
  if (oldWidth === width) return tall;
  const columnsLast = transpose(tall, [0, 1, 3, 2]);
  return transpose(matmul(columnsLast, transpose(weights(oldWidth, width, kind, antialias))), [0, 1, 3, 2]);
}

/** For `checkOptions`: the names of the options. */
export const resizeOptionNames: OptionNames<ResizeOptions> = {
  height: true,
  width: true,
  interpolation: true,
  antialias: true,
  cropToAspectRatio: true,
  padToAspectRatio: true,
  fillValue: true,
};

/** The options with their defaults. @throws If one is unknown or out of range. */
export function checkResize(owner: string, options: ResizeOptions): Required<ResizeOptions> {
  checkOptions(owner, options, resizeOptionNames);
  const settings = {
    interpolation: "bilinear",
    antialias: false,
    cropToAspectRatio: false,
    padToAspectRatio: false,
    fillValue: 0,
    ...options,
  } as const;
  checkInteger(owner, "height", settings.height, 1);
  checkInteger(owner, "width", settings.width, 1);
  checkChoice(owner, "interpolation", settings.interpolation, resizeInterpolations);
  for (const name of ["antialias", "cropToAspectRatio", "padToAspectRatio"] as const)
    checkBoolean(owner, name, settings[name]);
  checkNumber(owner, "fillValue", settings.fillValue);
  if (settings.cropToAspectRatio && settings.padToAspectRatio)
    throw new TypeError(`${owner}: cropToAspectRatio and padToAspectRatio exclude each other; leave one out`);
  return settings;
}

/** The largest part about the centre that has the proportions of `height` by `width`. */
export function cropToAspectRatio(images: Tensor, height: number, width: number): Tensor {
  const [batch, oldHeight, oldWidth, channels] = images.shape as readonly [number, number, number, number];
  const kept = (size: number, wanted: number) => Math.max(Math.min(size, Math.trunc(wanted)), 1);
  const rows = kept(oldHeight, (oldWidth * height) / width);
  const columns = kept(oldWidth, (oldHeight * width) / height);
  const start = [0, Math.trunc((oldHeight - rows) / 2), Math.trunc((oldWidth - columns) / 2), 0];
  return slice(images, { start, size: [batch, rows, columns, channels] });
}

/** The images with margins of a value about them, as wide on both sides, so that they come near the proportions of `height` by `width`. */
function padToAspectRatio(images: Tensor, height: number, width: number, value: number): Tensor {
  const [, oldHeight, oldWidth] = images.shape as readonly [number, number, number, number];
  const side = (size: number, wanted: number) => Math.trunc(Math.max(Math.trunc(wanted) - size, 0) / 2);
  const rows = side(oldHeight, (oldWidth * height) / width);
  const columns = side(oldWidth, (oldHeight * width) / height);
  return pad(
    images,
    [
      [0, 0],
      [rows, rows],
      [columns, columns],
      [0, 0],
    ],
    value,
  );
}

/** The old pixel at the place of each new one. */
function nearest(from: number, to: number): Int32Array {
  return Int32Array.from({ length: to }, (_, index) => Math.min(from - 1, Math.floor(((index + 0.5) * from) / to)));
}

/** How much each old pixel of an axis counts for each new one, `[to, from]`; every row sums to 1. */
function weights(from: number, to: number, kind: Exclude<ResizeInterpolation, "nearest">, antialias: boolean): Tensor {
  const shape: Shape = [to, from];
  const data = new Float32Array(to * from);
  const scale = from / to;
  const stretch = antialias ? Math.max(1, scale) : 1;
  const kernel = kernels[kind];
  for (let row = 0; row < to; row++) {
    const place = (row + 0.5) * scale - 0.5;
    const values = Array.from({ length: from }, (_, column) => kernel((column - place) / stretch));
    const sum = values.reduce((total, value) => total + value, 0);
    for (const [column, value] of values.entries()) data[row * from + column] = value / sum;
  }
  return tensor(data, { shape });
}

const kernels: Readonly<Record<Exclude<ResizeInterpolation, "nearest">, (distance: number) => number>> = {
  bilinear: (x) => Math.max(0, 1 - Math.abs(x)),
  bicubic: (x) => cubic(Math.abs(x)),
  lanczos3: (x) => lanczos(x, 3),
  lanczos5: (x) => lanczos(x, 5),
};

function cubic(x: number): number {
  if (x >= 2) return 0;
  return x < 1 ? (1.5 * x - 2.5) * x * x + 1 : ((-0.5 * x + 2.5) * x - 4) * x + 2;
}

function lanczos(x: number, radius: number): number {
  if (Math.abs(x) >= radius) return 0;
  if (Math.abs(x) < 1e-9) return 1;
  const angle = Math.PI * x;
  return (radius * Math.sin(angle) * Math.sin(angle / radius)) / (angle * angle);
}
