/** The models part of the public API. */

export type { ClassScores } from "../metrics/scores.ts";
export type { HostArray } from "../tensor/host-array.ts";
export type { ArrayInput, ArrayInputs, LabelledExamples } from "./arrays.ts";
export * as augmentations from "./augmentations/index.ts";
export * as callbacks from "./callbacks/index.ts";
export type { ByOutput, Compilation, CompileOptions, OutputCompilation } from "./compilation.ts";
export type { EvaluateOptions, Evaluation } from "./evaluate.ts";
export type { ClassWeight } from "./examples.ts";
export type { ModelSettings } from "./field-network.ts";
export type { FitOptions } from "./fit-options.ts";
export { FunctionalModel, input, type ModelOptions, model } from "./functional.ts";
export type { SymbolicTensors } from "./functional-graph.ts";
export { Model, type PredictOptions } from "./model.ts";
export { type ModelClass, registerModel } from "./model-kinds.ts";
export { ModelLayer } from "./model-layer.ts";
export { Network } from "./network.ts";
export { NonFiniteLossError } from "./non-finite.ts";
export {
  type ModelFileFunctions,
  type ModelFiles,
  type ModelStore,
  type SaveDestination,
  type SavedSource,
  type SaveOptions,
  type Saver,
  setSaver,
  type TrainingState,
  type WeightFileFunction,
} from "./saver.ts";
export { Sequential, type SequentialOptions, sequential } from "./sequential.ts";
export { StepBatch, type StepLogs } from "./step-batch.ts";
export type { BatchStream } from "./stream-source.ts";
export type { SummaryOptions } from "./summary.ts";
export type { TensorSpec } from "./trainable.ts";
