/**
 * AdaptiveAveragePooling of sequences, images and volumes: the mean of each of as many bins as the output is to have, whatever the
 * input's size. Along an axis of size n with m bins, bin i covers the elements from ⌊i · n / m⌋ up to ⌈(i + 1) · n / m⌉:
 *
 *   out[b, i, j, c] = the mean of in[b, y, x, c] over the y of bin i and the x of bin j
 *
 * Input `[batch, ...axes, channels]`, output `[batch, ...outputSize, channels]`; no weights. He et al., "Spatial pyramid pooling" (2014).
 */
import { adaptiveAveragePool1d, adaptiveAveragePool2d, adaptiveAveragePool3d } from "../../ops/adaptive-pooling.ts";
import { images, sequences, volumes } from "../../ops/spatial.ts";
import type { Tensor } from "../../tensor/tensor.ts";
import { AdaptivePoolingLayer, type AdaptivePoolingOptions } from "./adaptive-pooling-layer.ts";

type Sequence = readonly [length: number];
type Image = readonly [height: number, width: number];
type Volume = readonly [depth: number, height: number, width: number];

/** The mean of each bin of `[batch, length, channels]`. Made by `adaptiveAveragePooling1d`. */
export class AdaptiveAveragePooling1d extends AdaptivePoolingLayer<Sequence> {
  static readonly className = "adaptiveAveragePooling1d";
  readonly className = AdaptiveAveragePooling1d.className;

  constructor(options: AdaptivePoolingOptions<Sequence>) {
    super("adaptiveAveragePooling1d", options, sequences);
  }

  call(x: Tensor): Tensor {
    return adaptiveAveragePool1d(this.checkedFloatInput(x), this.outputSize);
  }
}

/** The mean of each bin of `[batch, height, width, channels]`. Made by `adaptiveAveragePooling2d`. */
export class AdaptiveAveragePooling2d extends AdaptivePoolingLayer<Image> {
  static readonly className = "adaptiveAveragePooling2d";
  readonly className = AdaptiveAveragePooling2d.className;

  constructor(options: AdaptivePoolingOptions<Image>) {
    super("adaptiveAveragePooling2d", options, images);
  }

  call(x: Tensor): Tensor {
    return adaptiveAveragePool2d(this.checkedFloatInput(x), this.outputSize);
  }
}

/** The mean of each bin of `[batch, depth, height, width, channels]`. Made by `adaptiveAveragePooling3d`. */
export class AdaptiveAveragePooling3d extends AdaptivePoolingLayer<Volume> {
  static readonly className = "adaptiveAveragePooling3d";
  readonly className = AdaptiveAveragePooling3d.className;

  constructor(options: AdaptivePoolingOptions<Volume>) {
    super("adaptiveAveragePooling3d", options, volumes);
  }

  call(x: Tensor): Tensor {
    return adaptiveAveragePool3d(this.checkedFloatInput(x), this.outputSize);
  }
}

/**
 * The mean of each of `outputSize` bins of sequences.
 *
 * @throws If `outputSize` is not a positive integer, or one for each axis.
 * @example
 * layers.adaptiveAveragePooling1d({ outputSize: 8 }).outputShape([100, 16]); // [8, 16]
 */
export function adaptiveAveragePooling1d(options: AdaptivePoolingOptions<Sequence>): AdaptiveAveragePooling1d {
  return new AdaptiveAveragePooling1d(options);
}

/**
 * The mean of each of `outputSize` bins of images.
 *
 * @throws If `outputSize` is not a positive integer, or one for each axis.
 * @example
 * layers.adaptiveAveragePooling2d({ outputSize: 7 }).outputShape([20, 31, 64]); // [7, 7, 64]
 */
export function adaptiveAveragePooling2d(options: AdaptivePoolingOptions<Image>): AdaptiveAveragePooling2d {
  return new AdaptiveAveragePooling2d(options);
}

/**
 * The mean of each of `outputSize` bins of volumes.
 *
 * @throws If `outputSize` is not a positive integer, or one for each axis.
 * @example
 * layers.adaptiveAveragePooling3d({ outputSize: [4, 7, 7] }).outputShape([10, 20, 31, 16]); // [4, 7, 7, 16]
 */
export function adaptiveAveragePooling3d(options: AdaptivePoolingOptions<Volume>): AdaptiveAveragePooling3d {
  return new AdaptiveAveragePooling3d(options);
}
