/**
 * StringLookup turns texts, such as the names of categories, into their indices in a vocabulary, or into vectors of them:
 *
 *   int:                        out[b, ...] = the index of in[b, ...]
 *   oneHot, multiHot, count:    as CategoryEncoding makes them of the indices
 *   tfIdf:                      counts times the tokens' weights
 *
 * Input texts `[batch, ...]`, output int32 of the same shape or float32 vectors. Index 0 is the mask's, if there is a mask token
 * and the output is indices; then come the indices of unknown texts, then those of known ones.
 */
import { describe } from "../../graph/options.ts";
import type { Configuration } from "../../graph/registry.ts";
import { type Shape, sizeOf } from "../../graph/shape.ts";
import type { HostArray } from "../../tensor/host-array.ts";
import { type NestedArray, Tensor } from "../../tensor/tensor.ts";
import { checkLayerOptions, type LayerOptions } from "../layer.ts";
import { hashBucket } from "./fingerprint.ts";
import { compareTexts, type NestedText, type TextArray } from "./texts.ts";
import { Vocabulary, type VocabularyOptions, vocabularyOptionNames } from "./vocabulary.ts";
import { VocabularyLayer } from "./vocabulary-layer.ts";

export interface StringLookupOptions extends LayerOptions, VocabularyOptions<string> {
  /** How many indices unknown texts share, by a hash; with 0 they are errors; default 1. */
  numOovIndices?: number;
  /** A text that fills places and means nothing: index 0, or nothing in vectors; default none. */
  maskToken?: string;
  /** What the vocabulary lists for unknown texts; default `"[UNK]"`. */
  oovToken?: string;
}

/** Texts as indices. Made by `stringLookup`. */
export class StringLookup extends VocabularyLayer {
  static readonly className = "stringLookup";
  readonly className = StringLookup.className;

  constructor(options: StringLookupOptions = {}) {
    if ("invert" in options)
      throw new TypeError(
        "stringLookup: has no option invert, for texts are no tensors; inverseTransform(indices) gives their texts",
      );
    checkLayerOptions("stringLookup", options, {
      ...vocabularyOptionNames,
      numOovIndices: true,
      maskToken: true,
      oovToken: true,
    });
    const { numOovIndices = 1, maskToken, oovToken = "[UNK]" } = options;
    for (const [name, token] of Object.entries({ maskToken, oovToken }))
      if (token !== undefined && typeof token !== "string")
        throw new TypeError(`stringLookup: ${name} is ${describe(token)}, expected a text`);
    const special = { numOovIndices, maskToken, oovToken };
    super("stringLookup", options, new Vocabulary("stringLookup", options, special, compareTexts));
  }

  protected documentsOf({ texts, shape }: TextArray): readonly (readonly string[])[] {
    const size = sizeOf(shape.slice(1));
    return Array.from({ length: shape[0] as number }, (_, index) => texts.slice(index * size, (index + 1) * size));
  }

  protected read({ texts, shape }: TextArray, what: string): HostArray {
    const { vocabulary } = this;
    vocabulary.tokens(this.path);
    const { numOovIndices } = vocabulary.special;
    const size = sizeOf(shape.slice(1));
    const data = Int32Array.from(texts, (text, place) => {
      const index = vocabulary.indexOf(text);
      if (index !== undefined) return index;
      if (numOovIndices === 0)
        throw new Error(
          `${what} has ${describe(text)} in example ${Math.floor(place / size)} (counted from 0), which is not in the vocabulary of ` +
            `${this.path}; add it, or give numOovIndices: 1`,
        );
      return vocabulary.firstOov + (numOovIndices === 1 ? 0 : hashBucket(text, numOovIndices));
    });
    return { data, shape };
  }

  indicesShape(textShape: Shape): Shape {
    return textShape;
  }

  override outputShape(inputShape: Shape): Shape {
    return this.vocabulary.encodedShape(this.path, inputShape);
  }

  /**
   * The texts that indices stand for: `oovToken` for those of unknown texts, and for indices outside of the vocabulary.
   *
   * @param indices A tensor of integers, or nested arrays of them.
   * @returns Nested arrays of texts in the same shape.
   * @throws Before there is a vocabulary.
   * @example
   * const lookup = layers.stringLookup({ vocabulary: ["cat", "dog"] });
   * await lookup.inverseTransform(lookup.transform(["dog", "cow"])); // ["dog", "[UNK]"]
   */
  async inverseTransform(indices: Tensor | NestedArray): Promise<NestedText> {
    const tokens = this.getVocabulary();
    const { oovToken } = this.vocabulary.special;
    const textOf = (value: NestedArray): NestedText =>
      typeof value === "number" ? (tokens[value] ?? oovToken) : value.map(textOf);
    return textOf(indices instanceof Tensor ? await indices.array() : indices);
  }

  override config(): Configuration {
    const { numOovIndices, maskToken, oovToken } = this.vocabulary.special;
    return { ...super.config(), numOovIndices, ...(maskToken !== undefined && { maskToken }), oovToken };
  }
}

/**
 * Turns texts into indices, with the vocabulary given or that of the texts that `adapt` is called with. It stands where data enter
 * a model: first in a sequential one, or applied to an `input({ shape, dtype: "string" })`.
 *
 * @throws If the vocabulary holds a text twice, is larger than `maxTokens`, or lacks its weights for `"tfIdf"`.
 * @example
 * const lookup = layers.stringLookup({ outputMode: "oneHot" });
 * await lookup.adapt(["red", "green", "red"]);
 * lookup.getVocabulary(); // ["[UNK]", "red", "green"]
 * const colour = lookup.apply(input({ shape: [], dtype: "string" }));
 */
export function stringLookup(options?: StringLookupOptions): StringLookup {
  return new StringLookup(options);
}
