/** The graph as text, for people and for comparing what a compiler pass did. */
import { type AttributeValue, formatSignature, type Node } from "./node.ts";

function formatAttribute(value: AttributeValue): string {
  if (typeof value === "object" && "key" in value) return "(body)";
  if (!Array.isArray(value)) return String(value);
  const shown = value.slice(0, 8).map(formatAttribute).join(", ");
  return `[${shown}${value.length > 8 ? ", …" : ""}]`;
}

/** One line: `%7 = float32[2, 3] multiply(%4, %6)`. */
export function printNode(node: Node, nameOf: (node: Node) => string): string {
  const inputs = node.inputs.map(nameOf).join(", ");
  const attributes = Object.entries(node.attributes)
    .filter(([name]) => name !== "shape" && name !== "dtype")
    .map(([name, value]) => ` ${name}=${formatAttribute(value)}`)
    .join("");
  return `${nameOf(node)} = ${formatSignature(node)} ${node.primitive.name}(${inputs})${attributes}`;
}

/** Nodes in their order, numbered from %0, a line each. */
export function printNodes(order: readonly Node[]): string {
  const names = new Map(order.map((node, index) => [node, `%${index}`]));
  const nameOf = (node: Node) => names.get(node) ?? "%?";
  return order.map((node) => printNode(node, nameOf)).join("\n");
}
