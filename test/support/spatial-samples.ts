/** Samples of the layers of volumes, and of those of sequences and images that have counterparts among them. */
import type { LayerSample } from "./layer-samples.ts";

const sequence = [5, 2];
const image = [4, 5, 2];
const volume = [3, 4, 5, 2];

const ends: readonly LayerSample[] = [{ inputShape: sequence }, { inputShape: sequence, config: { padding: [0, 2] } }];
const sides: readonly LayerSample[] = [
  { inputShape: image },
  {
    inputShape: image,
    config: {
      padding: [
        [0, 1],
        [2, 0],
      ],
    },
  },
];
const faces: readonly LayerSample[] = [
  { inputShape: volume },
  {
    inputShape: volume,
    config: {
      padding: [
        [0, 1],
        [2, 0],
        [1, 1],
      ],
    },
  },
];

const adaptive1d: readonly LayerSample[] = [
  { inputShape: [7, 2], config: { outputSize: 3 } },
  { inputShape: [3, 2], config: { outputSize: [5] } },
];
const adaptive2d: readonly LayerSample[] = [
  { inputShape: [6, 5, 2], config: { outputSize: [4, 1] } },
  { inputShape: [4, 6, 2], config: { outputSize: 2 } },
];
const adaptive3d: readonly LayerSample[] = [
  { inputShape: [3, 4, 5, 2], config: { outputSize: [2, 2, 3] } },
  { inputShape: [2, 3, 2, 2], config: { outputSize: 2 } },
];
const pooling3d: readonly LayerSample[] = [
  { inputShape: [4, 2, 6, 2] },
  { inputShape: [5, 3, 4, 2], config: { poolSize: [3, 2, 3], strides: [2, 1, 2], padding: "same" } },
];
const keepDims: readonly LayerSample[] = [
  { inputShape: [2, 3, 2, 2] },
  { inputShape: volume, config: { keepDims: true } },
];

export const spatialSamples: Readonly<Record<string, readonly LayerSample[]>> = {
  adaptiveAveragePooling1d: adaptive1d,
  adaptiveAveragePooling2d: adaptive2d,
  adaptiveAveragePooling3d: adaptive3d,
  adaptiveMaxPooling1d: adaptive1d,
  adaptiveMaxPooling2d: adaptive2d,
  adaptiveMaxPooling3d: adaptive3d,
  averagePooling3d: pooling3d,
  circularPadding1d: ends,
  circularPadding2d: sides,
  circularPadding3d: faces,
  conv1dTranspose: [
    { inputShape: [4, 2], config: { filters: 3, kernelSize: 3 } },
    { inputShape: [4, 2], config: { filters: 2, kernelSize: 4, strides: 2, padding: "same", activation: "tanh" } },
    {
      inputShape: [3, 4],
      config: { filters: 2, kernelSize: 2, strides: 3, groups: 2, outputPadding: 1, useBias: false },
    },
    { inputShape: [4, 2], config: { filters: 2, kernelSize: 3, strides: 2, padding: [1, 0] } },
  ],
  conv3d: [
    { inputShape: [3, 4, 3, 2], config: { filters: 3, kernelSize: 2 } },
    {
      inputShape: [4, 5, 3, 2],
      config: { filters: 2, kernelSize: [3, 2, 3], strides: [2, 1, 2], padding: "same", activation: "relu" },
    },
    { inputShape: [3, 3, 3, 4], config: { filters: 6, kernelSize: [2, 3, 1], groups: 2, useBias: false } },
    { inputShape: [5, 4, 3, 2], config: { filters: 2, kernelSize: 2, dilationRate: [3, 2, 1], padding: "same" } },
    {
      inputShape: [2, 3, 3, 1],
      config: {
        filters: 2,
        kernelSize: 3,
        padding: [
          [1, 0],
          [0, 1],
          [2, 0],
        ],
      },
    },
  ],
  conv3dTranspose: [
    { inputShape: [2, 3, 2, 2], config: { filters: 3, kernelSize: 2 } },
    {
      inputShape: [2, 2, 3, 2],
      config: { filters: 2, kernelSize: [3, 4, 2], strides: 2, padding: "same", activation: "tanh" },
    },
    { inputShape: [2, 2, 2, 4], config: { filters: 2, kernelSize: 2, strides: [3, 1, 2], groups: 2, useBias: false } },
    { inputShape: [2, 2, 2, 1], config: { filters: 2, kernelSize: 2, dilationRate: [2, 1, 3] } },
    {
      inputShape: [2, 2, 2, 1],
      config: { filters: 1, kernelSize: 3, strides: 2, padding: "same", outputPadding: [1, 0, 1] },
    },
  ],
  cropping3d: [
    { inputShape: [4, 3, 5, 2] },
    {
      inputShape: [4, 3, 5, 2],
      config: {
        cropping: [
          [1, 0],
          [0, 2],
          [2, 1],
        ],
      },
    },
  ],
  depthwiseConv1d: [
    { inputShape: [6, 3], config: { kernelSize: 3 } },
    {
      inputShape: [7, 2],
      config: { kernelSize: 2, strides: 2, padding: "same", depthMultiplier: 2, activation: "relu" },
    },
    { inputShape: [6, 2], config: { kernelSize: 3, dilationRate: 2, padding: "causal" } },
  ],
  globalAveragePooling3d: keepDims,
  globalMaxPooling3d: keepDims,
  maxPooling3d: pooling3d,
  pixelShuffle: [
    { inputShape: [2, 3, 8], config: { upscaleFactor: 2 } },
    { inputShape: [1, 2, 9], config: { upscaleFactor: 3 } },
  ],
  pixelUnshuffle: [{ inputShape: [4, 6, 2], config: { downscaleFactor: 2 } }],
  reflectionPadding1d: ends,
  reflectionPadding2d: sides,
  reflectionPadding3d: faces,
  replicationPadding1d: ends,
  replicationPadding2d: sides,
  replicationPadding3d: faces,
  separableConv1d: [
    { inputShape: [6, 3], config: { filters: 4, kernelSize: 3 } },
    {
      inputShape: [7, 2],
      config: { filters: 3, kernelSize: 2, strides: 2, padding: [1, 0], depthMultiplier: 2, activation: "tanh" },
    },
  ],
  spatialDropout3d: [{ inputShape: [2, 3, 2, 6], config: { rate: 0.4, seed: 5 } }],
  // Gradients are the slopes where the singular vectors have converged: they are taken as constants.
  spectralNormalization: [
    { inputShape: [3], config: { layer: { className: "dense", config: { units: 2 } }, powerIterations: 60 } },
    {
      inputShape: [4, 3, 2],
      config: {
        layer: {
          className: "conv2d",
          config: { filters: 2, kernelSize: 2, activation: "tanh", kernelRegularizer: "l2" },
        },
        powerIterations: 60,
      },
    },
    {
      inputShape: [3],
      config: { layer: { className: "embedding", config: { inputDim: 4, outputDim: 2 } }, powerIterations: 60 },
      indices: 4,
    },
  ],
  upSampling3d: [{ inputShape: [2, 3, 2, 2] }, { inputShape: [2, 1, 2, 2], config: { size: [1, 3, 2] } }],
  zeroPadding3d: faces,
};
