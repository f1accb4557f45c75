/**
 * RepeatVector: out[b, t, c] = in[b, c] for t below n.
 *
 * Input `[batch, features]`, output `[batch, n, features]` of the same element type; no weights.
 */
import { checkInteger } from "../../graph/options.ts";
import type { Configuration } from "../../graph/registry.ts";
import type { Shape } from "../../graph/shape.ts";
import { broadcastTo, expandDims } from "../../ops/movement.ts";
import type { Tensor } from "../../tensor/tensor.ts";
import { checkLayerOptions, Layer, type LayerOptions } from "../layer.ts";

export interface RepeatVectorOptions extends LayerOptions {
  /** How often the vector is repeated, at least 1. */
  n: number;
}

/** A sequence of equal vectors. Made by `repeatVector`. */
export class RepeatVector extends Layer {
  static readonly className = "repeatVector";
  readonly className = RepeatVector.className;
  readonly n: number;

  constructor(options: RepeatVectorOptions) {
    checkLayerOptions("repeatVector", options, { n: true });
    super("repeatVector", options);
    checkInteger("repeatVector", "n", options.n, 1);
    this.n = options.n;
    this.setInputRequirement({ rank: 1, axes: "[features]" });
  }

  call(input: Tensor): Tensor {
    const x = this.checkedInput(input);
    const [batch, features] = x.shape as readonly [number, number];
    return broadcastTo(expandDims(x, 1), [batch, this.n, features]);
  }

  override outputShape(inputShape: Shape): Shape {
    this.checkShape(inputShape);
    return [this.n, ...inputShape];
  }

  override config(): Configuration {
    return { ...super.config(), n: this.n };
  }
}

/**
 * Makes a sequence of `n` steps, all equal to the input.
 *
 * @throws If `n` is not a positive integer.
 * @example
 * layers.repeatVector({ n: 10 }).outputShape([64]); // [10, 64]
 */
export function repeatVector(options: RepeatVectorOptions): RepeatVector {
  return new RepeatVector(options);
}
