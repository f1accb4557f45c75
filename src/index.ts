/** The public API of Rappel, and nothing else. */
export * as constraints from "./constraints/index.ts";
export * from "./data/index.ts";
export type { Device } from "./devices/device.ts";
export type { DType, TypedArray } from "./graph/dtype.ts";
export type { Precision } from "./graph/precision.ts";
export type { Configuration, Json, SerializedObject } from "./graph/registry.ts";
export type { Shape } from "./graph/shape.ts";
export * as initializers from "./initializers/index.ts";
export * as layers from "./layers/index.ts";
export * as losses from "./losses/index.ts";
export {
  type BootstrapOptions,
  bootstrapConfidenceInterval,
  type ConfidenceInterval,
} from "./metrics/bootstrap.ts";
export * as classification from "./metrics/classification.ts";
export * as metrics from "./metrics/index.ts";
export * as regression from "./metrics/regression.ts";
export type { ClassScores } from "./metrics/scores.ts";
export * as segmentation from "./metrics/segmentation.ts";
export * from "./models-and-files.ts";
export { cast, stopGradient } from "./ops/elementwise.ts";
export { gradients } from "./ops/gradients.ts";
export * as ops from "./ops/index.ts";
export * as optimizers from "./optimizers/index.ts";
export * as regularizers from "./regularizers/index.ts";
export * as schedules from "./schedules/index.ts";
export { arange, eye, fill, iota, linspace, ones, onesLike, zeros, zerosLike } from "./tensor/creation.ts";
export { explain, type Jitted, jit, type Structure } from "./tensor/jit.ts";
export { permutation } from "./tensor/permutation.ts";
export {
  defaultGenerator,
  Generator,
  type RandomOptions,
  randomBernoulli,
  randomNormal,
  randomUniform,
  setSeed,
} from "./tensor/random.ts";
export { randomBeta, randomGamma } from "./tensor/random-gamma.ts";
export { getDevice, setDevice } from "./tensor/storage.ts";
export { type NestedArray, Tensor, tensor } from "./tensor/tensor.ts";
export { Variable, type VariableOptions } from "./tensor/variable.ts";
