/**
 * GLU, the gated linear unit: along an axis of size 2 · n,
 *
 *   out[i] = in[i] · sigmoid(in[n + i])
 *
 * Input `[batch, ...]`, output the same with half the axis; no weights. Dauphin et al., "Language modeling with gated convolutional
 * networks" (2016).
 */
import { checkInteger } from "../../graph/options.ts";
import type { Configuration } from "../../graph/registry.ts";
import { formatShape, normalizeAxis, type Shape } from "../../graph/shape.ts";
import { glu as gluOf } from "../../ops/activations.ts";
import type { Tensor } from "../../tensor/tensor.ts";
import { checkLayerOptions, Layer, type LayerOptions } from "../layer.ts";

export interface GLUOptions extends LayerOptions {
  /** The axis that is halved, not the batch axis; default -1, the last. */
  axis?: number;
}

/** One half of the input gated by the other. Made by `glu`. */
export class GLU extends Layer {
  static readonly className = "glu";
  readonly className = GLU.className;
  readonly axis: number;

  constructor(options: GLUOptions = {}) {
    checkLayerOptions("glu", options, { axis: true });
    super("glu", options);
    this.axis = options.axis ?? -1;
    checkInteger("glu", "axis", this.axis);
    this.setInputRequirement({ minimumRank: 1 });
  }

  call(x: Tensor): Tensor {
    return gluOf(this.checkedFloatInput(x), { axis: this.axis });
  }

  override outputShape(inputShape: Shape): Shape {
    this.checkShape(inputShape);
    const axis = normalizeAxis(this.axis, inputShape.length + 1, this.path) - 1;
    if (axis < 0) throw new RangeError(`${this.path}: axis ${this.axis} is the batch axis; a gate halves another one`);
    const size = inputShape[axis] as number;
    if (size % 2 !== 0)
      throw new Error(
        `${this.path}: axis ${this.axis} of an example of the shape ${formatShape(inputShape)} is ${size}, expected an even size, half of it gates`,
      );
    return inputShape.with(axis, size / 2);
  }

  override config(): Configuration {
    return { ...super.config(), axis: this.axis };
  }
}

/**
 * One half of the input gated by the other.
 *
 * @throws When it is built, if the axis has an odd size.
 * @example
 * layers.glu().outputShape([10, 64]); // [10, 32]
 */
export function glu(options?: GLUOptions): GLU {
  return new GLU(options);
}
