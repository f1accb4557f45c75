/** The layers by name, for models that are rebuilt from data. */
import { type ConfigurableClass, Registry, type SerializedObject } from "../graph/registry.ts";
import { Activation, LeakyReLU, ReLU, Softmax } from "./activation.ts";
import { AveragePooling2d } from "./average-pooling2d.ts";
import { BatchNormalization } from "./batch-normalization.ts";
import { Concatenate } from "./concatenate.ts";
import { Conv2d } from "./conv2d.ts";
import { Conv2dTranspose } from "./conv2d-transpose.ts";
import { Dense } from "./dense.ts";
import { DepthwiseConv2d } from "./depthwise-conv2d.ts";
import { Dot } from "./dot.ts";
import { Dropout } from "./dropout.ts";
import { Add, Average, Maximum, Minimum, Multiply, Subtract } from "./elementwise-merge.ts";
import { Embedding } from "./embedding.ts";
import { GlobalAveragePooling2d, GlobalMaxPooling2d } from "./global-pooling2d.ts";
import { InputLayer } from "./input.ts";
import type { Layer } from "./layer.ts";
import { LayerNormalization } from "./layer-normalization.ts";
import { MaxPooling2d } from "./max-pooling2d.ts";
import { Rescaling } from "./rescaling.ts";
import { Flatten, Reshape } from "./reshaping.ts";
import { UpSampling2d, ZeroPadding2d } from "./resizing2d.ts";

const registry = new Registry<Layer>("layer", [
  Activation,
  Add,
  Average,
  AveragePooling2d,
  BatchNormalization,
  Concatenate,
  Conv2d,
  Conv2dTranspose,
  Dense,
  DepthwiseConv2d,
  Dot,
  Dropout,
  Embedding,
  Flatten,
  GlobalAveragePooling2d,
  GlobalMaxPooling2d,
  InputLayer,
  LayerNormalization,
  LeakyReLU,
  Maximum,
  MaxPooling2d,
  Minimum,
  Multiply,
  ReLU,
  Rescaling,
  Reshape,
  Softmax,
  Subtract,
  UpSampling2d,
  ZeroPadding2d,
]);

/**
 * Makes a layer of one's own known to saved models. Its constructor takes one object of options, what its `config` returns.
 *
 * @throws If another class has its `className`.
 */
export function registerLayer(added: ConfigurableClass<Layer>): void {
  registry.register(added);
}

/** The names of all layers. */
export function layerNames(): readonly string[] {
  return registry.names;
}

/**
 * The layer that was written down as data, not built. Nothing but the constructor of a registered class runs.
 *
 * @throws If the class is unknown, or refuses the options.
 * @example
 * layerFromConfig({ className: "dense", config: { units: 10 } });
 */
export function layerFromConfig(serialized: SerializedObject): Layer {
  return registry.create(serialized);
}
