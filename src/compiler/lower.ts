/** Before all other passes: scans become the turns that they stand for, one after another, since a Program has no loops. */
import { isApplication, type Node } from "../graph/node.ts";
import { concatenate, reshape, type ScanAttributes, scanPrimitive, slice, turns } from "../graph/primitives/index.ts";
import { rewrite } from "../graph/rewrite.ts";
import { type Graph, roots } from "./graph.ts";

export function lower(graph: Graph): Graph {
  const lowered = rewrite(roots(graph), new Unrolling().replace);
  const of = (node: Node) => lowered.get(node) as Node;
  return {
    parameters: graph.parameters,
    outputs: graph.outputs.map(of),
    updates: graph.updates.map(({ parameter, value }) => ({ parameter, value: of(value) })),
  };
}

/** Unrolls scans, all results of one at once. */
class Unrolling {
  readonly #results = new Map<string, readonly Node[]>();

  readonly replace = (node: Node): Node => {
    if (!isApplication(node, scanPrimitive)) return node;
    const { body, length, reverse, result } = node.attributes;
    const key = `${length}${reverse}(${node.inputs.map(({ id }) => id).join()})${body.key}`;
    let results = this.#results.get(key);
    if (!results) {
      results = this.#unroll(node.inputs, node.attributes);
      this.#results.set(key, results);
    }
    return results[result] as Node;
  };

  #unroll(inputs: readonly Node[], attributes: ScanAttributes): Node[] {
    const { body } = attributes;
    const count = body.carries.length;
    const sequences = inputs.slice(count, count + body.slices.length);
    const constants = inputs.slice(count + body.slices.length);
    let carries = inputs.slice(0, count);
    const outputs = body.outputs.map((): Node[] => []);
    for (const turn of turns(attributes)) {
      const values = [...carries, ...sequences.map((sequence) => sliceOf(sequence, turn)), ...constants];
      const given = new Map(body.parameters.map((leaf, index) => [leaf, values[index] as Node]));
      const computed = rewrite(body.results, (node) => given.get(node) ?? this.replace(node));
      const results = body.results.map((node) => computed.get(node) as Node);
      carries = results.slice(0, count);
      for (const [index, output] of results.slice(count).entries())
        outputs[index]?.[attributes.reverse ? "unshift" : "push"](reshape(output, [1, ...output.shape]));
    }
    return [...carries, ...outputs.map((parts) => concatenate(parts, 0))];
  }
}

/** Element `index` of a sequence's first axis. */
function sliceOf(sequence: Node, index: number): Node {
  const [, ...shape] = sequence.shape;
  const start = sequence.shape.map((_, axis) => (axis === 0 ? index : 0));
  return reshape(slice(sequence, { start, size: [1, ...shape] }), shape);
}
