/** Layers that make sequences, images and volumes larger without weights: UpSampling1d, 2d and 3d, channels last. */
import { checkChoice } from "../../graph/options.ts";
import type { Configuration } from "../../graph/registry.ts";
import type { Shape } from "../../graph/shape.ts";
import { broadcastTo, reshape } from "../../ops/movement.ts";
import { type ResizeInterpolation, resizeImages, resizeInterpolations } from "../../ops/resize.ts";
import { exampleAxes, images, perAxis, type Sizes, type Space, sequences, volumes } from "../../ops/spatial.ts";
import type { Tensor } from "../../tensor/tensor.ts";
import { checkLayerOptions, Layer, type LayerOptions } from "../layer.ts";

type Sequence = readonly [length: number];
type Image = readonly [height: number, width: number];
type Volume = readonly [depth: number, height: number, width: number];

export interface UpSamplingOptions<Size extends Sizes> extends LayerOptions {
  /** How often each element is repeated, at least 1: a number for all axes, or one for each; default 2. */
  size?: number | Size;
}

/** A layer that repeats each element along each axis (nearest neighbour). */
abstract class UpSampling<Size extends Sizes> extends Layer {
  readonly size: Size;

  /** @param further The names of options that the subclass adds. */
  constructor(
    className: string,
    options: UpSamplingOptions<Size>,
    space: Space<Size>,
    further: Readonly<Record<string, true>> = {},
  ) {
    checkLayerOptions<UpSamplingOptions<Sizes>>(className, options, { size: true, ...further });
    super(className, options);
    this.size = perAxis(className, "size", options.size ?? 2, space);
    this.setInputRequirement({ rank: space.axes.length + 1, axes: exampleAxes(space) });
  }

  call(input: Tensor): Tensor {
    const x = this.checkedInput(input);
    const [batch, ...axes] = x.shape as readonly [number, ...number[]];
    const channels = axes.pop() as number;
    const apart = axes.flatMap((length) => [length, 1]);
    const repeated = axes.flatMap((length, axis) => [length, this.size[axis] as number]);
    return reshape(broadcastTo(reshape(x, [batch, ...apart, channels]), [batch, ...repeated, channels]), [
      batch,
      ...this.outputShape([...axes, channels]),
    ]);
  }

  override outputShape(inputShape: Shape): Shape {
    this.checkShape(inputShape);
    return inputShape.map((length, axis) => length * (this.size[axis] ?? 1));
  }

  override config(): Configuration {
    return { ...super.config(), size: this.size };
  }
}

export type UpSampling1dOptions = UpSamplingOptions<Sequence>;
export interface UpSampling2dOptions extends UpSamplingOptions<Image> {
  /** `"nearest"` (default), which repeats pixels, `"bilinear"`, `"bicubic"`, `"lanczos3"` or `"lanczos5"`. */
  interpolation?: ResizeInterpolation;
}
export type UpSampling3dOptions = UpSamplingOptions<Volume>;

/** Repeats each step: `[batch, length, channels]` to `[batch, length · size, channels]`. Made by `upSampling1d`. */
export class UpSampling1d extends UpSampling<Sequence> {
  static readonly className = "upSampling1d";
  readonly className = UpSampling1d.className;

  constructor(options: UpSampling1dOptions = {}) {
    super("upSampling1d", options, sequences);
  }
}

/**
 * Repeats each pixel, or takes new ones from between the old: `[batch, height, width, channels]` to
 * `[batch, height · s, width · s, channels]`. Made by `upSampling2d`.
 */
export class UpSampling2d extends UpSampling<Image> {
  static readonly className = "upSampling2d";
  readonly className = UpSampling2d.className;
  readonly interpolation: ResizeInterpolation;

  constructor(options: UpSampling2dOptions = {}) {
    super("upSampling2d", options, images, { interpolation: true });
    this.interpolation = options.interpolation ?? "nearest";
    checkChoice("upSampling2d", "interpolation", this.interpolation, resizeInterpolations);
  }

  override call(input: Tensor): Tensor {
    const { interpolation } = this;
    if (interpolation === "nearest") return super.call(input);
    const x = this.checkedFloatInput(input);
    const [height, width] = this.outputShape(x.shape.slice(1)) as readonly [number, number, number];
    return resizeImages(x, { height, width, interpolation });
  }

  override config(): Configuration {
    return { ...super.config(), interpolation: this.interpolation };
  }
}

/** Repeats each voxel: `[batch, depth, height, width, channels]` to `[batch, depth · s, height · s, width · s, channels]`. Made by `upSampling3d`. */
export class UpSampling3d extends UpSampling<Volume> {
  static readonly className = "upSampling3d";
  readonly className = UpSampling3d.className;

  constructor(options: UpSampling3dOptions = {}) {
    super("upSampling3d", options, volumes);
  }
}

/**
 * Repeats each step of sequences.
 *
 * @throws If `size` is not a positive integer, or one for each axis.
 * @example
 * layers.upSampling1d({ size: 3 }).outputShape([100, 8]); // [300, 8]
 */
export function upSampling1d(options?: UpSampling1dOptions): UpSampling1d {
  return new UpSampling1d(options);
}

/**
 * Repeats each row and column of images, or takes new ones from between the old.
 *
 * @throws If `size` is not a positive integer, or one for each axis, or the interpolation is unknown.
 * @example
 * layers.upSampling2d({ size: 2 }).outputShape([7, 7, 16]); // [14, 14, 16]
 */
export function upSampling2d(options?: UpSampling2dOptions): UpSampling2d {
  return new UpSampling2d(options);
}

/**
 * Repeats each slice, row and column of volumes.
 *
 * @throws If `size` is not a positive integer, or one for each axis.
 * @example
 * layers.upSampling3d({ size: [1, 2, 2] }).outputShape([8, 7, 7, 16]); // [8, 14, 14, 16]
 */
export function upSampling3d(options?: UpSampling3dOptions): UpSampling3d {
  return new UpSampling3d(options);
}
