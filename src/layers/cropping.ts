/** Layers that cut off the margins of sequences or images, without weights: Cropping1d and Cropping2d, channels last. */
import { checkInteger, describe } from "../graph/options.ts";
import type { Configuration } from "../graph/registry.ts";
import { formatShape, type Shape } from "../graph/shape.ts";
import { slice } from "../ops/movement.ts";
import { type Pair, pairOf } from "../ops/padding.ts";
import { type Ends, endsOf } from "../ops/padding1d.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { checkLayerOptions, Layer, type LayerOptions } from "./layer.ts";

type Sides = readonly [readonly [top: number, bottom: number], readonly [left: number, right: number]];

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
  /** Pixels to drop on every side, `[vertical, horizontal]`, or `[[top, bottom], [left, right]]`; default 0. */
  cropping?: Pair | Sides;
}

/** Drops rows and columns: `[batch, height, width, channels]` to `[batch, height - top - bottom, width - left - right, channels]`. */
export class Cropping2d extends Cropping {
  static readonly className = "cropping2d";
  readonly className = Cropping2d.className;
  readonly cropping: Sides;
  protected readonly margins: readonly (readonly [number, number])[];

  constructor(options: Cropping2dOptions = {}) {
    checkLayerOptions("cropping2d", options, { cropping: true });
    super("cropping2d", options);
    this.cropping = sidesOf(options.cropping ?? 0);
    this.margins = this.cropping;
    this.setInputRequirement({ rank: 3, axes: "[height, width, channels]" });
  }

  override config(): Configuration {
    return { ...super.config(), cropping: this.cropping };
  }
}

function sidesOf(cropping: Pair | Sides): Sides {
  if (isSides(cropping)) {
    for (const pair of cropping)
      if (pair.length !== 2)
        throw new TypeError(
          `cropping2d: cropping is ${describe(cropping)}, expected pixels, [vertical, horizontal] or [[top, bottom], [left, right]]`,
        );
    for (const pixels of cropping.flat()) checkInteger("cropping2d", "cropping", pixels, 0);
    return cropping;
  }
  const [vertical, horizontal] = pairOf("cropping2d", "cropping", cropping, 0);
  return [
    [vertical, vertical],
    [horizontal, horizontal],
  ];
}

function isSides(cropping: Pair | Sides): cropping is Sides {
  return Array.isArray(cropping) && cropping.length === 2 && cropping.every((pair) => Array.isArray(pair));
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
