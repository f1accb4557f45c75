/** What the layers share that change one property of images' colours at random in training. */
import type { Configuration } from "../../graph/registry.ts";
import type { Shape } from "../../graph/shape.ts";
import type { Tensor } from "../../tensor/tensor.ts";
import { checkLayerOptions } from "../layer.ts";
import type { RandomLayerOptions } from "../random-layer.ts";
import type { ColorAdjustment } from "./color-adjustments.ts";
import { type Factor, type Range, valueRangeOf } from "./factor.ts";
import { RandomImageLayer } from "./random-image-layer.ts";

/** Options of layers that change colours at random. */
export interface RandomColorOptions extends RandomLayerOptions {
  /** How strong the change is: `[low, high]`, or one number. */
  factor: Factor;
  /** The least and the largest value of a pixel; default `[0, 255]`. Results stay within. */
  valueRange?: Range;
}

/** A layer that changes one property of each image's colours by a random amount of its own in training. */
export abstract class RandomColorLayer extends RandomImageLayer {
  readonly factor: Range;
  readonly valueRange: Range;
  readonly #adjustment: ColorAdjustment;

  constructor(className: string, options: RandomColorOptions, adjustment: ColorAdjustment) {
    checkLayerOptions(className, options, { factor: true, valueRange: true, seed: true });
    super(className, options);
    this.factor = adjustment.rangeOf(className, "factor", options.factor);
    this.valueRange = valueRangeOf(className, options.valueRange ?? [0, 255]);
    this.#adjustment = adjustment;
  }

  protected augment(images: Tensor): Tensor {
    return this.#adjustment.adjust(images, this.factor, this.valueRange, (range) => this.drawFor(images, range));
  }

  protected override checkShape(shape: Shape): void {
    super.checkShape(shape);
    if (this.#adjustment.needsColours) this.checkColours(shape);
  }

  override config(): Configuration {
    return { ...super.config(), factor: this.factor, valueRange: this.valueRange };
  }
}
