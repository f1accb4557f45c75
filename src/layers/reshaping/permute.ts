/**
 * Permute: out[b, ...] has for its axis i the input's axis dims[i - 1]; axis 0, the batch, stays.
 *
 * Input `[batch, ...]`, output of the same rank and element type; no weights.
 */
import { checkInteger, describe } from "../../graph/options.ts";
import type { Configuration } from "../../graph/registry.ts";
import type { Shape } from "../../graph/shape.ts";
import { transpose } from "../../ops/movement.ts";
import type { Tensor } from "../../tensor/tensor.ts";
import { checkLayerOptions, Layer, type LayerOptions } from "../layer.ts";

export interface PermuteOptions extends LayerOptions {
  /** The axes of an example in their new order, counted from 1: `[2, 1]` swaps two. */
  dims: readonly number[];
}

/** Another order of the axes. Made by `permute`. */
export class Permute extends Layer {
  static readonly className = "permute";
  readonly className = Permute.className;
  readonly dims: readonly number[];

  constructor(options: PermuteOptions) {
    checkLayerOptions("permute", options, { dims: true });
    super("permute", options);
    const { dims } = options;
    if (!Array.isArray(dims))
      throw new TypeError(`permute: dims is ${describe(dims)}, expected an array such as [2, 1]`);
    for (const dim of dims) checkInteger("permute", "an axis of dims", dim, 1);
    if (dims.toSorted((a, b) => a - b).some((dim, index) => dim !== index + 1))
      throw new RangeError(
        `permute: dims is ${describe(dims)}, expected each number from 1 to ${dims.length} once; the batch axis, 0, stays where it is`,
      );
    this.dims = [...dims];
    this.setInputRequirement({ rank: dims.length });
  }

  call(x: Tensor): Tensor {
    return transpose(this.checkedInput(x), [0, ...this.dims]);
  }

  override outputShape(inputShape: Shape): Shape {
    this.checkShape(inputShape);
    return this.dims.map((dim) => inputShape[dim - 1] as number);
  }

  override config(): Configuration {
    return { ...super.config(), dims: this.dims };
  }
}

/**
 * Reorders the axes of each example.
 *
 * @throws If `dims` does not hold each number from 1 to its length once.
 * @example
 * layers.permute({ dims: [2, 1] }).outputShape([100, 8]); // [8, 100]
 */
export function permute(options: PermuteOptions): Permute {
  return new Permute(options);
}
