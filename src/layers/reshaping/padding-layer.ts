/**
 * What the layers share that surround sequences, images and volumes: the option padding, and the shape of the output. What they
 * surround them with each says itself.
 */
import type { Configuration, Json } from "../../graph/registry.ts";
import { formatShape, type Shape } from "../../graph/shape.ts";
import { type PadMode, pad } from "../../ops/pad.ts";
import { type Ends, endsOf } from "../../ops/padding1d.ts";
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

/** A layer that surrounds its input, without weights: `Padding` is how the option is written down. */
abstract class PaddingLayer<Padding extends Json> extends Layer {
  readonly padding: Padding;
  readonly #margins: readonly (readonly [before: number, after: number])[];
  readonly #fill: 0 | PadMode;

  constructor(
    className: string,
    options: LayerOptions & { padding?: unknown },
    space: Space<Sizes>,
    fill: 0 | PadMode,
    padding: Padding,
    margins: readonly (readonly [before: number, after: number])[],
  ) {
    checkLayerOptions<LayerOptions & { padding?: unknown }>(className, options, { padding: true });
    super(className, options);
    this.padding = padding;
    this.#margins = margins;
    this.#fill = fill;
    this.setInputRequirement({ rank: space.axes.length + 1, axes: exampleAxes(space) });
  }

  call(input: Tensor): Tensor {
    // Zeros are numbers; a layer's own elements keep their type.
    const x = this.#fill === 0 ? this.checkedFloatInput(input) : this.checkedInput(input);
    return pad(x, [[0, 0], ...this.#margins, [0, 0]], this.#fill);
  }

  override outputShape(inputShape: Shape): Shape {
    this.checkShape(inputShape);
    return inputShape.map((size, axis) => {
      const [before, after] = this.#margins[axis] ?? [0, 0];
      const most = this.#most(size);
      if (Math.max(before, after) > most)
        throw new Error(
          `${this.path}: padding adds ${before} before and ${after} after axis ${axis} of an example of the shape ${formatShape(inputShape)}, ` +
            `whose own ${size} elements suffice for at most ${Math.max(0, most)}; pad less, or give larger examples`,
        );
      return before + size + after;
    });
  }

  /** How many of its own elements an axis can be surrounded with at one end. */
  #most(size: number): number {
    if (this.#fill === "wrap" || this.#fill === "symmetric") return size;
    if (this.#fill === "reflect") return Math.max(0, size - 1);
    return Number.POSITIVE_INFINITY;
  }

  override config(): Configuration {
    return { ...super.config(), padding: this.padding };
  }
}

export interface Padding1dOptions extends LayerOptions {
  /** Steps at both ends, or `[before, after]`; default 1. */
  padding?: Ends;
}

/** `[batch, length, channels]` to `[batch, before + length + after, channels]`. */
export abstract class PaddingLayer1d extends PaddingLayer<readonly [before: number, after: number]> {
  constructor(className: string, options: Padding1dOptions, fill: 0 | PadMode) {
    const ends = endsOf(className, "padding", options.padding ?? 1);
    super(className, options, sequences, fill, ends, [ends]);
  }
}

export interface Padding2dOptions extends LayerOptions {
  /** Pixels on every side, `[height, width]` for both sides, or `[[top, bottom], [left, right]]`; default 1. */
  padding?: number | Image | Margins<Image>;
}

/** `[batch, height, width, channels]` to `[batch, top + height + bottom, left + width + right, channels]`. */
export abstract class PaddingLayer2d extends PaddingLayer<Margins<Image>> {
  constructor(className: string, options: Padding2dOptions, fill: 0 | PadMode) {
    const margins = marginsOf(className, "padding", options.padding ?? 1, images);
    super(className, options, images, fill, margins, margins);
  }
}

export interface Padding3dOptions extends LayerOptions {
  /** Voxels on every side, `[depth, height, width]` for both sides, or `[[front, back], [top, bottom], [left, right]]`; default 1. */
  padding?: number | Volume | Margins<Volume>;
}

/** `[batch, depth, height, width, channels]` to `[batch, front + depth + back, top + height + bottom, left + width + right, channels]`. */
export abstract class PaddingLayer3d extends PaddingLayer<Margins<Volume>> {
  constructor(className: string, options: Padding3dOptions, fill: 0 | PadMode) {
    const margins = marginsOf(className, "padding", options.padding ?? 1, volumes);
    super(className, options, volumes, fill, margins, margins);
  }
}
