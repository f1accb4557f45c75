/** Gradients of tensors. */
import { gradients as gradientNodes } from "../graph/autodiff.ts";
import { Tensor } from "../tensor/tensor.ts";

/**
 * The gradients of a scalar loss with respect to tensors or variables, in their shapes; zeros where it does not depend on one.
 * They are expressions like any other: gradients of gradients work.
 *
 * @throws If the loss is not a float32 scalar.
 * @example
 * const w = new Variable(tensor([1, 2]));
 * const [g] = gradients(sum(square(w)), [w]); // [2, 4]
 */
export function gradients(loss: Tensor, variables: readonly Tensor[]): Tensor[] {
  return gradientNodes(
    loss.node,
    variables.map((variable) => variable.node),
  ).map((node) => new Tensor(node));
}
