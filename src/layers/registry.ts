/** The layers by name, for models that are rebuilt from data. */
import type { ConfigurableClass } from "../graph/registry.ts";
import { Activation, LeakyReLU, ReLU, Softmax } from "./activation.ts";
import { ActivityRegularization } from "./activity-regularization.ts";
import {
  AdaptiveAveragePooling1d,
  AdaptiveAveragePooling2d,
  AdaptiveAveragePooling3d,
} from "./adaptive-average-pooling.ts";
import { AdaptiveMaxPooling1d, AdaptiveMaxPooling2d, AdaptiveMaxPooling3d } from "./adaptive-max-pooling.ts";
import { AlphaDropout } from "./alpha-dropout.ts";
import { AutoContrast } from "./auto-contrast.ts";
import { AveragePooling1d } from "./average-pooling1d.ts";
import { AveragePooling2d } from "./average-pooling2d.ts";
import { AveragePooling3d } from "./average-pooling3d.ts";
import { BatchNormalization } from "./batch-normalization.ts";
import { Bidirectional } from "./bidirectional.ts";
import { CategoryEncoding } from "./category-encoding.ts";
import { CenterCrop } from "./center-crop.ts";
import { CircularPadding1d, CircularPadding2d, CircularPadding3d } from "./circular-padding.ts";
import { Concatenate } from "./concatenate.ts";
import { Conv1d } from "./conv1d.ts";
import { Conv1dTranspose } from "./conv1d-transpose.ts";
import { Conv2d } from "./conv2d.ts";
import { Conv2dTranspose } from "./conv2d-transpose.ts";
import { Conv3d } from "./conv3d.ts";
import { Conv3dTranspose } from "./conv3d-transpose.ts";
import { Cropping1d, Cropping2d, Cropping3d } from "./cropping.ts";
import { Dense } from "./dense.ts";
import { DepthwiseConv1d } from "./depthwise-conv1d.ts";
import { DepthwiseConv2d } from "./depthwise-conv2d.ts";
import { Discretization } from "./discretization.ts";
import { Dot } from "./dot.ts";
import { Dropout } from "./dropout.ts";
import { Add, Average, Maximum, Minimum, Multiply, Subtract } from "./elementwise-merge.ts";
import { ELU } from "./elu.ts";
import { Embedding } from "./embedding.ts";
import { Equalization } from "./equalization.ts";
import { GaussianDropout } from "./gaussian-dropout.ts";
import { GaussianNoise } from "./gaussian-noise.ts";
import { GlobalAveragePooling1d, GlobalMaxPooling1d } from "./global-pooling1d.ts";
import { GlobalAveragePooling2d, GlobalMaxPooling2d } from "./global-pooling2d.ts";
import { GlobalAveragePooling3d, GlobalMaxPooling3d } from "./global-pooling3d.ts";
import { GLU } from "./glu.ts";
import { GroupNormalization } from "./group-normalization.ts";
import { GRU } from "./gru.ts";
import { Hashing } from "./hashing.ts";
import { InputLayer } from "./input.ts";
import { IntegerLookup } from "./integer-lookup.ts";
import { Lambda } from "./lambda.ts";
import type { Layer } from "./layer.ts";
import { LayerNormalization } from "./layer-normalization.ts";
import { knownLayerFromConfig, layerRegistry } from "./layer-registry.ts";
import { LSTM } from "./lstm.ts";
import { Masking } from "./masking.ts";
import { MaxPooling1d } from "./max-pooling1d.ts";
import { MaxPooling2d } from "./max-pooling2d.ts";
import { MaxPooling3d } from "./max-pooling3d.ts";
import { MultiHeadAttention } from "./multi-head-attention.ts";
import { Normalization } from "./normalization.ts";
import { Permute } from "./permute.ts";
import { PixelShuffle, PixelUnshuffle } from "./pixel-shuffle.ts";
import { PositionEmbedding } from "./position-embedding.ts";
import { PReLU } from "./prelu.ts";
import { RandomBrightness } from "./random-brightness.ts";
import { RandomColorJitter } from "./random-color-jitter.ts";
import { RandomContrast } from "./random-contrast.ts";
import { RandomCrop } from "./random-crop.ts";
import { RandomErasing } from "./random-erasing.ts";
import { RandomFlip } from "./random-flip.ts";
import { RandomGrayscale } from "./random-grayscale.ts";
import { RandomHue } from "./random-hue.ts";
import { RandomRotation } from "./random-rotation.ts";
import { RandomSaturation } from "./random-saturation.ts";
import { RandomTranslation } from "./random-translation.ts";
import { RandomZoom } from "./random-zoom.ts";
import { ReflectionPadding1d, ReflectionPadding2d, ReflectionPadding3d } from "./reflection-padding.ts";
import { RepeatVector } from "./repeat-vector.ts";
import { ReplicationPadding1d, ReplicationPadding2d, ReplicationPadding3d } from "./replication-padding.ts";
import { Rescaling } from "./rescaling.ts";
import { Flatten, Reshape } from "./reshaping.ts";
import { Resizing } from "./resizing.ts";
import { ReverseEmbedding } from "./reverse-embedding.ts";
import { RMSNormalization } from "./rms-normalization.ts";
import { RotaryEmbedding } from "./rotary-embedding.ts";
import { RReLU } from "./rrelu.ts";
import { SeparableConv1d } from "./separable-conv1d.ts";
import { SeparableConv2d } from "./separable-conv2d.ts";
import type { SerializedLayer } from "./sharing.ts";
import { SimpleRNN } from "./simple-rnn.ts";
import { SinusoidalPositionEncoding } from "./sinusoidal-position-encoding.ts";
import { SpatialDropout1d, SpatialDropout2d, SpatialDropout3d } from "./spatial-dropout.ts";
import { SpectralNormalization } from "./spectral-normalization.ts";
import { StringLookup } from "./string-lookup.ts";
import { TextVectorization } from "./text-vectorization.ts";
import { TimeDistributed } from "./time-distributed.ts";
import { TokenAndPositionEmbedding } from "./token-and-position-embedding.ts";
import { TransformerDecoder } from "./transformer-decoder.ts";
import { TransformerEncoder } from "./transformer-encoder.ts";
import { UnitNormalization } from "./unit-normalization.ts";
import { UpSampling1d, UpSampling2d, UpSampling3d } from "./up-sampling.ts";
import { ZeroPadding1d, ZeroPadding2d, ZeroPadding3d } from "./zero-padding.ts";

const all: readonly ConfigurableClass<Layer>[] = [
  Activation,
  ActivityRegularization,
  AdaptiveAveragePooling1d,
  AdaptiveAveragePooling2d,
  AdaptiveAveragePooling3d,
  AdaptiveMaxPooling1d,
  AdaptiveMaxPooling2d,
  AdaptiveMaxPooling3d,
  Add,
  AlphaDropout,
  AutoContrast,
  Average,
  AveragePooling1d,
  AveragePooling2d,
  AveragePooling3d,
  BatchNormalization,
  Bidirectional,
  CategoryEncoding,
  CenterCrop,
  CircularPadding1d,
  CircularPadding2d,
  CircularPadding3d,
  Concatenate,
  Conv1d,
  Conv1dTranspose,
  Conv2d,
  Conv2dTranspose,
  Conv3d,
  Conv3dTranspose,
  Cropping1d,
  Cropping2d,
  Cropping3d,
  Dense,
  DepthwiseConv1d,
  DepthwiseConv2d,
  Discretization,
  Dot,
  Dropout,
  ELU,
  Embedding,
  Flatten,
  Equalization,
  GaussianDropout,
  GaussianNoise,
  GlobalAveragePooling1d,
  GlobalAveragePooling2d,
  GlobalAveragePooling3d,
  GlobalMaxPooling1d,
  GlobalMaxPooling2d,
  GlobalMaxPooling3d,
  GLU,
  GroupNormalization,
  GRU,
  InputLayer,
  Lambda,
  LayerNormalization,
  LeakyReLU,
  LSTM,
  Masking,
  Maximum,
  MaxPooling1d,
  MaxPooling2d,
  MaxPooling3d,
  Minimum,
  MultiHeadAttention,
  Multiply,
  Normalization,
  Permute,
  PixelShuffle,
  PixelUnshuffle,
  PositionEmbedding,
  PReLU,
  RandomBrightness,
  RandomColorJitter,
  RandomContrast,
  RandomCrop,
  RandomErasing,
  RandomFlip,
  RandomGrayscale,
  RandomHue,
  RandomRotation,
  RandomSaturation,
  RandomTranslation,
  RandomZoom,
  ReflectionPadding1d,
  ReflectionPadding2d,
  ReflectionPadding3d,
  ReLU,
  RepeatVector,
  ReplicationPadding1d,
  ReplicationPadding2d,
  ReplicationPadding3d,
  Rescaling,
  Reshape,
  Resizing,
  ReverseEmbedding,
  RMSNormalization,
  RotaryEmbedding,
  RReLU,
  SeparableConv1d,
  SeparableConv2d,
  SimpleRNN,
  SinusoidalPositionEncoding,
  Softmax,
  SpatialDropout1d,
  SpatialDropout2d,
  SpatialDropout3d,
  SpectralNormalization,
  Subtract,
  TimeDistributed,
  TokenAndPositionEmbedding,
  TransformerDecoder,
  TransformerEncoder,
  Hashing,
  IntegerLookup,
  StringLookup,
  TextVectorization,
  UnitNormalization,
  UpSampling1d,
  UpSampling2d,
  UpSampling3d,
  ZeroPadding1d,
  ZeroPadding2d,
  ZeroPadding3d,
];

/** Makes all of Rappel's layers known by name, as importing this file does; a call keeps bundlers from leaving it out. */
export function registerLayers(): void {
  for (const each of all) layerRegistry.register(each);
}

registerLayers();

/**
 * Makes a layer of one's own known to saved models. Its constructor takes one object of options, what its `config` returns.
 *
 * @throws If another class has its `className`.
 */
export function registerLayer(added: ConfigurableClass<Layer>): void {
  layerRegistry.register(added);
}

/** The names of all layers. */
export function layerNames(): readonly string[] {
  return layerRegistry.names;
}

/**
 * The layer that was written down as data, not built. Nothing but the constructor of a registered class runs.
 *
 * @throws If the class is unknown, or refuses the options.
 * @example
 * layerFromConfig({ className: "dense", config: { units: 10 } });
 */
export function layerFromConfig(serialized: SerializedLayer): Layer {
  registerLayers();
  return knownLayerFromConfig(serialized);
}
