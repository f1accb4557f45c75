/** Layers that make sequences longer without weights: ZeroPadding1d and UpSampling1d, channels last. */
import { checkInteger } from "../graph/options.ts";
import type { Configuration } from "../graph/registry.ts";
import type { Shape } from "../graph/shape.ts";
import { broadcastTo, pad, reshape } from "../ops/movement.ts";
import { type Ends, endsOf } from "../ops/padding1d.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { checkLayerOptions, Layer, type LayerOptions } from "./layer.ts";

export interface ZeroPadding1dOptions extends LayerOptions {
  /** Steps at both ends, or `[before, after]`; default 1. */
  padding?: Ends;
}

/** Puts zeros before and after sequences: `[batch, length, channels]` to `[batch, before + length + after, channels]`. */
export class ZeroPadding1d extends Layer {
  static readonly className = "zeroPadding1d";
  readonly className = ZeroPadding1d.className;
  readonly padding: readonly [before: number, after: number];

  constructor(options: ZeroPadding1dOptions = {}) {
    checkLayerOptions("zeroPadding1d", options, { padding: true });
    super("zeroPadding1d", options);
    this.padding = endsOf("zeroPadding1d", "padding", options.padding ?? 1);
    this.setInputRequirement({ rank: 2, axes: "[length, channels]" });
  }

  call(x: Tensor): Tensor {
    return pad(this.checkedFloatInput(x), [[0, 0], this.padding, [0, 0]]);
  }

  override outputShape(inputShape: Shape): Shape {
    this.checkShape(inputShape);
    const [length, channels] = inputShape as readonly [number, number];
    const [before, after] = this.padding;
    return [before + length + after, channels];
  }

  override config(): Configuration {
    return { ...super.config(), padding: this.padding };
  }
}

export interface UpSampling1dOptions extends LayerOptions {
  /** How often each step is repeated, at least 1; default 2. */
  size?: number;
}

/** Repeats each step: `[batch, length, channels]` to `[batch, length · size, channels]`. */
export class UpSampling1d extends Layer {
  static readonly className = "upSampling1d";
  readonly className = UpSampling1d.className;
  readonly size: number;

  constructor(options: UpSampling1dOptions = {}) {
    checkLayerOptions("upSampling1d", options, { size: true });
    super("upSampling1d", options);
    this.size = options.size ?? 2;
    checkInteger("upSampling1d", "size", this.size, 1);
    this.setInputRequirement({ rank: 2, axes: "[length, channels]" });
  }

  call(x: Tensor): Tensor {
    const [batch, length, channels] = this.checkedInput(x).shape as readonly [number, number, number];
    const repeated = broadcastTo(reshape(x, [batch, length, 1, channels]), [batch, length, this.size, channels]);
    return reshape(repeated, [batch, length * this.size, channels]);
  }

  override outputShape(inputShape: Shape): Shape {
    this.checkShape(inputShape);
    const [length, channels] = inputShape as readonly [number, number];
    return [length * this.size, channels];
  }

  override config(): Configuration {
    return { ...super.config(), size: this.size };
  }
}

/**
 * Puts zeros before and after sequences.
 *
 * @example
 * layers.zeroPadding1d({ padding: [2, 0] }).outputShape([100, 8]); // [102, 8]
 */
export function zeroPadding1d(options?: ZeroPadding1dOptions): ZeroPadding1d {
  return new ZeroPadding1d(options);
}

/**
 * Repeats each step of sequences.
 *
 * @example
 * layers.upSampling1d({ size: 3 }).outputShape([100, 8]); // [300, 8]
 */
export function upSampling1d(options?: UpSampling1dOptions): UpSampling1d {
  return new UpSampling1d(options);
}
