/** What the layers share that move images at random in training: how far, and what comes in from outside. */
import { checkChoice, checkNumber } from "../../graph/options.ts";
import type { Configuration } from "../../graph/registry.ts";
import { affineTransform, type FillMode, fillModes, type Interpolation, interpolations } from "../../ops/affine.ts";
import { add } from "../../ops/elementwise.ts";
import { concatenate } from "../../ops/joining.ts";
import { zeros } from "../../tensor/creation.ts";
import { randomUniform } from "../../tensor/random.ts";
import type { Tensor } from "../../tensor/tensor.ts";
import type { RandomLayerOptions } from "../random-layer.ts";
import { RandomImageLayer } from "./random-image-layer.ts";

/** Options of layers that move images at random. */
export interface RandomAffineOptions extends RandomLayerOptions {
  /** What lies outside of an image: `"reflect"` (default), `"nearest"`, or `"constant"`. */
  fillMode?: FillMode;
  /** The value outside, where the mode is `"constant"`; default 0. */
  fillValue?: number;
  /** What lies between pixels: `"bilinear"` (default) or `"nearest"`. */
  interpolation?: Interpolation;
}

/** For `checkLayerOptions`: the names of these options. */
export const randomAffineOptionNames = { seed: true, fillMode: true, fillValue: true, interpolation: true } as const;

/** A layer that sees each image through an affine map of its own in training. */
export abstract class RandomAffineLayer extends RandomImageLayer {
  readonly fillMode: FillMode;
  readonly fillValue: number;
  readonly interpolation: Interpolation;

  constructor(className: string, options: RandomAffineOptions) {
    super(className, options);
    const { fillMode = "reflect", fillValue = 0, interpolation = "bilinear" } = options;
    checkChoice(className, "fillMode", fillMode, fillModes);
    checkNumber(className, "fillValue", fillValue);
    checkChoice(className, "interpolation", interpolation, interpolations);
    this.fillMode = fillMode;
    this.fillValue = fillValue;
    this.interpolation = interpolation;
  }

  /** The six coefficients of `affineTransform`, numbers or one `[batch, 1]` each, for images of a size. */
  protected abstract coefficients(batch: number, height: number, width: number): readonly (Tensor | number)[];

  protected augment(x: Tensor): Tensor {
    const [batch, height, width] = x.shape as readonly [number, number, number];
    const { fillMode, fillValue, interpolation } = this;
    const columns = this.coefficients(batch, height, width).map((each) => add(each, zeros([batch, 1])));
    return affineTransform(x, concatenate(columns, 1), { fillMode, fillValue, interpolation });
  }

  /** A number of a range for each image, `[batch, 1]`. */
  protected draw(batch: number, [low, high]: readonly [number, number]): Tensor {
    return randomUniform([batch, 1], { low, high, generator: this.generator });
  }

  override config(): Configuration {
    const { fillMode, fillValue, interpolation } = this;
    return { ...super.config(), fillMode, fillValue, interpolation };
  }
}
