/**
 * CircularPadding surrounds sequences, images and volumes with what stands at the other end, as on a ring: `b c | a b c | a b`.
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

/** Surrounds sequences with what stands at their other end. Made by `circularPadding1d`. */
export class CircularPadding1d extends PaddingLayer1d {
  static readonly className = "circularPadding1d";
  readonly className = CircularPadding1d.className;

  constructor(options: Padding1dOptions = {}) {
    super("circularPadding1d", options, "wrap");
  }
}

/** Surrounds images with what stands at their other end. Made by `circularPadding2d`. */
export class CircularPadding2d extends PaddingLayer2d {
  static readonly className = "circularPadding2d";
  readonly className = CircularPadding2d.className;

  constructor(options: Padding2dOptions = {}) {
    super("circularPadding2d", options, "wrap");
  }
}

/** Surrounds volumes with what stands at their other end. Made by `circularPadding3d`. */
export class CircularPadding3d extends PaddingLayer3d {
  static readonly className = "circularPadding3d";
  readonly className = CircularPadding3d.className;

  constructor(options: Padding3dOptions = {}) {
    super("circularPadding3d", options, "wrap");
  }
}

/**
 * Surrounds sequences with what stands at their other end: `[batch, length, channels]` to `[batch, before + length + after, channels]`.
 *
 * @throws If the padding is not of integers of at least 0; and, when it is built, if an axis is shorter than its padding.
 * @example
 * layers.circularPadding1d({ padding: [2, 0] }).outputShape([100, 8]); // [102, 8]
 */
export function circularPadding1d(options?: Padding1dOptions): CircularPadding1d {
  return new CircularPadding1d(options);
}

/**
 * Surrounds images with what stands at their other end: `[batch, height, width, channels]` to `[batch, top + height + bottom, left + width + right, channels]`.
 *
 * @throws If the padding is not of integers of at least 0; and, when it is built, if an axis is shorter than its padding.
 * @example
 * layers.circularPadding2d({ padding: [[0, 1], [0, 1]] }).outputShape([28, 28, 3]); // [29, 29, 3]
 */
export function circularPadding2d(options?: Padding2dOptions): CircularPadding2d {
  return new CircularPadding2d(options);
}

/**
 * Surrounds volumes with what stands at their other end: `[batch, depth, height, width, channels]` to `[batch, front + depth + back, top + height + bottom, left + width + right, channels]`.
 *
 * @throws If the padding is not of integers of at least 0; and, when it is built, if an axis is shorter than its padding.
 * @example
 * layers.circularPadding3d({ padding: [0, 1, 1] }).outputShape([16, 28, 28, 1]); // [16, 30, 30, 1]
 */
export function circularPadding3d(options?: Padding3dOptions): CircularPadding3d {
  return new CircularPadding3d(options);
}
