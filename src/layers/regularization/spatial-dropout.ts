/**
 * Spatial dropout, in training only, drops whole channels rather than single values, for neighbours in a map say much the same:
 *
 *   out[b, ..., c] = in[b, ..., c] / (1 - rate) for all of channel c with probability 1 - rate, else 0
 *
 * In inference the identity. Input and output `[batch, length, channels]`, `[batch, height, width, channels]` or
 * `[batch, depth, height, width, channels]`; the state `generator` is saved with the weights. Tompson et al., "Efficient object localization using convolutional networks" (2015).
 */
import type { Shape } from "../../graph/shape.ts";
import { exampleAxes, images, type Sizes, type Space, sequences, volumes } from "../../ops/spatial.ts";
import { type DropoutOptions, MaskedDropout } from "./dropout-layer.ts";

/** Drops whole channels in training; a subclass says of what. */
abstract class SpatialDropout extends MaskedDropout {
  constructor(className: string, options: DropoutOptions, space: Space<Sizes>) {
    super(className, options);
    this.setInputRequirement({ rank: space.axes.length + 1, axes: exampleAxes(space) });
  }

  protected maskShape(shape: Shape): Shape {
    return shape.map((size, axis) => (axis === 0 || axis === shape.length - 1 ? size : 1));
  }
}

/** Drops whole channels of sequences in training. Made by `spatialDropout1d`. */
export class SpatialDropout1d extends SpatialDropout {
  static readonly className = "spatialDropout1d";
  readonly className = SpatialDropout1d.className;

  constructor(options: DropoutOptions) {
    super("spatialDropout1d", options, sequences);
  }
}

/** Drops whole channels of images in training. Made by `spatialDropout2d`. */
export class SpatialDropout2d extends SpatialDropout {
  static readonly className = "spatialDropout2d";
  readonly className = SpatialDropout2d.className;

  constructor(options: DropoutOptions) {
    super("spatialDropout2d", options, images);
  }
}

/** Drops whole channels of volumes in training. Made by `spatialDropout3d`. */
export class SpatialDropout3d extends SpatialDropout {
  static readonly className = "spatialDropout3d";
  readonly className = SpatialDropout3d.className;

  constructor(options: DropoutOptions) {
    super("spatialDropout3d", options, volumes);
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

/**
 * Drops whole channels of volumes in training; input and output `[batch, depth, height, width, channels]`.
 *
 * @throws If `rate` is outside [0, 1].
 * @example
 * layers.spatialDropout3d({ rate: 0.2 });
 */
export function spatialDropout3d(options: DropoutOptions): SpatialDropout3d {
  return new SpatialDropout3d(options);
}
