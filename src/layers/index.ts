/** Layers: functions that make them, and their classes. */

export * from "./activation.ts";
export type { ActivationName } from "./activation-names.ts";
export * from "./adaptive-average-pooling.ts";
export * from "./adaptive-max-pooling.ts";
export type { AdaptivePoolingOptions } from "./adaptive-pooling-layer.ts";
export * from "./alpha-dropout.ts";
export type { ApplyOptions } from "./apply-options.ts";
export * from "./auto-contrast.ts";
export * from "./average-pooling1d.ts";
export * from "./average-pooling2d.ts";
export * from "./average-pooling3d.ts";
export * from "./batch-normalization.ts";
export * from "./bidirectional.ts";
export * from "./category-encoding.ts";
export * from "./center-crop.ts";
export * from "./circular-padding.ts";
export * from "./concatenate.ts";
export * from "./conv1d.ts";
export * from "./conv1d-transpose.ts";
export * from "./conv2d.ts";
export * from "./conv2d-transpose.ts";
export * from "./conv3d.ts";
export * from "./conv3d-transpose.ts";
export type { ConvolutionOptions } from "./convolution-layer.ts";
export * from "./cropping.ts";
export * from "./dense.ts";
export * from "./depthwise-conv2d.ts";
export * from "./discretization.ts";
export * from "./dot.ts";
export * from "./dropout.ts";
export type { DropoutOptions } from "./dropout-layer.ts";
export * from "./elementwise-merge.ts";
export * from "./elu.ts";
export * from "./embedding.ts";
export type { CategoryOutput } from "./encode-categories.ts";
export type { Factor, Range } from "./factor.ts";
export { type LambdaContext, type LambdaFunction, registerFunction } from "./functions.ts";
export * from "./gaussian-dropout.ts";
export * from "./gaussian-noise.ts";
export type { GlobalPoolingOptions } from "./global-pooling.ts";
export * from "./global-pooling1d.ts";
export * from "./global-pooling2d.ts";
export * from "./global-pooling3d.ts";
export * from "./group-normalization.ts";
export * from "./gru.ts";
export * from "./input.ts";
export * from "./lambda.ts";
export {
  type CallContext,
  checkLayerOptions,
  type InputRequirement,
  Layer,
  type LayerOptions,
  uniqueName,
  type WeightOptions,
} from "./layer.ts";
export * from "./layer-normalization.ts";
export * from "./lstm.ts";
export type { Mask, Results } from "./mask.ts";
export * from "./masking.ts";
export * from "./max-pooling1d.ts";
export * from "./max-pooling2d.ts";
export * from "./max-pooling3d.ts";
export { MergeLayer } from "./merge-layer.ts";
export * from "./multi-head-attention.ts";
export * from "./normalization.ts";
export type { Padding1dOptions, Padding2dOptions, Padding3dOptions } from "./padding-layer.ts";
export * from "./permute.ts";
export type { Pooling1dOptions, Pooling3dOptions, PoolingOptions } from "./pooling-layer.ts";
export * from "./position-embedding.ts";
export * from "./prelu.ts";
export type { RandomAffineOptions } from "./random-affine-layer.ts";
export * from "./random-brightness.ts";
export * from "./random-color-jitter.ts";
export type { RandomColorOptions } from "./random-color-layer.ts";
export * from "./random-contrast.ts";
export * from "./random-crop.ts";
export * from "./random-erasing.ts";
export * from "./random-flip.ts";
export * from "./random-grayscale.ts";
export * from "./random-hue.ts";
export type { RandomLayerOptions } from "./random-layer.ts";
export * from "./random-rotation.ts";
export * from "./random-saturation.ts";
export * from "./random-translation.ts";
export * from "./random-zoom.ts";
export type { RecurrentLayerOptions } from "./recurrent-options.ts";
export * from "./reflection-padding.ts";
export { layerFromConfig, layerNames, registerLayer } from "./registry.ts";
export * from "./repeat-vector.ts";
export * from "./replication-padding.ts";
export * from "./rescaling.ts";
export * from "./reshaping.ts";
export * from "./resizing.ts";

export * from "./rms-normalization.ts";
export * from "./rotary-embedding.ts";
export * from "./separable-conv2d.ts";
export * from "./simple-rnn.ts";
export * from "./sinusoidal-position-encoding.ts";
export * from "./spatial-dropout.ts";
export * from "./spectral-normalization.ts";
export { type Application, SymbolicTensor } from "./symbolic-tensor.ts";
export * from "./time-distributed.ts";
export * from "./token-and-position-embedding.ts";
export type { TransformerBlockOptions } from "./transformer-block.ts";
export * from "./transformer-decoder.ts";
export * from "./transformer-encoder.ts";
export type { TransposedConvolutionOptions } from "./transposed-convolution-layer.ts";
export * from "./unit-normalization.ts";
export * from "./up-sampling.ts";
export * from "./zero-padding.ts";
