/** Layers that change an image's height and width without weights: ZeroPadding2d and UpSampling2d, channels last. */
import { checkInteger, describe } from "../graph/options.ts";
import type { Configuration } from "../graph/registry.ts";
import type { Shape } from "../graph/shape.ts";
import { broadcastTo, pad, reshape } from "../ops/movement.ts";
import { type Pair, pairOf } from "../ops/padding.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { checkLayerOptions, Layer, type LayerOptions } from "./layer.ts";

type Sides = readonly [readonly [top: number, bottom: number], readonly [left: number, right: number]];

export interface ZeroPadding2dOptions extends LayerOptions {
  /** Pixels on every side, `[vertical, horizontal]`, or `[[top, bottom], [left, right]]`; default 1. */
  padding?: Pair | Sides;
}

/** Surrounds images with zeros: `[batch, height, width, channels]` to `[batch, top + height + bottom, left + width + right, channels]`. */
export class ZeroPadding2d extends Layer {
  static readonly className = "zeroPadding2d";
  readonly className = ZeroPadding2d.className;
  readonly padding: Sides;

  constructor(options: ZeroPadding2dOptions = {}) {
    checkLayerOptions("zeroPadding2d", options, { padding: true });
    super("zeroPadding2d", options);
    this.padding = sidesOf(options.padding ?? 1);
    this.setInputRequirement({ rank: 3, axes: "[height, width, channels]" });
  }

  call(x: Tensor): Tensor {
    return pad(this.checkedFloatInput(x), [[0, 0], ...this.padding, [0, 0]]);
  }

  override outputShape(inputShape: Shape): Shape {
    this.checkShape(inputShape);
    const [height, width, channels] = inputShape as readonly [number, number, number];
    const [[top, bottom], [left, right]] = this.padding;
    return [height + top + bottom, width + left + right, channels];
  }

  override config(): Configuration {
    return { ...super.config(), padding: this.padding };
  }
}

function sidesOf(padding: Pair | Sides): Sides {
  if (isSides(padding)) {
    for (const pair of padding)
      if (pair.length !== 2)
        throw new TypeError(
          `zeroPadding2d: padding is ${describe(padding)}, expected pixels, [vertical, horizontal] or [[top, bottom], [left, right]]`,
        );
    for (const pixels of padding.flat()) checkInteger("zeroPadding2d", "padding", pixels, 0);
    return padding;
  }
  const [vertical, horizontal] = pairOf("zeroPadding2d", "padding", padding, 0);
  return [
    [vertical, vertical],
    [horizontal, horizontal],
  ];
}

function isSides(padding: Pair | Sides): padding is Sides {
  return Array.isArray(padding) && padding.length === 2 && padding.every((pair) => Array.isArray(pair));
}

export interface UpSampling2dOptions extends LayerOptions {
  /** How often each row and column is repeated, at least 1; default 2. */
  size?: Pair;
}

/** Repeats each pixel (nearest neighbour): `[batch, height, width, channels]` to `[batch, height · s, width · s, channels]`. */
export class UpSampling2d extends Layer {
  static readonly className = "upSampling2d";
  readonly className = UpSampling2d.className;
  readonly size: readonly [number, number];

  constructor(options: UpSampling2dOptions = {}) {
    checkLayerOptions("upSampling2d", options, { size: true });
    super("upSampling2d", options);
    this.size = pairOf("upSampling2d", "size", options.size ?? 2);
    this.setInputRequirement({ rank: 3, axes: "[height, width, channels]" });
  }

  call(x: Tensor): Tensor {
    const [batch, height, width, channels] = this.checkedInput(x).shape as readonly [number, number, number, number];
    const [rows, columns] = this.size;
    const apart = reshape(x, [batch, height, 1, width, 1, channels]);
    const repeated = broadcastTo(apart, [batch, height, rows, width, columns, channels]);
    return reshape(repeated, [batch, height * rows, width * columns, channels]);
  }

  override outputShape(inputShape: Shape): Shape {
    this.checkShape(inputShape);
    const [height, width, channels] = inputShape as readonly [number, number, number];
    return [height * this.size[0], width * this.size[1], channels];
  }

  override config(): Configuration {
    return { ...super.config(), size: this.size };
  }
}

/**
 * Surrounds images with zeros.
 *
 * @example
 * layers.zeroPadding2d({ padding: [[0, 1], [0, 1]] }).outputShape([28, 28, 3]); // [29, 29, 3]
 */
export function zeroPadding2d(options?: ZeroPadding2dOptions): ZeroPadding2d {
  return new ZeroPadding2d(options);
}

/**
 * Repeats each row and column of images.
 *
 * @example
 * layers.upSampling2d({ size: 2 }).outputShape([7, 7, 16]); // [14, 14, 16]
 */
export function upSampling2d(options?: UpSampling2dOptions): UpSampling2d {
  return new UpSampling2d(options);
}
