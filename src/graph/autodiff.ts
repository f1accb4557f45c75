/** Reverse-mode differentiation: one walk over the graph, from the loss back to what it depends on. */
import { type Node, topologicalOrder } from "./node.ts";
import { add, fillLike } from "./primitives/elementwise.ts";
import { zeros } from "./primitives/movement.ts";

/**
 * The gradients of a scalar `loss` with respect to each of `variables`, as graph; zeros where the loss does not depend on one.
 *
 * @throws If the loss is not a float32 scalar; reduce it first (a mean or a sum).
 */
export function gradients(loss: Node, variables: readonly Node[]): Node[] {
  if (loss.dtype !== "float32" || loss.shape.length !== 0)
    throw new TypeError(
      `gradients: the loss is ${loss.dtype}[${loss.shape.join(", ")}], expected a float32 scalar; reduce it with mean() or sum()`,
    );
  const order = topologicalOrder([loss]);
  const wanted = new Set(variables);
  const active = new Set<Node>();
  for (const node of order) if (wanted.has(node) || node.inputs.some((input) => active.has(input))) active.add(node);

  const gradientOf = new Map<Node, Node>();
  gradientOf.set(loss, fillLike(loss, 1));
  for (const node of order.reverse()) {
    const gradient = gradientOf.get(node);
    if (!gradient || !active.has(node) || node.inputs.length === 0) continue;
    const inputGradients = node.primitive.gradient(node, gradient);
    for (let index = 0; index < node.inputs.length; index++) {
      const input = node.inputs[index] as Node;
      const contribution = inputGradients[index];
      if (!contribution || !active.has(input)) continue;
      const sofar = gradientOf.get(input);
      gradientOf.set(input, sofar ? add(sofar, contribution) : contribution);
    }
  }
  return variables.map((variable) => gradientOf.get(variable) ?? zeros(variable.shape, variable.dtype));
}
