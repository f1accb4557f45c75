/**
 * RandomErasing, in training only, covers a random rectangle of images with noise or one value, so that a network does not rely
 * on any one part. Zhong et al. (2020), "Random Erasing Data Augmentation".
 *
 * In inference the identity. Input and output `[batch, height, width, channels]`; the state `generator` is saved with the weights.
 */
import { checkNumber, describe } from "../../graph/options.ts";
import type { Configuration } from "../../graph/registry.ts";
import { boxMask } from "../../ops/boxes.ts";
import { add, clip, less, logicalAnd, multiply, sqrt, subtract, where } from "../../ops/elementwise.ts";
import { randomNormal } from "../../tensor/random.ts";
import { type Tensor, tensor } from "../../tensor/tensor.ts";
import { checkLayerOptions } from "../layer.ts";
import type { RandomLayerOptions } from "../random-layer.ts";
import { type Factor, fractionsOf, type Range, valueRangeOf } from "./factor.ts";
import { RandomImageLayer } from "./random-image-layer.ts";

export interface RandomErasingOptions extends RandomLayerOptions {
  /**
   * The probability that an image is changed: a number in [0, 1], or `[low, high]`, from which each image's probability is drawn;
   * default 1.
   */
  factor?: Factor;
  /** The squares of the rectangle's height and width, as parts of the image's, are drawn from here, within [0, 1]; default `[0.02, 0.33]`. */
  scale?: Range;
  /** What covers the rectangle: a number, or one for each channel; by default normally distributed noise, up to the upper bound of `valueRange`. */
  fillValue?: number | readonly number[];
  /** The least and the largest value of a pixel; default `[0, 255]`. What covers stays within. */
  valueRange?: Range;
}

/** Images with covered parts in training. Made by `randomErasing`. */
export class RandomErasing extends RandomImageLayer {
  static readonly className = "randomErasing";
  readonly className = RandomErasing.className;
  readonly factor: number | Range;
  readonly scale: Range;
  readonly fillValue: number | readonly number[] | undefined;
  readonly valueRange: Range;

  constructor(options: RandomErasingOptions = {}) {
    checkLayerOptions("randomErasing", options, {
      factor: true,
      scale: true,
      fillValue: true,
      valueRange: true,
      seed: true,
    });
    super("randomErasing", options);
    const { factor = 1, scale = [0.02, 0.33], fillValue, valueRange = [0, 255] } = options;
    const [, high] = fractionsOf("randomErasing", "factor", factor);
    this.factor = typeof factor === "number" ? high : fractionsOf("randomErasing", "factor", factor);
    this.scale = fractionsOf("randomErasing", "scale", scale);
    if (fillValue !== undefined) checkFill(fillValue);
    this.fillValue = fillValue;
    this.valueRange = valueRangeOf("randomErasing", valueRange);
  }

  protected augment(images: Tensor): Tensor {
    const [, height, width] = images.shape as readonly [number, number, number];
    const interval = (size: number): [Tensor, Tensor] => {
      const length = multiply(sqrt(this.drawFor(images, this.scale)), size);
      const start = multiply(this.drawFor(images, [0, 1]), subtract(size, length));
      return [start, add(start, length)];
    };
    const [left, right] = interval(width);
    const [top, bottom] = interval(height);
    const probability = typeof this.factor === "number" ? this.factor : this.drawFor(images, this.factor);
    const chosen = less(this.drawFor(images, [0, 1]), probability);
    const covered = logicalAnd(boxMask(height, width, { top, bottom, left, right }), chosen);
    return where(covered, clip(this.#fill(images), ...this.valueRange), images);
  }

  #fill({ shape }: Tensor): Tensor {
    const { fillValue } = this;
    if (fillValue !== undefined) return tensor(fillValue);
    return multiply(randomNormal(shape, { generator: this.generator }), this.valueRange[1]);
  }

  protected override checkShape(shape: readonly number[]): void {
    super.checkShape(shape);
    const { fillValue } = this;
    if (typeof fillValue === "object" && shape[2] !== fillValue.length)
      throw new Error(
        `${this.path}: fillValue is ${describe(fillValue)} with ${fillValue.length} numbers, but an example has ${shape[2]} channels; ` +
          "give one number, or one for each channel",
      );
  }

  override config(): Configuration {
    const { factor, scale, fillValue, valueRange } = this;
    return { ...super.config(), factor, scale, ...(fillValue !== undefined && { fillValue }), valueRange };
  }
}

function checkFill(value: number | readonly number[]): void {
  if (typeof value !== "number" && (!Array.isArray(value) || value.length === 0))
    throw new TypeError(`randomErasing: fillValue is ${describe(value)}, expected a number, or one for each channel`);
  for (const each of [value].flat()) checkNumber("randomErasing", "fillValue", each);
}

/**
 * Covers random rectangles of images in training; input and output `[batch, height, width, channels]`.
 *
 * @throws If a probability or part is outside of [0, 1], or a range is none.
 * @example
 * layers.randomErasing({ factor: 0.5, fillValue: 0 });
 */
export function randomErasing(options?: RandomErasingOptions): RandomErasing {
  return new RandomErasing(options);
}
