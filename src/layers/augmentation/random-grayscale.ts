/**
 * RandomGrayscale, in training only, takes the colours off images at random: each becomes grey with the probability `factor`, in
 * all three of its channels.
 *
 * In inference the identity. Input and output `[batch, height, width, 3]`; the state `generator` is saved with the weights.
 */
import { checkNumber } from "../../graph/options.ts";
import type { Configuration } from "../../graph/registry.ts";
import type { Shape } from "../../graph/shape.ts";
import { rgbToGrayscale } from "../../ops/color.ts";
import { less, where } from "../../ops/elementwise.ts";
import type { Tensor } from "../../tensor/tensor.ts";
import { checkLayerOptions } from "../layer.ts";
import type { RandomLayerOptions } from "../random-layer.ts";
import { RandomImageLayer } from "./random-image-layer.ts";

export interface RandomGrayscaleOptions extends RandomLayerOptions {
  /** The probability that an image becomes grey, in [0, 1]; default 0.5. */
  factor?: number;
}

/** Images without colours in training. Made by `randomGrayscale`. */
export class RandomGrayscale extends RandomImageLayer {
  static readonly className = "randomGrayscale";
  readonly className = RandomGrayscale.className;
  readonly factor: number;

  constructor(options: RandomGrayscaleOptions = {}) {
    checkLayerOptions("randomGrayscale", options, { factor: true, seed: true });
    super("randomGrayscale", options);
    this.factor = options.factor ?? 0.5;
    checkNumber("randomGrayscale", "factor", this.factor, { minimum: 0, maximum: 1 });
  }

  protected augment(images: Tensor): Tensor {
    return where(less(this.drawFor(images, [0, 1]), this.factor), rgbToGrayscale(images), images);
  }

  protected override checkShape(shape: Shape): void {
    super.checkShape(shape);
    this.checkColours(shape);
  }

  override config(): Configuration {
    return { ...super.config(), factor: this.factor };
  }
}

/**
 * Takes the colours off images at random in training; input and output `[batch, height, width, 3]`.
 *
 * @throws If the factor is no probability; and, when it is built, if images have not three channels.
 * @example
 * layers.randomGrayscale({ factor: 0.1 });
 */
export function randomGrayscale(options?: RandomGrayscaleOptions): RandomGrayscale {
  return new RandomGrayscale(options);
}
