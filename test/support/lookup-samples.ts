/** Samples of IntegerLookup, which takes indices. */
import type { LayerSample } from "./layer-samples.ts";

const vocabulary = [3, 1, 4];

export const lookupSamples: Readonly<Record<string, readonly LayerSample[]>> = {
  integerLookup: [
    { inputShape: [3], config: { vocabulary }, indices: 6 },
    { inputShape: [2, 3], config: { vocabulary, numOovIndices: 2, maskToken: 0, oovToken: -5 }, indices: 6 },
    { inputShape: [3], config: { vocabulary, outputMode: "multiHot", numOovIndices: 0 }, indices: 6 },
    { inputShape: [], config: { vocabulary, outputMode: "oneHot", maxTokens: 6, padToMaxTokens: true }, indices: 6 },
    { inputShape: [4], config: { vocabulary, outputMode: "tfIdf", idfWeights: [1, 0.5, 2] }, indices: 6 },
    { inputShape: [4], config: { vocabulary, invert: true, maskToken: 0 }, indices: 6 },
  ],
};
