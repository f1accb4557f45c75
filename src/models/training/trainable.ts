/** What training, evaluation and prediction need to know of a model; every kind of model provides it. */
import type { Shape } from "../../graph/shape.ts";
import type { CallContext, Layer } from "../../layers/layer.ts";
import type { Results } from "../../layers/mask.ts";
import type { TextLayer } from "../../layers/preprocessing/text-layer.ts";
import type { Metric } from "../../metrics/metric.ts";
import type { Optimizer } from "../../optimizers/optimizer.ts";
import type { Regularizer } from "../../regularizers/regularizer.ts";
import type { Generator } from "../../tensor/random.ts";
import type { Tensor } from "../../tensor/tensor.ts";
import type { Variable } from "../../tensor/variable.ts";
import type { CallbackModel } from "../callbacks/callback.ts";
import type { Compilation } from "./compilation.ts";
import type { StepBatch, StepLogs } from "./step-batch.ts";

/** One of a model's inputs or outputs. */
export interface TensorSpec {
  /** By which data, losses and logs of a model with several are told apart. */
  readonly name: string;
  /** The layer that takes the input, or gives the output; undefined where the model has no layers. */
  readonly layer: Layer | undefined;
  /** The shape of one example; undefined as long as neither a layer nor data have told it. */
  readonly shape: Shape | undefined;
  /** Of an input that takes texts: the layer that makes indices of them, on the host. */
  readonly text?: TextLayer | undefined;
}

/** Steps that a model defines itself. */
export interface OwnSteps {
  readonly train?: (batch: StepBatch) => StepLogs;
  readonly test?: (batch: StepBatch) => StepLogs;
}

export interface TrainableModel extends CallbackModel {
  readonly layers: readonly Layer[];
  /** All state of all layers, trainable or not. */
  readonly variables: readonly Variable[];
  readonly trainableVariables: readonly Variable[];
  /** Whether training changes anything. */
  readonly trainable: boolean;
  /** The weights that are penalized, by what. */
  readonly regularizers: ReadonlyMap<Variable, Regularizer>;
  readonly built: boolean;
  /** What the model takes, in the order of `callAll`. */
  readonly inputSpecs: readonly TensorSpec[];
  /** What the model gives, in the order of `callAll`. */
  readonly outputSpecs: readonly TensorSpec[];
  /** What `compile` was given. @throws Before that. */
  readonly compilation: Compilation;
  /** All that train it: what `compile` was given, and those in the model's fields, by the name of the field. */
  readonly optimizers: ReadonlyMap<string, Optimizer>;
  /** Metrics of the model's own, which its steps update, beside those of `compile`. */
  readonly ownMetrics: readonly Metric[];
  /** Random generators of the model's own, beside its layers'. */
  readonly ownGenerators: readonly Generator[];
  /** The steps that the model defines itself; the others are those of every model. */
  readonly ownSteps: OwnSteps;
  /** Decides the order of examples in training; kept so that a training can go on as if it had never stopped. */
  shuffleSeed: number | undefined;
  /** Builds a model that is not built yet, for examples of these shapes. */
  buildFor(inputShapes: readonly Shape[]): void;
  /** All results for a batch, one tensor for each input. */
  callAll(inputs: readonly Tensor[], context: CallContext): readonly Tensor[];
  /** As `callAll`, with the results' masks: which steps count for losses and metrics. */
  run(inputs: readonly Tensor[], context: CallContext): Results;
  /** Names the layers and their weights after this model, where they are part of several. */
  setPaths(): void;
}
