/**
 * CategoryEncoding turns category indices into vectors:
 *
 *   oneHot:   out[b, ..., n, k] = 1 where in[b, ..., n] = k, else 0; a last axis of size 1 gives way to k
 *   multiHot: out[b, ..., k] = 1 where any in[b, ..., n] = k, else 0
 *   count:    out[b, ..., k] = how many in[b, ..., n] = k
 *
 * Input whole numbers `[batch]` or `[batch, ..., n]`, output float32; no weights. An index outside [0, numTokens) counts nowhere.
 */
import { checkChoice, checkInteger } from "../../graph/options.ts";
import type { Configuration } from "../../graph/registry.ts";
import type { Shape } from "../../graph/shape.ts";
import { cast } from "../../ops/elementwise.ts";
import type { Tensor } from "../../tensor/tensor.ts";
import { checkLayerOptions, Layer, type LayerOptions } from "../layer.ts";
import { type CategoryOutput, categoryOutputs, encodeCategories, encodedShape } from "./encode-categories.ts";

export interface CategoryEncodingOptions extends LayerOptions {
  /** The number of categories, at least 1; indices lie in [0, numTokens). */
  numTokens: number;
  /** What comes out; default `"multiHot"`. */
  outputMode?: CategoryOutput;
}

/** Category indices as vectors. Made by `categoryEncoding`. */
export class CategoryEncoding extends Layer {
  static readonly className = "categoryEncoding";
  readonly className = CategoryEncoding.className;
  readonly numTokens: number;
  readonly outputMode: CategoryOutput;

  constructor(options: CategoryEncodingOptions) {
    checkLayerOptions("categoryEncoding", options, { numTokens: true, outputMode: true });
    super("categoryEncoding", options);
    const { numTokens, outputMode = "multiHot" } = options;
    checkInteger("categoryEncoding", "numTokens", numTokens, 1);
    checkChoice("categoryEncoding", "outputMode", outputMode, categoryOutputs);
    this.numTokens = numTokens;
    this.outputMode = outputMode;
  }

  call(x: Tensor): Tensor {
    return encodeCategories(cast(this.checkedInput(x), "int32"), this.numTokens, this.outputMode);
  }

  override outputShape(inputShape: Shape): Shape {
    this.checkShape(inputShape);
    return encodedShape(inputShape, this.numTokens, this.outputMode);
  }

  override config(): Configuration {
    return { ...super.config(), numTokens: this.numTokens, outputMode: this.outputMode };
  }
}

/**
 * Turns category indices into vectors of zeros and ones, or of counts.
 *
 * @throws If `numTokens` is not a positive integer.
 * @example
 * layers.categoryEncoding({ numTokens: 10, outputMode: "oneHot" }).outputShape([1]); // [10]
 */
export function categoryEncoding(options: CategoryEncodingOptions): CategoryEncoding {
  return new CategoryEncoding(options);
}
