/** What training, evaluation and prediction need to know of a model; every kind of model provides it. */
import type { Shape } from "../graph/shape.ts";
import type { CallContext, Layer } from "../layers/layer.ts";
import type { Results } from "../layers/mask.ts";
import type { Regularizer } from "../regularizers/regularizer.ts";
import type { Tensor } from "../tensor/tensor.ts";
import type { Variable } from "../tensor/variable.ts";
import type { CallbackModel } from "./callbacks/callback.ts";
import type { Compilation } from "./compilation.ts";

/** One of a model's inputs or outputs. */
export interface TensorSpec {
  /** By which data, losses and logs of a model with several are told apart. */
  readonly name: string;
  /** The layer that takes the input, or gives the output; undefined where the model has no layers. */
  readonly layer: Layer | undefined;
  /** The shape of one example; undefined as long as neither a layer nor data have told it. */
  readonly shape: Shape | undefined;
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
  /** Decides the order of examples in training; kept so that a training can go on as if it had never stopped. */
  shuffleSeed: number | undefined;
  build(inputShape: Shape): void;
  /** All results for a batch, one tensor for each input. */
  callAll(inputs: readonly Tensor[], context: CallContext): readonly Tensor[];
  /** As `callAll`, with the results' masks: which steps count for losses and metrics. */
  run(inputs: readonly Tensor[], context: CallContext): Results;
  /** Names the layers and their weights after this model, where they are part of several. */
  setPaths(): void;
}
