/** Every layer that takes texts with several options; what holds for all of them stands in src/layers/preprocessing/text-layers.test.ts. */
import type { Configuration } from "../../src/graph/registry.ts";
import type { Shape } from "../../src/graph/shape.ts";
import type { NestedText } from "../../src/layers/preprocessing/texts.ts";

export interface TextSample {
  readonly config: Configuration;
  /** Of one example. */
  readonly textShape: Shape;
  /** Four examples. */
  readonly texts: NestedText;
}

const words = ["red", "green", "blue", "red"];
const pairs = [
  ["red", "green"],
  ["pink", "red"],
  ["", "blue"],
  ["red", "red"],
];
const sentences = ["The cat sat.", "A cat, a cat!", "Dogs sit; the dog sat", ""];
const vocabulary = ["red", "green", "blue"];
const tokens = ["cat", "the", "sat", "cat sat", "a cat"];

export const textSamples: Readonly<Record<string, readonly TextSample[]>> = {
  hashing: [
    { config: { numBins: 4 }, textShape: [], texts: words },
    { config: { numBins: 5, maskValue: "", salt: [3, -7], outputMode: "count" }, textShape: [2], texts: pairs },
    { config: { numBins: 3, outputMode: "oneHot" }, textShape: [2], texts: pairs },
  ],
  stringLookup: [
    { config: { vocabulary }, textShape: [], texts: words },
    { config: { vocabulary, maskToken: "", numOovIndices: 2, oovToken: "?" }, textShape: [2], texts: pairs },
    { config: { vocabulary, numOovIndices: 0, outputMode: "oneHot" }, textShape: [], texts: words },
    { config: { vocabulary, maskToken: "", outputMode: "multiHot" }, textShape: [2], texts: pairs },
    {
      config: { vocabulary, idfWeights: [0.5, 1.5, 2.5], outputMode: "tfIdf", maxTokens: 6, padToMaxTokens: true },
      textShape: [2],
      texts: pairs,
    },
  ],
  textVectorization: [
    { config: { vocabulary: tokens, outputSequenceLength: 4 }, textShape: [], texts: sentences },
    { config: { vocabulary: tokens, outputMode: "count", ngrams: 2 }, textShape: [], texts: sentences },
    {
      config: {
        vocabulary: tokens,
        outputMode: "tfIdf",
        idfWeights: [1, 2, 3, 4, 5],
        ngrams: [2],
        standardize: "lower",
      },
      textShape: [1],
      texts: sentences.map((text) => [text]),
    },
    {
      config: { vocabulary: ["a", "c", "t"], split: "character", outputSequenceLength: 9 },
      textShape: [],
      texts: sentences,
    },
    {
      config: { vocabulary, split: "none", standardize: "none", outputMode: "multiHot" },
      textShape: [2],
      texts: pairs,
    },
  ],
};
