/** The layers by name, for models that are rebuilt from data. */
import type { ConfigurableClass } from "../graph/registry.ts";
import { Activation, LeakyReLU, ReLU, Softmax } from "./activations/activation.ts";
import { CELU } from "./activations/celu.ts";
import { ELU } from "./activations/elu.ts";
import { GLU } from "./activations/glu.ts";
import { HardShrink } from "./activations/hard-shrink.ts";
import { HardTanh } from "./activations/hard-tanh.ts";
import { PReLU } from "./activations/prelu.ts";
import { RReLU } from "./activations/rrelu.ts";
import { SoftShrink } from "./activations/soft-shrink.ts";
import { Softplus } from "./activations/softplus.ts";
import { Threshold } from "./activations/threshold.ts";
import { MultiHeadAttention } from "./attention/multi-head-attention.ts";
import { PositionEmbedding } from "./attention/position-embedding.ts";
import { RotaryEmbedding } from "./attention/rotary-embedding.ts";
import { SinusoidalPositionEncoding } from "./attention/sinusoidal-position-encoding.ts";
import { TokenAndPositionEmbedding } from "./attention/token-and-position-embedding.ts";
import { TransformerDecoder } from "./attention/transformer-decoder.ts";
import { TransformerEncoder } from "./attention/transformer-encoder.ts";
import { AutoContrast } from "./augmentation/auto-contrast.ts";
import { CenterCrop } from "./augmentation/center-crop.ts";
import { Equalization } from "./augmentation/equalization.ts";
import { RandomBrightness } from "./augmentation/random-brightness.ts";
import { RandomColorJitter } from "./augmentation/random-color-jitter.ts";
import { RandomContrast } from "./augmentation/random-contrast.ts";
import { RandomCrop } from "./augmentation/random-crop.ts";
import { RandomErasing } from "./augmentation/random-erasing.ts";
import { RandomFlip } from "./augmentation/random-flip.ts";
import { RandomGrayscale } from "./augmentation/random-grayscale.ts";
import { RandomHue } from "./augmentation/random-hue.ts";
import { RandomRotation } from "./augmentation/random-rotation.ts";
import { RandomSaturation } from "./augmentation/random-saturation.ts";
import { RandomTranslation } from "./augmentation/random-translation.ts";
import { RandomZoom } from "./augmentation/random-zoom.ts";
import { Conv1d } from "./convolution/conv1d.ts";
import { Conv1dTranspose } from "./convolution/conv1d-transpose.ts";
import { Conv2d } from "./convolution/conv2d.ts";
import { Conv2dTranspose } from "./convolution/conv2d-transpose.ts";
import { Conv3d } from "./convolution/conv3d.ts";
import { Conv3dTranspose } from "./convolution/conv3d-transpose.ts";
import { DepthwiseConv1d } from "./convolution/depthwise-conv1d.ts";
import { DepthwiseConv2d } from "./convolution/depthwise-conv2d.ts";
import { SeparableConv1d } from "./convolution/separable-conv1d.ts";
import { SeparableConv2d } from "./convolution/separable-conv2d.ts";
import { ActivityRegularization } from "./core/activity-regularization.ts";
import { Dense } from "./core/dense.ts";
import { Embedding } from "./core/embedding.ts";
import { InputLayer } from "./core/input.ts";
import { Lambda } from "./core/lambda.ts";
import { Masking } from "./core/masking.ts";
import { ReverseEmbedding } from "./core/reverse-embedding.ts";
import type { Layer } from "./layer.ts";
import { knownLayerFromConfig, layerRegistry } from "./layer-registry.ts";
import { Concatenate } from "./merging/concatenate.ts";
import { Dot } from "./merging/dot.ts";
import { Add, Average, Maximum, Minimum, Multiply, Subtract } from "./merging/elementwise-merge.ts";
import { BatchNormalization } from "./normalization/batch-normalization.ts";
import { GroupNormalization } from "./normalization/group-normalization.ts";
import { LayerNormalization } from "./normalization/layer-normalization.ts";
import { RMSNormalization } from "./normalization/rms-normalization.ts";
import { SpectralNormalization } from "./normalization/spectral-normalization.ts";
import { UnitNormalization } from "./normalization/unit-normalization.ts";
import {
  AdaptiveAveragePooling1d,
  AdaptiveAveragePooling2d,
  AdaptiveAveragePooling3d,
} from "./pooling/adaptive-average-pooling.ts";
import { AdaptiveMaxPooling1d, AdaptiveMaxPooling2d, AdaptiveMaxPooling3d } from "./pooling/adaptive-max-pooling.ts";
import { AveragePooling1d } from "./pooling/average-pooling1d.ts";
import { AveragePooling2d } from "./pooling/average-pooling2d.ts";
import { AveragePooling3d } from "./pooling/average-pooling3d.ts";
import { GlobalAveragePooling1d, GlobalMaxPooling1d } from "./pooling/global-pooling1d.ts";
import { GlobalAveragePooling2d, GlobalMaxPooling2d } from "./pooling/global-pooling2d.ts";
import { GlobalAveragePooling3d, GlobalMaxPooling3d } from "./pooling/global-pooling3d.ts";
import { MaxPooling1d } from "./pooling/max-pooling1d.ts";
import { MaxPooling2d } from "./pooling/max-pooling2d.ts";
import { MaxPooling3d } from "./pooling/max-pooling3d.ts";
import { CategoryEncoding } from "./preprocessing/category-encoding.ts";
import { Discretization } from "./preprocessing/discretization.ts";
import { Hashing } from "./preprocessing/hashing.ts";
import { IntegerLookup } from "./preprocessing/integer-lookup.ts";
import { Normalization } from "./preprocessing/normalization.ts";
import { Rescaling } from "./preprocessing/rescaling.ts";
import { StringLookup } from "./preprocessing/string-lookup.ts";
import { TextVectorization } from "./preprocessing/text-vectorization.ts";
import { Bidirectional } from "./recurrent/bidirectional.ts";
import { GRU } from "./recurrent/gru.ts";
import { LSTM } from "./recurrent/lstm.ts";
import { RNN } from "./recurrent/rnn.ts";
import { SimpleRNN } from "./recurrent/simple-rnn.ts";
import { TimeDistributed } from "./recurrent/time-distributed.ts";
import { AlphaDropout } from "./regularization/alpha-dropout.ts";
import { Dropout } from "./regularization/dropout.ts";
import { GaussianDropout } from "./regularization/gaussian-dropout.ts";
import { GaussianNoise } from "./regularization/gaussian-noise.ts";
import { SpatialDropout1d, SpatialDropout2d, SpatialDropout3d } from "./regularization/spatial-dropout.ts";
import { CircularPadding1d, CircularPadding2d, CircularPadding3d } from "./reshaping/circular-padding.ts";
import { Cropping1d, Cropping2d, Cropping3d } from "./reshaping/cropping.ts";
import { Permute } from "./reshaping/permute.ts";
import { PixelShuffle, PixelUnshuffle } from "./reshaping/pixel-shuffle.ts";
import { ReflectionPadding1d, ReflectionPadding2d, ReflectionPadding3d } from "./reshaping/reflection-padding.ts";
import { RepeatVector } from "./reshaping/repeat-vector.ts";
import { ReplicationPadding1d, ReplicationPadding2d, ReplicationPadding3d } from "./reshaping/replication-padding.ts";
import { Flatten, Reshape } from "./reshaping/reshaping.ts";
import { Resizing } from "./reshaping/resizing.ts";
import { UpSampling1d, UpSampling2d, UpSampling3d } from "./reshaping/up-sampling.ts";
import { ZeroPadding1d, ZeroPadding2d, ZeroPadding3d } from "./reshaping/zero-padding.ts";
import type { SerializedLayer } from "./sharing.ts";

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
  CELU,
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
  HardShrink,
  HardTanh,
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
  RNN,
  ReverseEmbedding,
  RMSNormalization,
  RotaryEmbedding,
  RReLU,
  SeparableConv1d,
  SeparableConv2d,
  SimpleRNN,
  SinusoidalPositionEncoding,
  Softmax,
  Softplus,
  SoftShrink,
  SpatialDropout1d,
  SpatialDropout2d,
  SpatialDropout3d,
  SpectralNormalization,
  Subtract,
  Threshold,
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
