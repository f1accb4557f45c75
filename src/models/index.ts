/** The models part of the public API. */

export type { ClassScores } from "../metrics/scores.ts";
export type { HostArray } from "../tensor/host-array.ts";
export * as augmentations from "./augmentations/index.ts";
export * as callbacks from "./callbacks/index.ts";
export type { ArrayInput, ArrayInputs, LabelledExamples } from "./examples/arrays.ts";
export type { ClassWeight } from "./examples/class-weight.ts";
export { Model, type ModelSettings } from "./model.ts";
export { FunctionalModel, input, type ModelOptions, model } from "./networks/functional.ts";
export type { SymbolicTensors } from "./networks/functional-graph.ts";
export { type ModelClass, registerModel } from "./networks/model-kinds.ts";
export { ModelLayer } from "./networks/model-layer.ts";
export { Network } from "./networks/network.ts";
export { Sequential, type SequentialOptions, sequential } from "./networks/sequential.ts";
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
export type { SummaryOptions } from "./summary/summary.ts";
export type { BatchStream, StreamOf } from "./training/batch-stream.ts";
export type { ByOutput, Compilation, CompileOptions, OutputCompilation } from "./training/compilation.ts";
export type { Evaluation } from "./training/evaluate.ts";
export type { EvaluateOptions } from "./training/evaluate-options.ts";
export type { FitOptions } from "./training/fit-options.ts";
export { NonFiniteLossError } from "./training/non-finite.ts";
export type { OnBatchOptions } from "./training/on-batch.ts";
export type { PredictData, PredictOptions, UnlabelledExamples } from "./training/predict.ts";
export { StepBatch, type StepLogs } from "./training/step-batch.ts";
export type { TensorSpec } from "./training/trainable.ts";
