/** A text that tells functions of Nodes apart. */
import { attributesKey, type Node, topologicalOrder } from "./node.ts";
import { isLeaf } from "./primitives/leaf.ts";

/** Equal exactly for functions that compute the same expressions of their parameters. */
export function fingerprint(parameters: readonly Node[], outputs: readonly Node[]): string {
  const order = topologicalOrder(outputs);
  const position = new Map(order.map((node, index) => [node, index]));
  const lines = order.map((node) =>
    isLeaf(node)
      ? `parameter${parameters.indexOf(node)}:${node.dtype}${node.shape.join()}`
      : `${node.primitive.name}(${node.inputs.map((input) => position.get(input)).join()})${attributesKey(node.attributes)}`,
  );
  return `${lines.join(";")}->${outputs.map((output) => position.get(output)).join()}`;
}
