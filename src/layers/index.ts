/** Layers: functions that make them, and their classes. */

export * from "./activation.ts";
export type { ActivationName } from "./activation-names.ts";
export * from "./average-pooling2d.ts";
export * from "./batch-normalization.ts";
export * from "./concatenate.ts";
export * from "./conv2d.ts";
export * from "./conv2d-transpose.ts";
export * from "./dense.ts";
export * from "./depthwise-conv2d.ts";
export * from "./dot.ts";
export * from "./dropout.ts";
export * from "./elementwise-merge.ts";
export * from "./embedding.ts";
export * from "./global-pooling2d.ts";
export * from "./input.ts";
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
export * from "./max-pooling2d.ts";
export { MergeLayer } from "./merge-layer.ts";
export type { PoolingOptions } from "./pooling-layer.ts";
export { layerFromConfig, layerNames, registerLayer } from "./registry.ts";
export * from "./rescaling.ts";
export * from "./reshaping.ts";
export * from "./resizing2d.ts";
export { SymbolicTensor } from "./symbolic-tensor.ts";
