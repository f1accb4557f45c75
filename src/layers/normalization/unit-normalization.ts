/**
 * UnitNormalization makes vectors of length 1:
 *
 *   out = in / √(Σ in²), the sum along the given axes; a vector of zeros stays one
 *
 * Input and output `[batch, ...]`; no weights.
 */
import { describe } from "../../graph/options.ts";
import type { Configuration } from "../../graph/registry.ts";
import { normalizeAxes, type Shape } from "../../graph/shape.ts";
import { maximum, multiply, rsqrt, square } from "../../ops/elementwise.ts";
import { sum } from "../../ops/reduce.ts";
import type { Tensor } from "../../tensor/tensor.ts";
import { checkLayerOptions, Layer, type LayerOptions } from "../layer.ts";

/** The square of the length below which a vector is divided by 1e-12, not by its length. */
const smallest = 1e-24;

export interface UnitNormalizationOptions extends LayerOptions {
  /** The axis or axes of a vector, the batch being axis 0 and none of them; default -1, the last. */
  axis?: number | readonly number[];
}

/** Vectors of length 1. Made by `unitNormalization`. */
export class UnitNormalization extends Layer {
  static readonly className = "unitNormalization";
  readonly className = UnitNormalization.className;
  override readonly supportsMasking = true;
  readonly axis: number | readonly number[];

  constructor(options: UnitNormalizationOptions = {}) {
    checkLayerOptions("unitNormalization", options, { axis: true });
    super("unitNormalization", options);
    this.axis = options.axis ?? -1;
    if (typeof this.axis !== "number" && !Array.isArray(this.axis))
      throw new TypeError(`unitNormalization: axis is ${describe(this.axis)}, expected an integer or an array of them`);
    this.setInputRequirement({ minimumRank: 1 });
  }

  call(input: Tensor): Tensor {
    const x = this.checkedFloatInput(input);
    const squaredLength = sum(square(x), { axis: this.axis, keepDims: true });
    return multiply(x, rsqrt(maximum(squaredLength, smallest)));
  }

  override outputShape(inputShape: Shape): Shape {
    this.checkShape(inputShape);
    if (normalizeAxes(this.axis, inputShape.length + 1, this.path).includes(0))
      throw new RangeError(
        `${this.path}: axis ${describe(this.axis)} names the batch axis; a vector lies within an example`,
      );
    return inputShape;
  }

  override config(): Configuration {
    return { ...super.config(), axis: this.axis };
  }
}

/**
 * Makes vectors of length 1, along the last axis or those given.
 *
 * @example
 * layers.unitNormalization(); // [batch, 64] -> [batch, 64], each row of length 1
 */
export function unitNormalization(options?: UnitNormalizationOptions): UnitNormalization {
  return new UnitNormalization(options);
}
