/** Schedule: a learning rate that changes with the number of updates, inside the graph. */
import type { Configurable, Configuration } from "../graph/registry.ts";
import type { Tensor } from "../tensor/tensor.ts";

/** A learning rate as a function of the updates done so far. */
export abstract class Schedule implements Configurable {
  abstract readonly className: string;

  /**
   * The learning rate.
   *
   * @param iterations int32 or float32 scalar: the number of updates done before this one.
   * @returns A float32 scalar.
   */
  abstract call(iterations: Tensor): Tensor;

  /** The options, enough to make an equal schedule. */
  abstract config(): Configuration;
}
