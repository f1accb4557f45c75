/** Interprets Nodes in float64 with each primitive's own plain loops. */
import { formatSignature, type Node, type Values } from "./node.ts";
import { referenceOf } from "./references.ts";

/**
 * The values of `outputs`.
 *
 * @param order The Nodes to compute, inputs before users.
 * @param known The values of the leaves.
 */
export function evaluate(order: readonly Node[], known: ReadonlyMap<Node, Values>, outputs: readonly Node[]): Values[] {
  const computed = new Map(known);
  const lookUp = (node: Node): Values => {
    const values = computed.get(node);
    if (!values) throw new Error(`reference device: ${formatSignature(node)} (${node.primitive.name}) is not bound`);
    return values;
  };
  for (const node of order)
    if (!computed.has(node)) computed.set(node, referenceOf(node.primitive)(node, node.inputs.map(lookUp)));
  return outputs.map(lookUp);
}
