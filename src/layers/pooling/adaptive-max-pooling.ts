/**
 * AdaptiveMaxPooling of sequences, images and volumes: the largest of each of as many bins as the output is to have, whatever the
 * input's size. Along an axis of size n with m bins, bin i covers the elements from ⌊i · n / m⌋ up to ⌈(i + 1) · n / m⌉:
 *
 *   out[b, i, j, c] = the largest of in[b, y, x, c] over the y of bin i and the x of bin j
 *
 * Input `[batch, ...axes, channels]`, output `[batch, ...outputSize, channels]`; no weights. He et al., "Spatial pyramid pooling" (2014).
 */
import { adaptiveMaxPool1d, adaptiveMaxPool2d, adaptiveMaxPool3d } from "../../ops/adaptive-pooling.ts";
import { images, sequences, volumes } from "../../ops/spatial.ts";
import type { Tensor } from "../../tensor/tensor.ts";
import { AdaptivePoolingLayer, type AdaptivePoolingOptions } from "./adaptive-pooling-layer.ts";

type Sequence = readonly [length: number];
type Image = readonly [height: number, width: number];
type Volume = readonly [depth: number, height: number, width: number];

/** The largest value of each bin of `[batch, length, channels]`. Made by `adaptiveMaxPooling1d`. */
export class AdaptiveMaxPooling1d extends AdaptivePoolingLayer<Sequence> {
  static readonly className = "adaptiveMaxPooling1d";
  readonly className = AdaptiveMaxPooling1d.className;

  constructor(options: AdaptivePoolingOptions<Sequence>) {
    super("adaptiveMaxPooling1d", options, sequences);
  }

  call(x: Tensor): Tensor {
    return adaptiveMaxPool1d(this.checkedFloatInput(x), this.outputSize);
  }
}

/** The largest value of each bin of `[batch, height, width, channels]`. Made by `adaptiveMaxPooling2d`. */
export class AdaptiveMaxPooling2d extends AdaptivePoolingLayer<Image> {
  static readonly className = "adaptiveMaxPooling2d";
  readonly className = AdaptiveMaxPooling2d.className;

  constructor(options: AdaptivePoolingOptions<Image>) {
    super("adaptiveMaxPooling2d", options, images);
  }

  call(x: Tensor): Tensor {
    return adaptiveMaxPool2d(this.checkedFloatInput(x), this.outputSize);
  }
}

/** The largest value of each bin of `[batch, depth, height, width, channels]`. Made by `adaptiveMaxPooling3d`. */
export class AdaptiveMaxPooling3d extends AdaptivePoolingLayer<Volume> {
  static readonly className = "adaptiveMaxPooling3d";
  readonly className = AdaptiveMaxPooling3d.className;

  constructor(options: AdaptivePoolingOptions<Volume>) {
    super("adaptiveMaxPooling3d", options, volumes);
  }

  call(x: Tensor): Tensor {
    return adaptiveMaxPool3d(this.checkedFloatInput(x), this.outputSize);
  }
}

/**
 * The largest value of each of `outputSize` bins of sequences.
 *
 * @throws If `outputSize` is not a positive integer, or one for each axis.
 * @example
 * layers.adaptiveMaxPooling1d({ outputSize: 8 }).outputShape([100, 16]); // [8, 16]
 */
export function adaptiveMaxPooling1d(options: AdaptivePoolingOptions<Sequence>): AdaptiveMaxPooling1d {
  return new AdaptiveMaxPooling1d(options);
}

/**
 * The largest value of each of `outputSize` bins of images.
 *
 * @throws If `outputSize` is not a positive integer, or one for each axis.
 * @example
 * layers.adaptiveMaxPooling2d({ outputSize: 7 }).outputShape([20, 31, 64]); // [7, 7, 64]
 */
export function adaptiveMaxPooling2d(options: AdaptivePoolingOptions<Image>): AdaptiveMaxPooling2d {
  return new AdaptiveMaxPooling2d(options);
}

/**
 * The largest value of each of `outputSize` bins of volumes.
 *
 * @throws If `outputSize` is not a positive integer, or one for each axis.
 * @example
 * layers.adaptiveMaxPooling3d({ outputSize: [4, 7, 7] }).outputShape([10, 20, 31, 16]); // [4, 7, 7, 16]
 */
export function adaptiveMaxPooling3d(options: AdaptivePoolingOptions<Volume>): AdaptiveMaxPooling3d {
  return new AdaptiveMaxPooling3d(options);
}
