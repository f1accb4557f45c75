/** Layers that cut off the margins of sequences, images or volumes, without weights: Cropping1d, 2d and 3d, channels last. */
import type { Configuration } from "../../graph/registry.ts";
import { formatShape, type Shape } from "../../graph/shape.ts";
import { slice } from "../../ops/movement.ts";
import { type Ends, endsOf } from "../../ops/padding1d.ts";
import { images, type Margins, marginsOf, volumes } from "../../ops/spatial.ts";
import type { Tensor } from "../../tensor/tensor.ts";
import { checkLayerOptions, Layer, type LayerOptions } from "../layer.ts";

type Image = readonly [height: number, width: number];
type Volume = readonly [depth: number, height: number, width: number];

/** A layer that drops as many elements of each axis's beginning and end as `margins` says. */
abstract class Cropping extends Layer {
  /** `[before, after]` for each axis of an example but the channels. */
  protected abstract readonly margins: readonly (readonly [before: number, after: number])[];

  call(input: Tensor): Tensor {
    const x = this.checkedInput(input);
    const start = [0, ...this.margins.map(([before]) => before), 0];
    return slice(x, { start, size: [x.shape[0] as number, ...this.outputShape(x.shape.slice(1))] });
  }

  override outputShape(inputShape: Shape): Shape {
    this.checkShape(inputShape);
    return inputShape.map((size, axis) => {
      const [before, after] = this.margins[axis] ?? [0, 0];
      if (before + after > 0 && before + after >= size)
        throw new Error(
          `${this.path}: cropping takes ${before} + ${after} off axis ${axis} of an example of the shape ${formatShape(inputShape)}, ` +
            `which leaves nothing of its ${size}; crop less, or give larger examples`,
        );
      return size - before - after;
    });
  }
}

export interface Cropping1dOptions extends LayerOptions {
  /** Steps to drop at both ends, or `[before, after]`; default 1. */
  cropping?: Ends;
}

/** Drops the first and last steps: `[batch, length, channels]` to `[batch, length - before - after, channels]`. */
export class Cropping1d extends Cropping {
  static readonly className = "cropping1d";
  readonly className = Cropping1d.className;
  readonly cropping: readonly [before: number, after: number];
  protected readonly margins: readonly (readonly [number, number])[];

  constructor(options: Cropping1dOptions = {}) {
    checkLayerOptions("cropping1d", options, { cropping: true });
    super("cropping1d", options);
    this.cropping = endsOf("cropping1d", "cropping", options.cropping ?? 1);
    this.margins = [this.cropping];
    this.setInputRequirement({ rank: 2, axes: "[length, channels]" });
  }

  override config(): Configuration {
    return { ...super.config(), cropping: this.cropping };
  }
}

export interface Cropping2dOptions extends LayerOptions {
  /** Pixels to drop on every side, `[height, width]` of both sides, or `[[top, bottom], [left, right]]`; default 0. */
  cropping?: number | Image | Margins<Image>;
}

/** Drops rows and columns: `[batch, height, width, channels]` to `[batch, height - top - bottom, width - left - right, channels]`. */
export class Cropping2d extends Cropping {
  static readonly className = "cropping2d";
  readonly className = Cropping2d.className;
  readonly cropping: Margins<Image>;
  protected readonly margins: Margins<Image>;

  constructor(options: Cropping2dOptions = {}) {
    checkLayerOptions("cropping2d", options, { cropping: true });
    super("cropping2d", options);
    this.cropping = marginsOf("cropping2d", "cropping", options.cropping ?? 0, images);
    this.margins = this.cropping;
    this.setInputRequirement({ rank: 3, axes: "[height, width, channels]" });
  }

  override config(): Configuration {
    return { ...super.config(), cropping: this.cropping };
  }
}

export interface Cropping3dOptions extends LayerOptions {
  /** Voxels to drop on every side, `[depth, height, width]` of both sides, or `[[front, back], [top, bottom], [left, right]]`; default 1. */
  cropping?: number | Volume | Margins<Volume>;
}

/** Drops slices, rows and columns: `[batch, depth, height, width, channels]` to `[batch, depth - front - back, height - top - bottom, width - left - right, channels]`. */
export class Cropping3d extends Cropping {
  static readonly className = "cropping3d";
  readonly className = Cropping3d.className;
  readonly cropping: Margins<Volume>;
  protected readonly margins: Margins<Volume>;

  constructor(options: Cropping3dOptions = {}) {
    checkLayerOptions("cropping3d", options, { cropping: true });
    super("cropping3d", options);
    this.cropping = marginsOf("cropping3d", "cropping", options.cropping ?? 1, volumes);
    this.margins = this.cropping;
    this.setInputRequirement({ rank: 4, axes: "[depth, height, width, channels]" });
  }

  override config(): Configuration {
    return { ...super.config(), cropping: this.cropping };
  }
}

/**
 * Drops the first and last steps of sequences.
 *
 * @throws If a number of steps is not an integer of at least 0; and, when it is built, if nothing is left.
 * @example
 * layers.cropping1d({ cropping: [2, 0] }).outputShape([100, 8]); // [98, 8]
 */
export function cropping1d(options?: Cropping1dOptions): Cropping1d {
  return new Cropping1d(options);
}

/**
 * Drops rows and columns at the margins of images.
 *
 * @throws If a number of pixels is not an integer of at least 0; and, when it is built, if nothing is left.
 * @example
 * layers.cropping2d({ cropping: 2 }).outputShape([28, 28, 1]); // [24, 24, 1]
 */
export function cropping2d(options?: Cropping2dOptions): Cropping2d {
  return new Cropping2d(options);
}

/**
 * Drops slices, rows and columns at the margins of volumes.
 *
 * @throws If a number of voxels is not an integer of at least 0; and, when it is built, if nothing is left.
 * @example
 * layers.cropping3d({ cropping: [1, 2, 2] }).outputShape([16, 28, 28, 1]); // [14, 24, 24, 1]
 */
export function cropping3d(options?: Cropping3dOptions): Cropping3d {
  return new Cropping3d(options);
}
