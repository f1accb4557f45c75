/**
 * ZeroPadding surrounds sequences, images and volumes with zeros.
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

/** Surrounds sequences with zeros. Made by `zeroPadding1d`. */
export class ZeroPadding1d extends PaddingLayer1d {
  static readonly className = "zeroPadding1d";
  readonly className = ZeroPadding1d.className;

  constructor(options: Padding1dOptions = {}) {
    super("zeroPadding1d", options, 0);
  }
}

/** Surrounds images with zeros. Made by `zeroPadding2d`. */
export class ZeroPadding2d extends PaddingLayer2d {
  static readonly className = "zeroPadding2d";
  readonly className = ZeroPadding2d.className;

  constructor(options: Padding2dOptions = {}) {
    super("zeroPadding2d", options, 0);
  }
}

/** Surrounds volumes with zeros. Made by `zeroPadding3d`. */
export class ZeroPadding3d extends PaddingLayer3d {
  static readonly className = "zeroPadding3d";
  readonly className = ZeroPadding3d.className;

  constructor(options: Padding3dOptions = {}) {
    super("zeroPadding3d", options, 0);
  }
}

/**
 * Surrounds sequences with zeros: `[batch, length, channels]` to `[batch, before + length + after, channels]`.
 *
 * @throws If the padding is not of integers of at least 0.
 * @example
 * layers.zeroPadding1d({ padding: [2, 0] }).outputShape([100, 8]); // [102, 8]
 */
export function zeroPadding1d(options?: Padding1dOptions): ZeroPadding1d {
  return new ZeroPadding1d(options);
}

/**
 * Surrounds images with zeros: `[batch, height, width, channels]` to `[batch, top + height + bottom, left + width + right, channels]`.
 *
 * @throws If the padding is not of integers of at least 0.
 * @example
 * layers.zeroPadding2d({ padding: [[0, 1], [0, 1]] }).outputShape([28, 28, 3]); // [29, 29, 3]
 */
export function zeroPadding2d(options?: Padding2dOptions): ZeroPadding2d {
  return new ZeroPadding2d(options);
}

/**
 * Surrounds volumes with zeros: `[batch, depth, height, width, channels]` to `[batch, front + depth + back, top + height + bottom, left + width + right, channels]`.
 *
 * @throws If the padding is not of integers of at least 0.
 * @example
 * layers.zeroPadding3d({ padding: [0, 1, 1] }).outputShape([16, 28, 28, 1]); // [16, 30, 30, 1]
 */
export function zeroPadding3d(options?: Padding3dOptions): ZeroPadding3d {
  return new ZeroPadding3d(options);
}
