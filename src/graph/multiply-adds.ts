/** How many multiplications, each with an addition, the matrix products and convolutions of a graph take. */

import { attributesIf, isApplication, type Node } from "./node.ts";
import { matmulPrimitive } from "./primitives/index.ts";
import {
  convolutionFilterGradientName,
  convolutionInputGradientName,
  convolutionName,
  scanName,
} from "./primitives/names.ts";
import { sizeOf } from "./shape.ts";

/**
 * The multiply-adds of everything between given nodes and outputs: matrix products, convolutions with their gradients, and loops,
 * whose turns all count. Products with padding count as well. What works element by element is left out, as is usual.
 *
 * @param from Where to stop; what lies before does not count.
 */
export function countMultiplyAdds(outputs: readonly Node[], from: ReadonlySet<Node>): number {
  const seen = new Set<Node>(from);
  const bodies = new Set<string>();
  const open = [...outputs];
  let total = 0;
  for (let node = open.pop(); node; node = open.pop()) {
    if (seen.has(node)) continue;
    seen.add(node);
    total += multiplyAddsOf(node, bodies);
    open.push(...node.inputs);
  }
  return total;
}

/** @param bodies The loops that count already: a loop is one node for each of its results. */
function multiplyAddsOf(node: Node, bodies: Set<string>): number {
  const [first, second] = node.inputs;
  if (isApplication(node, matmulPrimitive)) return sizeOf(node.shape) * (first?.shape.at(-1) ?? 0);
  // A filter is [height, width, channels of a group, outputs]; each output element takes all but the last.
  const taps = (filter: Node | undefined) => sizeOf(filter?.shape.slice(0, -1) ?? [0]);
  if (isApplication(node, convolutionName)) return sizeOf(node.shape) * taps(second);
  if (isApplication(node, convolutionInputGradientName)) return sizeOf(first?.shape ?? [0]) * taps(second);
  if (isApplication(node, convolutionFilterGradientName)) return sizeOf(second?.shape ?? [0]) * taps(node);
  const loop = attributesIf(node, scanName);
  if (!loop) return 0;
  const key = `${node.inputs.map(({ id }) => id).join()}:${loop.length}:${loop.body.key}`;
  if (bodies.has(key)) return 0;
  bodies.add(key);
  return loop.length * countMultiplyAdds(loop.body.results, new Set(loop.body.parameters));
}
