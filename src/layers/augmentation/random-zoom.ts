/**
 * RandomZoom, in training only, enlarges or shrinks each image about its centre by a random factor; its shape stays.
 *
 * In inference the identity. Input and output `[batch, height, width, channels]`; the state `generator` is saved with the weights.
 */
import type { Configuration } from "../../graph/registry.ts";
import { add, multiply, subtract } from "../../ops/elementwise.ts";
import type { Tensor } from "../../tensor/tensor.ts";
import { checkLayerOptions } from "../layer.ts";
import { type Factor, rangeOf } from "./factor.ts";
import { RandomAffineLayer, type RandomAffineOptions, randomAffineOptionNames } from "./random-affine-layer.ts";

export interface RandomZoomOptions extends RandomAffineOptions {
  /** How much more of the height is seen, as a part of it, above -1: 0.2 shows 1.2 heights, so the image shrinks; -0.2 enlarges it. */
  heightFactor: Factor;
  /** Likewise for the width; by default as drawn for the height, so that proportions stay. */
  widthFactor?: Factor;
}

/** Enlarged and shrunk images in training. Made by `randomZoom`. */
export class RandomZoom extends RandomAffineLayer {
  static readonly className = "randomZoom";
  readonly className = RandomZoom.className;
  readonly heightFactor: readonly [low: number, high: number];
  readonly widthFactor: readonly [low: number, high: number] | undefined;

  constructor(options: RandomZoomOptions) {
    checkLayerOptions("randomZoom", options, { ...randomAffineOptionNames, heightFactor: true, widthFactor: true });
    super("randomZoom", options);
    this.heightFactor = zoomRange("heightFactor", options.heightFactor);
    this.widthFactor = options.widthFactor === undefined ? undefined : zoomRange("widthFactor", options.widthFactor);
  }

  protected coefficients(batch: number, height: number, width: number): readonly (Tensor | number)[] {
    const vertical = add(this.draw(batch, this.heightFactor), 1);
    const horizontal = this.widthFactor ? add(this.draw(batch, this.widthFactor), 1) : vertical;
    // The centre stays where it is.
    const offset = (zoom: Tensor, size: number) => multiply(subtract(1, zoom), (size - 1) / 2);
    return [horizontal, 0, offset(horizontal, width), 0, vertical, offset(vertical, height)];
  }

  override config(): Configuration {
    const { heightFactor, widthFactor } = this;
    return { ...super.config(), heightFactor, ...(widthFactor && { widthFactor }) };
  }
}

function zoomRange(option: string, value: Factor): readonly [low: number, high: number] {
  const range = rangeOf("randomZoom", option, value);
  if (range[0] <= -1)
    throw new RangeError(
      `randomZoom: ${option} reaches down to ${range[0]}, expected more than -1, where nothing would be seen`,
    );
  return range;
}

/**
 * Enlarges and shrinks images at random in training; input and output `[batch, height, width, channels]`.
 *
 * @throws If a factor is neither a number of at least 0 nor `[low, high]`, or reaches down to -1.
 * @example
 * layers.randomZoom({ heightFactor: 0.2 });
 */
export function randomZoom(options: RandomZoomOptions): RandomZoom {
  return new RandomZoom(options);
}
