/** Layers that cut off the margins of sequences, images or volumes, without weights: Cropping1d, 2d and 3d, channels last. */
import type { Configuration, Json } from "../../graph/registry.ts";
import { formatShape, type Shape } from "../../graph/shape.ts";
import { type Ends, endsOf } from "../../ops/padding1d.ts";
import { slice } from "../../ops/slicing.ts";
import {
  exampleAxes,
  images,
  type Margins,
  marginsOf,
  type Sizes,
  type Space,
  sequences,
  volumes,
} from "../../ops/spatial.ts";
import type { Tensor } from "../../tensor/tensor.ts";
import { checkLayerOptions, Layer, type LayerOptions } from "../layer.ts";

type Image = readonly [height: number, width: number];
type Volume = readonly [depth: number, height: number, width: number];

/** A layer that cuts off its input's margins: `Margin` is how the option is written down. */
abstract class Cropping<Margin extends Json> extends Layer {
  readonly cropping: Margin;
  /** `[before, after]` for each axis of an example but the channels. */
  readonly #margins: readonly (readonly [before: number, after: number])[];

  constructor(
    className: string,
    options: LayerOptions & { cropping?: unknown },
    space: Space<Sizes>,
    cropping: Margin,
    margins: readonly (readonly [before: number, after: number])[],
  ) {
    checkLayerOptions<LayerOptions & { cropping?: unknown }>(className, options, { cropping: true });
    super(className, options);
    this.cropping = cropping;
    this.#margins = margins;
    this.setInputRequirement({ rank: space.axes.length + 1, axes: exampleAxes(space) });
  }

  call(input: Tensor): Tensor {
    const x = this.checkedInput(input);
    const start = [0, ...this.#margins.map(([before]) => before), 0];
    return slice(x, { start, size: [x.shape[0] as number, ...this.outputShape(x.shape.slice(1))] });
  }

  override outputShape(inputShape: Shape): Shape {
    this.checkShape(inputShape);
    return inputShape.map((size, axis) => {
      const [before, after] = this.#margins[axis] ?? [0, 0];
      if (before + after > 0 && before + after >= size)
        throw new Error(
          `${this.path}: cropping takes ${before} + ${after} off axis ${axis} of an example of the shape ${formatShape(inputShape)}, ` +
            `which leaves nothing of its ${size}; crop less, or give larger examples`,
        );
      return size - before - after;
    });
  }

  override config(): Configuration {
    return { ...super.config(), cropping: this.cropping };
  }
}

export interface Cropping1dOptions extends LayerOptions {
  /** Steps to drop at both ends, or `[before, after]`; default 1. */
  cropping?: Ends;
}

/** Drops the first and last steps: `[batch, length, channels]` to `[batch, length - before - after, channels]`. */
export class Cropping1d extends Cropping<readonly [before: number, after: number]> {
  static readonly className = "cropping1d";
  readonly className = Cropping1d.className;

  constructor(options: Cropping1dOptions = {}) {
    const { className } = Cropping1d;
    const cropping = endsOf(className, "cropping", options.cropping ?? 1);
    super(className, options, sequences, cropping, [cropping]);
  }
}

export interface Cropping2dOptions extends LayerOptions {
  /** Pixels to drop on every side, `[height, width]` of both sides, or `[[top, bottom], [left, right]]`; default 0. */
  cropping?: number | Image | Margins<Image>;
}

/** Drops rows and columns: `[batch, height, width, channels]` to `[batch, height - top - bottom, width - left - right, channels]`. */
export class Cropping2d extends Cropping<Margins<Image>> {
  static readonly className = "cropping2d";
  readonly className = Cropping2d.className;

  constructor(options: Cropping2dOptions = {}) {
    const { className } = Cropping2d;
    const cropping = marginsOf(className, "cropping", options.cropping ?? 0, images);
    super(className, options, images, cropping, cropping);
  }
}

export interface Cropping3dOptions extends LayerOptions {
  /** Voxels to drop on every side, `[depth, height, width]` of both sides, or `[[front, back], [top, bottom], [left, right]]`; default 1. */
  cropping?: number | Volume | Margins<Volume>;
}

/** Drops slices, rows and columns: `[batch, depth, height, width, channels]` to `[batch, depth - front - back, height - top - bottom, width - left - right, channels]`. */
export class Cropping3d extends Cropping<Margins<Volume>> {
  static readonly className = "cropping3d";
  readonly className = Cropping3d.className;

  constructor(options: Cropping3dOptions = {}) {
    const { className } = Cropping3d;
    const cropping = marginsOf(className, "cropping", options.cropping ?? 1, volumes);
    super(className, options, volumes, cropping, cropping);
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
