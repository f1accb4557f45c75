/** Rebuilding a graph with some of its Nodes replaced. */
import { apply, type Node, topologicalOrder } from "./node.ts";

/**
 * Rebuilds the Nodes under `outputs`, inputs first. `replace` is given each Node with its inputs already replaced, and the
 * Node as it was, and returns what stands in its place, the Node itself included.
 *
 * @returns The replacement of every Node reached.
 */
export function rewrite(outputs: readonly Node[], replace: (node: Node, original: Node) => Node): Map<Node, Node> {
  const replaced = new Map<Node, Node>();
  for (const node of topologicalOrder(outputs)) {
    let inputs: Node[] | undefined;
    for (let index = 0; index < node.inputs.length; index++) {
      const input = node.inputs[index] as Node;
      const replacement = replaced.get(input) as Node;
      if (replacement === input) continue;
      inputs ??= [...node.inputs];
      inputs[index] = replacement;
    }
    replaced.set(node, replace(inputs ? apply(node.primitive, inputs, node.attributes) : node, node));
  }
  return replaced;
}
