/**
 * Spatial dropout, in training only, drops whole channels rather than single values, for neighbours in a map say much the same:
 *
 *   out[b, ..., c] = in[b, ..., c] / (1 - rate) for all of channel c with probability 1 - rate, else 0
 *
 * In inference the identity. Input and output `[batch, length, channels]` or `[batch, height, width, channels]`; the state
 * `generator` is saved with the weights. Tompson et al., "Efficient object localization using convolutional networks" (2015).
 */
import type { Shape } from "../graph/shape.ts";
import { DropoutLayer, type DropoutOptions } from "./dropout-layer.ts";

/** Drops whole channels of sequences in training. Made by `spatialDropout1d`. */
export class SpatialDropout1d extends DropoutLayer {
  static readonly className = "spatialDropout1d";
  readonly className = SpatialDropout1d.className;

  constructor(options: DropoutOptions) {
    super("spatialDropout1d", options);
    this.setInputRequirement({ rank: 2, axes: "[length, channels]" });
  }

  protected maskShape([batch, , channels]: Shape): Shape {
    return [batch as number, 1, channels as number];
  }
}

/** Drops whole channels of images in training. Made by `spatialDropout2d`. */
export class SpatialDropout2d extends DropoutLayer {
  static readonly className = "spatialDropout2d";
  readonly className = SpatialDropout2d.className;

  constructor(options: DropoutOptions) {
    super("spatialDropout2d", options);
    this.setInputRequirement({ rank: 3, axes: "[height, width, channels]" });
  }

  protected maskShape([batch, , , channels]: Shape): Shape {
    return [batch as number, 1, 1, channels as number];
  }
}

/**
 * Drops whole channels of sequences in training; input and output `[batch, length, channels]`.
 *
 * @throws If `rate` is outside [0, 1].
 * @example
 * layers.spatialDropout1d({ rate: 0.2 });
 */
export function spatialDropout1d(options: DropoutOptions): SpatialDropout1d {
  return new SpatialDropout1d(options);
}

/**
 * Drops whole channels of images in training; input and output `[batch, height, width, channels]`.
 *
 * @throws If `rate` is outside [0, 1].
 * @example
 * layers.spatialDropout2d({ rate: 0.2 });
 */
export function spatialDropout2d(options: DropoutOptions): SpatialDropout2d {
  return new SpatialDropout2d(options);
}
