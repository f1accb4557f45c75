/**
 * ReflectionPadding surrounds sequences, images and volumes with their mirror image, in which the outermost elements do not stand twice: `c b | a b c | b a`.
 *
 * Input `[batch, ...axes, channels]`, output the same with longer axes; no weights.
 */
import {
  type Padding1dOptions,
  type Padding2dOptions,
  type Padding3dOptions,
  PaddingLayer1d,
  PaddingLayer2d,
  PaddingLayer3d,
} from "./padding-layer.ts";

/** Surrounds sequences with their mirror image. Made by `reflectionPadding1d`. */
export class ReflectionPadding1d extends PaddingLayer1d {
  static readonly className = "reflectionPadding1d";
  readonly className = ReflectionPadding1d.className;

  constructor(options: Padding1dOptions = {}) {
    super("reflectionPadding1d", options, "reflect");
  }
}

/** Surrounds images with their mirror image. Made by `reflectionPadding2d`. */
export class ReflectionPadding2d extends PaddingLayer2d {
  static readonly className = "reflectionPadding2d";
  readonly className = ReflectionPadding2d.className;

  constructor(options: Padding2dOptions = {}) {
    super("reflectionPadding2d", options, "reflect");
  }
}

/** Surrounds volumes with their mirror image. Made by `reflectionPadding3d`. */
export class ReflectionPadding3d extends PaddingLayer3d {
  static readonly className = "reflectionPadding3d";
  readonly className = ReflectionPadding3d.className;

  constructor(options: Padding3dOptions = {}) {
    super("reflectionPadding3d", options, "reflect");
  }
}

/**
 * Surrounds sequences with their mirror image: `[batch, length, channels]` to `[batch, before + length + after, channels]`.
 *
 * @throws If the padding is not of integers of at least 0; and, when it is built, if an axis is not longer than its padding.
 * @example
 * layers.reflectionPadding1d({ padding: [2, 0] }).outputShape([100, 8]); // [102, 8]
 */
export function reflectionPadding1d(options?: Padding1dOptions): ReflectionPadding1d {
  return new ReflectionPadding1d(options);
}

/**
 * Surrounds images with their mirror image: `[batch, height, width, channels]` to `[batch, top + height + bottom, left + width + right, channels]`.
 *
 * @throws If the padding is not of integers of at least 0; and, when it is built, if an axis is not longer than its padding.
 * @example
 * layers.reflectionPadding2d({ padding: [[0, 1], [0, 1]] }).outputShape([28, 28, 3]); // [29, 29, 3]
 */
export function reflectionPadding2d(options?: Padding2dOptions): ReflectionPadding2d {
  return new ReflectionPadding2d(options);
}

/**
 * Surrounds volumes with their mirror image: `[batch, depth, height, width, channels]` to `[batch, front + depth + back, top + height + bottom, left + width + right, channels]`.
 *
 * @throws If the padding is not of integers of at least 0; and, when it is built, if an axis is not longer than its padding.
 * @example
 * layers.reflectionPadding3d({ padding: [0, 1, 1] }).outputShape([16, 28, 28, 1]); // [16, 30, 30, 1]
 */
export function reflectionPadding3d(options?: Padding3dOptions): ReflectionPadding3d {
  return new ReflectionPadding3d(options);
}
