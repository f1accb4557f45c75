/** Every layer with several options, and what tests need to drive them. Whoever adds a layer adds its samples here. */
import type { Configuration } from "../../src/graph/registry.ts";
import { type Shape, sizeOf } from "../../src/graph/shape.ts";
import type { Layer } from "../../src/layers/layer.ts";
import { layerFromConfig } from "../../src/layers/registry.ts";
import { multiply } from "../../src/ops/elementwise.ts";
import { type Tensor, tensor } from "../../src/tensor/tensor.ts";
import { activationSamples } from "./activation-samples.ts";
import { imageSamples } from "./image-samples.ts";
import { lambdaSamples } from "./lambda-samples.ts";
import { lookupSamples } from "./lookup-samples.ts";
import { recurrentSamples } from "./recurrent-samples.ts";
import { numbers } from "./samples.ts";
import { spatialSamples } from "./spatial-samples.ts";
import { transformerSamples } from "./transformer-samples.ts";

export interface LayerSample {
  readonly inputShape: Shape;
  readonly config?: Configuration;
  /** The layer takes indices below this rather than real values. */
  readonly indices?: number;
  /** Weights are drawn from [-2, 2) times this, which is 1 by default: less where rounding errors of several layers multiply. */
  readonly weightScale?: number;
}

/** Options and shapes on which each layer is tried. */
export const layerSamples: Readonly<Record<string, readonly LayerSample[]>> = {
  ...activationSamples,
  ...imageSamples,
  ...lambdaSamples,
  ...recurrentSamples,
  ...lookupSamples,
  ...spatialSamples,
  activation: [
    { inputShape: [5], config: { activation: "gelu" } },
    { inputShape: [2, 3], config: { activation: "softmax" } },
    { inputShape: [2, 4], config: { activation: "sparsemax" } },
  ],
  activityRegularization: [{ inputShape: [4] }, { inputShape: [2, 3], config: { l1: 0.1, l2: 0.3 } }],
  alphaDropout: [
    { inputShape: [7], config: { rate: 0.4, seed: 5 } },
    { inputShape: [7], config: { rate: 0 } },
  ],
  averagePooling1d: [
    { inputShape: [6, 2] },
    { inputShape: [7, 2], config: { poolSize: 3, strides: 2, padding: "same" } },
  ],
  averagePooling2d: [
    { inputShape: [4, 6, 2] },
    { inputShape: [5, 7, 2], config: { poolSize: 3, strides: 2, padding: "same" } },
  ],
  batchNormalization: [
    { inputShape: [4] },
    { inputShape: [3, 2, 4], config: { momentum: 0.9, epsilon: 1e-5 } },
    { inputShape: [4], config: { center: false } },
    { inputShape: [4], config: { gammaConstraint: "nonNegative", betaConstraint: "maxNorm" } },
    {
      inputShape: [4],
      config: { scale: false, betaRegularizer: { className: "l2", config: { l2: 0.1 } }, gammaInitializer: "ones" },
    },
  ],
  categoryEncoding: [
    { inputShape: [3], config: { numTokens: 4 }, indices: 4 },
    { inputShape: [1], config: { numTokens: 3, outputMode: "oneHot" }, indices: 3 },
    { inputShape: [], config: { numTokens: 3, outputMode: "oneHot" }, indices: 3 },
    { inputShape: [2, 5], config: { numTokens: 4, outputMode: "count" }, indices: 4 },
  ],
  conv1d: [
    { inputShape: [6, 3], config: { filters: 4, kernelSize: 3 } },
    { inputShape: [7, 2], config: { filters: 3, kernelSize: 2, strides: 2, padding: "same", activation: "relu" } },
    { inputShape: [6, 4], config: { filters: 6, kernelSize: 3, groups: 2, useBias: false } },
    { inputShape: [7, 2], config: { filters: 2, kernelSize: 3, dilationRate: 2, padding: "causal" } },
    { inputShape: [4, 2], config: { filters: 2, kernelSize: 3, padding: [1, 2] } },
  ],
  conv2d: [
    { inputShape: [5, 6, 3], config: { filters: 4, kernelSize: 3 } },
    {
      inputShape: [6, 7, 2],
      config: { filters: 3, kernelSize: [3, 2], strides: 2, padding: "same", activation: "relu" },
    },
    { inputShape: [6, 6, 4], config: { filters: 6, kernelSize: 3, groups: 2, useBias: false } },
    { inputShape: [7, 7, 2], config: { filters: 2, kernelSize: 2, dilationRate: [2, 3] } },
    {
      inputShape: [4, 4, 2],
      config: {
        filters: 2,
        kernelSize: 3,
        padding: [
          [1, 0],
          [0, 2],
        ],
      },
    },
  ],
  conv2dTranspose: [
    { inputShape: [3, 4, 2], config: { filters: 3, kernelSize: 3 } },
    { inputShape: [3, 4, 2], config: { filters: 2, kernelSize: 4, strides: 2, padding: "same", activation: "tanh" } },
    { inputShape: [2, 3, 2], config: { filters: 2, kernelSize: 2, strides: 3, useBias: false } },
    { inputShape: [3, 3, 1], config: { filters: 2, kernelSize: [2, 3], dilationRate: 2 } },
    {
      inputShape: [2, 3, 4],
      config: {
        filters: 4,
        kernelSize: 3,
        strides: 2,
        groups: 2,
        padding: [
          [1, 0],
          [1, 1],
        ],
        outputPadding: [0, 1],
      },
    },
  ],
  cropping1d: [{ inputShape: [5, 2] }, { inputShape: [5, 2], config: { cropping: [0, 3] } }],
  cropping2d: [
    { inputShape: [4, 5, 2] },
    {
      inputShape: [4, 5, 2],
      config: {
        cropping: [
          [1, 0],
          [2, 1],
        ],
      },
    },
  ],
  dense: [
    { inputShape: [5], config: { units: 3 } },
    { inputShape: [2, 4], config: { units: 3, activation: "tanh" } },
    {
      inputShape: [4],
      config: {
        units: 2,
        useBias: false,
        kernelInitializer: { className: "heNormal", config: { seed: 3 } },
        kernelRegularizer: { className: "l1l2", config: { l1: 0.1, l2: 0.2 } },
        activityRegularizer: { className: "l2", config: { l2: 0.3 } },
      },
    },
  ],
  depthwiseConv2d: [
    { inputShape: [5, 6, 3], config: { kernelSize: 3 } },
    {
      inputShape: [6, 7, 2],
      config: { kernelSize: [3, 2], strides: 2, padding: "same", depthMultiplier: 2, activation: "relu" },
    },
  ],
  discretization: [
    { inputShape: [4], config: { binBoundaries: [-1, 0, 0.5] } },
    { inputShape: [2, 3], config: { binBoundaries: [0], outputMode: "oneHot" } },
    { inputShape: [3], config: { numBins: 3, outputMode: "count" } },
  ],
  dropout: [
    { inputShape: [7], config: { rate: 0.4, seed: 5 } },
    { inputShape: [7], config: { rate: 0 } },
    { inputShape: [7], config: { rate: 1 } },
    { inputShape: [3, 4], config: { rate: 0.4, seed: 5, noiseShape: [null, 1, 4] } },
  ],
  elu: [{ inputShape: [5] }, { inputShape: [2, 3], config: { alpha: 0.5 } }],
  embedding: [
    { inputShape: [3], config: { inputDim: 5, outputDim: 4 }, indices: 5 },
    { inputShape: [3], config: { inputDim: 5, outputDim: 2, maskZero: true }, indices: 5 },
  ],
  flatten: [{ inputShape: [2, 3, 2] }, { inputShape: [] }],
  gaussianDropout: [
    { inputShape: [7], config: { rate: 0.4, seed: 5 } },
    { inputShape: [7], config: { rate: 0 } },
  ],
  gaussianNoise: [
    { inputShape: [7], config: { standardDeviation: 0.4, seed: 5 } },
    { inputShape: [7], config: { standardDeviation: 0 } },
  ],
  globalAveragePooling1d: [{ inputShape: [4, 2] }, { inputShape: [4, 2], config: { keepDims: true } }],
  globalAveragePooling2d: [{ inputShape: [3, 4, 2] }, { inputShape: [3, 4, 2], config: { keepDims: true } }],
  globalMaxPooling1d: [{ inputShape: [4, 2] }, { inputShape: [4, 2], config: { keepDims: true } }],
  globalMaxPooling2d: [{ inputShape: [3, 4, 2] }, { inputShape: [3, 4, 2], config: { keepDims: true } }],
  glu: [{ inputShape: [6] }, { inputShape: [4, 3], config: { axis: 1 } }],
  groupNormalization: [
    { inputShape: [3, 2, 6], config: { groups: 3 } },
    { inputShape: [4, 3], config: { groups: -1, epsilon: 1e-2 } },
    { inputShape: [4], config: { groups: 1, center: false } },
    { inputShape: [4, 2], config: { groups: 1, scale: false, betaRegularizer: "l2" } },
  ],
  input: [{ inputShape: [3, 2], config: { inputShape: [3, 2] } }],
  layerNormalization: [
    { inputShape: [6] },
    { inputShape: [2, 5], config: { epsilon: 1e-5, center: false } },
    { inputShape: [5], config: { scale: false } },
    { inputShape: [3, 2, 2], config: { axis: [1, 2] } },
    { inputShape: [3, 4], config: { axis: 1, center: false } },
  ],
  leakyReLU: [{ inputShape: [5] }, { inputShape: [2, 3], config: { negativeSlope: 0.1 } }],
  masking: [{ inputShape: [3, 2] }, { inputShape: [4], config: { maskValue: -1 } }],
  maxPooling1d: [{ inputShape: [6, 2] }, { inputShape: [7, 2], config: { poolSize: 3, strides: 2, padding: "same" } }],
  maxPooling2d: [{ inputShape: [4, 6, 2] }, { inputShape: [5, 7, 2], config: { poolSize: [3, 2], padding: "same" } }],
  normalization: [
    { inputShape: [3] },
    { inputShape: [2, 3], config: { mean: [1, 2, 3], variance: 4 } },
    { inputShape: [2, 3], config: { axis: [1, 2], mean: [[1], [2]], variance: [1, 2, 3] } },
    { inputShape: [2, 3], config: { axis: [], mean: 0.5, variance: 2, invert: true } },
  ],
  permute: [
    { inputShape: [3, 2], config: { dims: [2, 1] } },
    { inputShape: [2, 3, 4], config: { dims: [3, 1, 2] } },
  ],
  pReLU: [
    { inputShape: [5] },
    { inputShape: [2, 3, 4], config: { sharedAxes: [1, 2], alphaRegularizer: "l2", alphaConstraint: "nonNegative" } },
  ],
  randomFlip: [
    { inputShape: [3, 4, 2], config: { seed: 5 } },
    { inputShape: [3, 4, 2], config: { mode: "horizontal", seed: 5 } },
    { inputShape: [3, 4, 2], config: { mode: "vertical", seed: 5 } },
  ],
  randomRotation: [
    { inputShape: [3, 4, 2], config: { factor: 0.2, seed: 5 } },
    { inputShape: [3, 4, 2], config: { factor: [0.1, 0.3], fillMode: "constant", fillValue: 0.5, seed: 5 } },
  ],
  randomTranslation: [
    { inputShape: [3, 4, 2], config: { heightFactor: 0.4, widthFactor: [-0.7, 0.2], seed: 5 } },
    { inputShape: [3, 4, 2], config: { heightFactor: 0.4, widthFactor: 0.3, fillMode: "nearest", seed: 5 } },
  ],
  randomZoom: [
    { inputShape: [3, 4, 2], config: { heightFactor: 0.4, seed: 5 } },
    { inputShape: [3, 4, 2], config: { heightFactor: [-0.4, -0.1], widthFactor: 0.2, fillMode: "constant", seed: 5 } },
  ],
  reLU: [{ inputShape: [5] }, { inputShape: [9], config: { maxValue: 1, negativeSlope: 0.2, threshold: 0.3 } }],
  repeatVector: [{ inputShape: [4], config: { n: 3 } }],
  rescaling: [
    { inputShape: [4], config: { scale: 0.5 } },
    { inputShape: [4], config: { scale: 2, offset: -1 } },
  ],
  reshape: [
    { inputShape: [6], config: { targetShape: [2, 3] } },
    { inputShape: [4, 3], config: { targetShape: [2, -1] } },
  ],
  rmsNormalization: [
    { inputShape: [6] },
    { inputShape: [2, 5], config: { epsilon: 1e-3, scaleRegularizer: "l1" } },
    { inputShape: [3, 2, 2], config: { axis: [-1, 1] } },
  ],
  rReLU: [
    { inputShape: [5], config: { seed: 5 } },
    { inputShape: [3], config: { lower: 0.2, upper: 0.2, seed: 5 } },
  ],
  separableConv2d: [
    { inputShape: [5, 6, 3], config: { filters: 4, kernelSize: 3 } },
    {
      inputShape: [6, 7, 2],
      config: { filters: 3, kernelSize: [3, 2], strides: 2, padding: "same", depthMultiplier: 2, activation: "tanh" },
    },
    {
      inputShape: [5, 5, 2],
      config: {
        filters: 2,
        kernelSize: 2,
        dilationRate: 2,
        useBias: false,
        depthwiseRegularizer: "l2",
        pointwiseRegularizer: "l1",
        pointwiseConstraint: "unitNorm",
        activityRegularizer: "l2",
      },
    },
  ],
  spatialDropout1d: [{ inputShape: [3, 6], config: { rate: 0.4, seed: 5 } }],
  spatialDropout2d: [{ inputShape: [2, 3, 6], config: { rate: 0.4, seed: 5 } }],
  unitNormalization: [{ inputShape: [5] }, { inputShape: [2, 3, 4], config: { axis: [1, -1] } }],
  upSampling1d: [{ inputShape: [3, 2] }, { inputShape: [3, 2], config: { size: 3 } }],
  upSampling2d: [
    { inputShape: [2, 3, 2] },
    { inputShape: [2, 3, 2], config: { size: [1, 3] } },
    { inputShape: [2, 3, 2], config: { interpolation: "bilinear" } },
  ],
  zeroPadding1d: [{ inputShape: [3, 2] }, { inputShape: [3, 2], config: { padding: [0, 2] } }],
  zeroPadding2d: [
    { inputShape: [2, 3, 2] },
    {
      inputShape: [2, 3, 2],
      config: {
        padding: [
          [0, 1],
          [2, 0],
        ],
      },
    },
  ],
  ...transformerSamples,
  softmax: [{ inputShape: [5] }, { inputShape: [2, 3, 4], config: { axis: 2 } }],
};

/** Numbers in [-2, 2), the same ones in every run. */
export function values(shape: Shape, seed: number): Tensor {
  const random = numbers(seed);
  return tensor(
    Float32Array.from({ length: sizeOf(shape) }, () => 4 * random() - 2),
    { shape },
  );
}

/** A layer made as its sample says, with weights that are neither zeros nor ones, for those hide mistakes. */
export function builtLayer(className: string, { inputShape, config = {}, weightScale = 1 }: LayerSample): Layer {
  const layer = layerFromConfig({ className, config });
  layer.build(inputShape);
  for (const [index, weight] of layer.trainableVariables.entries())
    weight.assign(multiply(values(weight.shape, 100 + index), weightScale));
  return layer;
}

/** A batch of inputs for a layer's sample. */
export function inputsFor({ inputShape, indices }: LayerSample, batch: number): Tensor {
  const shape = [batch, ...inputShape];
  if (indices === undefined) return values(shape, 1);
  const random = numbers(1);
  return tensor(
    Int32Array.from({ length: sizeOf(shape) }, () => Math.floor(indices * random())),
    { shape },
  );
}
