/** Recurrent layers and what wraps layers over time, with options; stateful ones have tests of their own. */
import type { LayerSample } from "./layer-samples.ts";

export const recurrentSamples: Readonly<Record<string, readonly LayerSample[]>> = {
  bidirectional: [
    { inputShape: [3, 2], config: { layer: { className: "lstm", config: { units: 2 } } } },
    {
      inputShape: [3, 2],
      config: { layer: { className: "gru", config: { units: 2, returnSequences: true } }, mergeMode: "sum" },
    },
    {
      inputShape: [3, 2],
      config: {
        layer: { className: "lstm", config: { units: 2, returnState: true } },
        backwardLayer: { className: "gru", config: { units: 3, goBackwards: true, returnState: true } },
      },
    },
    {
      inputShape: [3, 2],
      config: { layer: { className: "simpleRNN", config: { units: 2, goBackwards: true } }, mergeMode: null },
    },
  ],
  gru: [
    { inputShape: [4, 3], config: { units: 2 } },
    { inputShape: [3, 2], config: { units: 3, resetAfter: false, returnSequences: true, returnState: true } },
    { inputShape: [3, 2], config: { units: 2, useBias: false, goBackwards: true, returnSequences: true } },
    {
      inputShape: [3, 2],
      config: { units: 2, resetAfter: false, recurrentDropout: 0.25, seed: 4, kernelConstraint: "unitNorm" },
    },
  ],
  lstm: [
    { inputShape: [4, 3], config: { units: 2 } },
    { inputShape: [3, 2], config: { units: 3, returnSequences: true, unitForgetBias: false } },
    { inputShape: [3, 2], config: { units: 2, goBackwards: true, recurrentActivation: "hardSigmoid" } },
    { inputShape: [3, 4], config: { units: 2, dropout: 0.5, recurrentDropout: 0.25, seed: 1 } },
    { inputShape: [3, 4], config: { units: 2, dropout: 0.25, seed: 3, zeroOutputForMask: true } },
    {
      inputShape: [3, 2],
      config: {
        units: 2,
        kernelRegularizer: "l2",
        recurrentRegularizer: "l1",
        biasRegularizer: "l2",
        activityRegularizer: "l2",
        recurrentConstraint: "nonNegative",
        biasConstraint: "nonNegative",
      },
    },
  ],
  rnn: [
    {
      inputShape: [3, 2],
      config: {
        cells: [
          { className: "lstm", config: { units: 2 } },
          { className: "gru", config: { units: 3, kernelRegularizer: "l2" } },
        ],
      },
    },
    {
      inputShape: [3, 2],
      config: {
        cells: [
          { className: "simpleRNN", config: { units: 2, dropout: 0.25, seed: 5 } },
          { className: "lstm", config: { units: 2 } },
        ],
        returnSequences: true,
        returnState: true,
        goBackwards: true,
      },
    },
  ],
  simpleRNN: [
    { inputShape: [4, 3], config: { units: 2 } },
    { inputShape: [3, 2], config: { units: 3, activation: "relu", returnSequences: true } },
    { inputShape: [1, 2], config: { units: 2, useBias: false } },
    { inputShape: [3, 2], config: { units: 2, dropout: 0.2, recurrentDropout: 0.2, seed: 5 } },
  ],
  timeDistributed: [
    { inputShape: [3, 2], config: { layer: { className: "dense", config: { units: 3, kernelRegularizer: "l2" } } } },
    { inputShape: [2, 4, 3], config: { layer: { className: "lstm", config: { units: 2 } } } },
    {
      inputShape: [2, 3],
      config: { layer: { className: "embedding", config: { inputDim: 5, outputDim: 2 } } },
      indices: 5,
    },
  ],
};
