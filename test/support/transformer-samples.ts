/** Layers of transformers, with several options. Without biases: the gradient of the keys' bias is 0 but for rounding errors. */
import type { LayerSample } from "./layer-samples.ts";

export const transformerSamples: Readonly<Record<string, readonly LayerSample[]>> = {
  multiHeadAttention: [
    { inputShape: [4, 3], config: { numHeads: 2, keyDim: 2, useBias: false } },
    {
      inputShape: [3, 4],
      config: { numHeads: 4, numKeyValueHeads: 2, keyDim: 2, useBias: false, returnAttentionScores: true },
      weightScale: 0.5,
    },
    {
      inputShape: [3, 4],
      config: { numHeads: 1, keyDim: 3, valueDim: 2, outputSize: 5, useBias: false, useCausalMask: true },
    },
    { inputShape: [3, 2], config: { numHeads: 2, keyDim: 2, useBias: false, dropout: 0.3, seed: 4 } },
    { inputShape: [4, 3], config: { numHeads: 4, numKeyValueHeads: 2, keyDim: 2, useBias: false }, weightScale: 0.5 },
    {
      inputShape: [5, 3],
      config: { numHeads: 2, numKeyValueHeads: 1, keyDim: 4, useBias: false, useRotaryEmbedding: true },
    },
  ],
  positionEmbedding: [
    { inputShape: [4, 3], config: { sequenceLength: 4 } },
    { inputShape: [2, 3, 2], config: { sequenceLength: 5, initializer: "randomNormal" } },
  ],
  reverseEmbedding: [
    { inputShape: [3], config: { embedding: { className: "embedding", config: { inputDim: 5, outputDim: 3 } } } },
    {
      inputShape: [2, 3],
      config: {
        embedding: { className: "embedding", config: { inputDim: 4, outputDim: 3, embeddingsRegularizer: "l2" } },
        logitSoftCap: 2,
      },
    },
  ],
  rotaryEmbedding: [
    { inputShape: [4, 6] },
    { inputShape: [4, 2, 6], config: { maxWavelength: 100, scalingFactor: 2 } },
    { inputShape: [2, 6, 4], config: { sequenceAxis: -1, featureAxis: 2 } },
  ],
  sinusoidalPositionEncoding: [{ inputShape: [4, 6] }, { inputShape: [2, 3, 4], config: { maxWavelength: 100 } }],
  tokenAndPositionEmbedding: [
    { inputShape: [3], config: { vocabularySize: 5, sequenceLength: 4, embeddingDim: 3 }, indices: 5 },
  ],
  transformerDecoder: [
    {
      inputShape: [4, 4],
      weightScale: 0.5,
      config: { intermediateDim: 3, numHeads: 2, useBias: false, activation: "gelu" },
    },
    {
      inputShape: [3, 8],
      weightScale: 0.5,
      config: {
        intermediateDim: 5,
        numHeads: 4,
        numKeyValueHeads: 2,
        useBias: false,
        normalizeFirst: true,
        useRotaryEmbedding: true,
        activation: "silu",
        dropout: 0.05,
        intermediateDropout: 0.1,
        seed: 8,
      },
    },
  ],
  transformerEncoder: [
    {
      inputShape: [3, 4],
      weightScale: 0.5,
      config: { intermediateDim: 6, numHeads: 2, useBias: false, activation: "tanh" },
    },
    {
      inputShape: [3, 4],
      weightScale: 0.5,
      config: {
        intermediateDim: 3,
        numHeads: 1,
        useBias: false,
        normalizeFirst: true,
        useCausalMask: true,
        layerNormEpsilon: 1e-3,
        activation: "gelu",
        kernelRegularizer: { className: "l2", config: { l2: 0.01 } },
      },
    },
  ],
};
