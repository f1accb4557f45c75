/** What training, evaluation and prediction need to know of a model; every kind of model provides it. */
import type { Shape } from "../graph/shape.ts";
import type { CallContext, Layer } from "../layers/layer.ts";
import type { Tensor } from "../tensor/tensor.ts";
import type { Variable } from "../tensor/variable.ts";
import type { CallbackModel } from "./callbacks/callback.ts";
import type { Compilation } from "./compilation.ts";

/** Is told of each layer's result while a model computes. */
export type LayerObserver = (layer: Layer, output: Tensor) => void;

export interface TrainableModel extends CallbackModel {
  readonly layers: readonly Layer[];
  /** All state of all layers, trainable or not. */
  readonly variables: readonly Variable[];
  readonly trainableVariables: readonly Variable[];
  readonly built: boolean;
  /** The shape of one example; undefined before the model is built, unless the first layer declares it. */
  readonly inputShape: Shape | undefined;
  /** The shape of one example's result. @throws Before the model is built. */
  readonly outputShape: Shape;
  /** What `compile` was given. @throws Before that. */
  readonly compilation: Compilation;
  /** Decides the order of examples in training; kept so that a training can go on as if it had never stopped. */
  shuffleSeed: number | undefined;
  build(inputShape: Shape): void;
  call(x: Tensor, context: CallContext, observe?: LayerObserver): Tensor;
}
