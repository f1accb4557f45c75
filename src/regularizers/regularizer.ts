/** Regularizer: a penalty on the size of weights or activations, added to the loss. */
import type { Configurable, Configuration } from "../graph/registry.ts";
import type { Tensor } from "../tensor/tensor.ts";

/** A penalty on a tensor. */
export abstract class Regularizer implements Configurable {
  abstract readonly className: string;

  /** The penalty, a float32 scalar. */
  abstract call(x: Tensor): Tensor;

  /** The options, enough to make an equal regularizer. */
  abstract config(): Configuration;
}
