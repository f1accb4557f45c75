/**
 * ReplicationPadding surrounds sequences, images and volumes with their outermost elements: `a a | a b c | c c`.
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

/** Surrounds sequences with their outermost elements. Made by `replicationPadding1d`. */
export class ReplicationPadding1d extends PaddingLayer1d {
  static readonly className = "replicationPadding1d";
  readonly className = ReplicationPadding1d.className;

  constructor(options: Padding1dOptions = {}) {
    super("replicationPadding1d", options, "edge");
  }
}

/** Surrounds images with their outermost elements. Made by `replicationPadding2d`. */
export class ReplicationPadding2d extends PaddingLayer2d {
  static readonly className = "replicationPadding2d";
  readonly className = ReplicationPadding2d.className;

  constructor(options: Padding2dOptions = {}) {
    super("replicationPadding2d", options, "edge");
  }
}

/** Surrounds volumes with their outermost elements. Made by `replicationPadding3d`. */
export class ReplicationPadding3d extends PaddingLayer3d {
  static readonly className = "replicationPadding3d";
  readonly className = ReplicationPadding3d.className;

  constructor(options: Padding3dOptions = {}) {
    super("replicationPadding3d", options, "edge");
  }
}

/**
 * Surrounds sequences with their outermost elements: `[batch, length, channels]` to `[batch, before + length + after, channels]`.
 *
 * @throws If the padding is not of integers of at least 0.
 * @example
 * layers.replicationPadding1d({ padding: [2, 0] }).outputShape([100, 8]); // [102, 8]
 */
export function replicationPadding1d(options?: Padding1dOptions): ReplicationPadding1d {
  return new ReplicationPadding1d(options);
}

/**
 * Surrounds images with their outermost elements: `[batch, height, width, channels]` to `[batch, top + height + bottom, left + width + right, channels]`.
 *
 * @throws If the padding is not of integers of at least 0.
 * @example
 * layers.replicationPadding2d({ padding: [[0, 1], [0, 1]] }).outputShape([28, 28, 3]); // [29, 29, 3]
 */
export function replicationPadding2d(options?: Padding2dOptions): ReplicationPadding2d {
  return new ReplicationPadding2d(options);
}

/**
 * Surrounds volumes with their outermost elements: `[batch, depth, height, width, channels]` to `[batch, front + depth + back, top + height + bottom, left + width + right, channels]`.
 *
 * @throws If the padding is not of integers of at least 0.
 * @example
 * layers.replicationPadding3d({ padding: [0, 1, 1] }).outputShape([16, 28, 28, 1]); // [16, 30, 30, 1]
 */
export function replicationPadding3d(options?: Padding3dOptions): ReplicationPadding3d {
  return new ReplicationPadding3d(options);
}
