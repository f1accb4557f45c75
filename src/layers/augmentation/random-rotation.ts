/**
 * RandomRotation, in training only, turns each image about its centre by a random angle.
 *
 * In inference the identity. Input and output `[batch, height, width, channels]`; the state `generator` is saved with the weights.
 */
import type { Configuration } from "../../graph/registry.ts";
import { add, cos, multiply, negative, sin, subtract } from "../../ops/elementwise.ts";
import type { Tensor } from "../../tensor/tensor.ts";
import { checkLayerOptions } from "../layer.ts";
import { type Factor, rangeOf } from "./factor.ts";
import { RandomAffineLayer, type RandomAffineOptions, randomAffineOptionNames } from "./random-affine-layer.ts";

export interface RandomRotationOptions extends RandomAffineOptions {
  /** The angle as a part of a full turn, counter-clockwise: `[low, high]`, or a number for both directions. */
  factor: Factor;
}

/** Turned images in training. Made by `randomRotation`. */
export class RandomRotation extends RandomAffineLayer {
  static readonly className = "randomRotation";
  readonly className = RandomRotation.className;
  readonly factor: readonly [low: number, high: number];

  constructor(options: RandomRotationOptions) {
    checkLayerOptions("randomRotation", options, { ...randomAffineOptionNames, factor: true });
    super("randomRotation", options);
    this.factor = rangeOf("randomRotation", "factor", options.factor);
  }

  protected coefficients(batch: number, height: number, width: number): readonly (Tensor | number)[] {
    const angle = multiply(this.draw(batch, this.factor), 2 * Math.PI);
    const [cosine, sine] = [cos(angle), sin(angle)];
    const [x, y] = [(width - 1) / 2, (height - 1) / 2];
    // The centre stays where it is.
    const across = subtract(x, subtract(multiply(cosine, x), multiply(sine, y)));
    const down = subtract(y, add(multiply(sine, x), multiply(cosine, y)));
    return [cosine, negative(sine), across, sine, cosine, down];
  }

  override config(): Configuration {
    return { ...super.config(), factor: this.factor };
  }
}

/**
 * Turns images by random angles in training; input and output `[batch, height, width, channels]`.
 *
 * @throws If `factor` is neither a number of at least 0 nor `[low, high]`, or an option is unknown.
 * @example
 * layers.randomRotation({ factor: 0.1 }); // by up to 36 degrees, either way
 */
export function randomRotation(options: RandomRotationOptions): RandomRotation {
  return new RandomRotation(options);
}
