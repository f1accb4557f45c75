/**
 * Dropout, in training only:
 *
 *   out[i] = in[i] / (1 - rate) with probability 1 - rate, else 0
 *
 * so that the expected value stays; in inference the identity. Each call draws a fresh mask from the layer's own
 * generator, whose state `generator` (int32 `[2]`: seed, draws so far) is saved with the weights.
 *
 * Input and output of any shape; `noiseShape` drops along whole axes at once. Srivastava et al. (2014).
 */
import { describe } from "../../graph/options.ts";
import type { Configuration } from "../../graph/registry.ts";
import { formatShape, type Shape } from "../../graph/shape.ts";
import { type DropoutOptions as CommonOptions, MaskedDropout } from "./dropout-layer.ts";

export interface DropoutOptions extends CommonOptions {
  /**
   * The shape of the mask, the batch axis first: 1 for an axis along which all or nothing is dropped, null or its size for one
   * along which each element is drawn by itself; by default every element is. `[null, 1, null]` drops whole features of sequences.
   */
  noiseShape?: readonly (number | null)[];
}

/** Random zeros in training. Made by `dropout`. */
export class Dropout extends MaskedDropout {
  static readonly className = "dropout";
  readonly className = Dropout.className;
  readonly noiseShape: readonly (number | null)[] | undefined;

  constructor(options: DropoutOptions) {
    super("dropout", options, { noiseShape: true });
    const { noiseShape } = options;
    const valid = (size: unknown) => size === null || (Number.isSafeInteger(size) && Number(size) >= 1);
    if (noiseShape !== undefined && (!Array.isArray(noiseShape) || noiseShape.length === 0 || !noiseShape.every(valid)))
      throw new TypeError(
        `dropout: noiseShape is ${describe(noiseShape)}, expected an array with null or a positive integer for each axis, the batch ` +
          "axis first, such as [null, 1, null]",
      );
    this.noiseShape = noiseShape && [...noiseShape];
  }

  protected maskShape(shape: Shape): Shape {
    return this.noiseShape?.map((size, axis) => size ?? (shape[axis] as number)) ?? shape;
  }

  override outputShape(inputShape: Shape): Shape {
    this.checkShape(inputShape);
    const { noiseShape } = this;
    // What a number for the batch axis other than 1 fits is known when a batch comes.
    const fits = noiseShape?.slice(1).every((size, axis) => size === null || size === 1 || size === inputShape[axis]);
    if (noiseShape && (!fits || noiseShape.length !== inputShape.length + 1))
      throw new Error(
        `${this.path}: noiseShape ${describe(noiseShape)} does not fit an example of the shape ${formatShape(inputShape)}; give null, 1 or ` +
          "the size of the axis for each axis, the batch axis first",
      );
    return inputShape;
  }

  override config(): Configuration {
    return { ...super.config(), ...(this.noiseShape && { noiseShape: this.noiseShape }) };
  }
}

/**
 * Drops a random fraction of its inputs in training; input and output of any shape.
 *
 * @throws If `rate` is outside [0, 1], or the noise shape is not one of sizes and nulls.
 * @example
 * layers.dropout({ rate: 0.5 });
 */
export function dropout(options: DropoutOptions): Dropout {
  return new Dropout(options);
}
