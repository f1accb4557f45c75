/**
 * Hashing puts texts into a fixed number of bins by a hash, without a vocabulary; different texts may meet in a bin:
 *
 *   out[b, ...] = hash(in[b, ...]) mod numBins; with a mask value that is in bin 0, and the others in the bins from 1
 *
 * Input texts `[batch, ...]`, output int32 of the same shape, or float32 vectors as CategoryEncoding makes them; no state. The hash
 * is Fingerprint64, or with a salt SipHash, so that the bins are those of Keras.
 */
import { checkChoice, checkInteger, describe } from "../../graph/options.ts";
import type { Configuration } from "../../graph/registry.ts";
import type { Shape } from "../../graph/shape.ts";
import type { HostArray } from "../../tensor/host-array.ts";
import type { Tensor } from "../../tensor/tensor.ts";
import { checkLayerOptions, type LayerOptions } from "../layer.ts";
import { type CategoryOutput, categoryOutputs, encodeCategories, encodedShape } from "./encode-categories.ts";
import { hashBucket } from "./fingerprint.ts";
import { TextLayer } from "./text-layer.ts";
import type { TextArray } from "./texts.ts";

export interface HashingOptions extends LayerOptions {
  /** The number of bins, that of the mask value included; at least 1. */
  numBins: number;
  /** A text that fills places and means nothing, for bin 0; default none. */
  maskValue?: string;
  /** Decides which texts meet: an integer, or two; default the hash without a key. */
  salt?: number | readonly [number, number];
  /** `"int"` (default), the bin's index; or vectors: `"oneHot"`, `"multiHot"`, `"count"`. */
  outputMode?: "int" | CategoryOutput;
}

/** Texts in bins. Made by `hashing`. */
export class Hashing extends TextLayer {
  static readonly className = "hashing";
  readonly className = Hashing.className;
  readonly numBins: number;
  readonly maskValue: string | undefined;
  readonly salt: readonly [number, number] | undefined;
  readonly outputMode: "int" | CategoryOutput;

  constructor(options: HashingOptions) {
    checkLayerOptions("hashing", options, { numBins: true, maskValue: true, salt: true, outputMode: true });
    super("hashing", options);
    const { numBins, maskValue, salt, outputMode = "int" } = options;
    checkInteger("hashing", "numBins", numBins, 1);
    if (maskValue !== undefined && typeof maskValue !== "string")
      throw new TypeError(`hashing: maskValue is ${describe(maskValue)}, expected a text`);
    checkChoice("hashing", "outputMode", outputMode, ["int", ...categoryOutputs]);
    this.numBins = numBins;
    this.maskValue = maskValue;
    this.salt = salt === undefined ? undefined : saltOf(salt);
    this.outputMode = outputMode;
  }

  protected read({ texts, shape }: TextArray): HostArray {
    const { numBins, maskValue, salt } = this;
    const reserved = maskValue !== undefined && numBins > 1 ? 1 : 0;
    const bin = (text: string) =>
      reserved === 1 && text === maskValue ? 0 : reserved + hashBucket(text, numBins - reserved, salt);
    return { data: Int32Array.from(texts, bin), shape };
  }

  protected encode(indices: Tensor): Tensor {
    return this.outputMode === "int" ? indices : encodeCategories(indices, this.numBins, this.outputMode);
  }

  indicesShape(textShape: Shape): Shape {
    return textShape;
  }

  override outputShape(inputShape: Shape): Shape {
    return this.outputMode === "int" ? inputShape : encodedShape(inputShape, this.numBins, this.outputMode);
  }

  override config(): Configuration {
    const { numBins, maskValue, salt, outputMode } = this;
    return {
      ...super.config(),
      numBins,
      ...(maskValue !== undefined && { maskValue }),
      ...(salt && { salt }),
      outputMode,
    };
  }
}

function saltOf(salt: number | readonly [number, number]): readonly [number, number] {
  const pair = typeof salt === "number" ? ([salt, salt] as const) : salt;
  if (!Array.isArray(pair) || pair.length !== 2)
    throw new TypeError(`hashing: salt is ${describe(salt)}, expected an integer, or two of them`);
  for (const each of pair) checkInteger("hashing", "salt", each);
  return [pair[0], pair[1]];
}

/**
 * Puts texts into bins by a hash. It stands where data enter a model: first in a sequential one, or applied to an
 * `input({ shape, dtype: "string" })`.
 *
 * @throws If `numBins` is not an integer of at least 1.
 * @example
 * await layers.hashing({ numBins: 3 }).transform(["A", "B", "C"]).array(); // [1, 0, 1]
 */
export function hashing(options: HashingOptions): Hashing {
  return new Hashing(options);
}
