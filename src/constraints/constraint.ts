/** Constraint: a condition on weights that optimizers restore after each update. */
import type { Configurable, Configuration } from "../graph/registry.ts";
import type { Tensor } from "../tensor/tensor.ts";
import type { VariableConstraint } from "../tensor/variable.ts";

/** A condition on a weight. */
export abstract class Constraint implements Configurable, VariableConstraint {
  abstract readonly className: string;

  /** A value that meets the condition, in the same shape. */
  abstract call(value: Tensor): Tensor;

  /** The options, enough to make an equal constraint. */
  abstract config(): Configuration;
}
