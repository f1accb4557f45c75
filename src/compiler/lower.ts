/**
 * Before all other passes: scans over the same sequences become one, without what nobody asks for, so that the forward loop of a
 * training step computes its results and what its gradient needs in the same turns. Short scans, and scans within scans,
 * become the turns that they stand for, one after another.
 */

import { isApplication, type Node, type Primitive, topologicalOrder } from "../graph/node.ts";
import {
  concatenate,
  parameter,
  reshape,
  resultsOfScan,
  type ScanAttributes,
  type ScanBody,
  type ScanInputs,
  scanInputs,
  slice,
  turns,
} from "../graph/primitives/index.ts";
import { scanName } from "../graph/primitives/names.ts";
import { rewrite } from "../graph/rewrite.ts";
import { sizeOf } from "../graph/shape.ts";
import { type Graph, roots } from "./graph.ts";

/** A loop is not worth its copies for so few turns. */
const fewTurns = 2;

export function lower(graph: Graph): Graph {
  const order = topologicalOrder(roots(graph));
  if (!order.some((node) => isApplication(node, scanName))) return graph;
  const scans = new MergedScans(order);
  const lowered = rewrite(roots(graph), scans.replace);
  const of = (node: Node) => lowered.get(node) as Node;
  return {
    parameters: graph.parameters,
    outputs: graph.outputs.map(of),
    updates: graph.updates.map(({ parameter, value }) => ({ parameter, value: of(value) })),
  };
}

/** The scans of a graph, those with the same inputs and the same turns as one. */
class MergedScans {
  readonly #merged = new Map<string, MergedScan>();

  constructor(order: readonly Node[]) {
    for (const node of order) if (isApplication(node, scanName)) this.#of(node).want(node.attributes);
  }

  #of(node: Node<ScanAttributes>): MergedScan {
    const { inputs, attributes } = node;
    const { body, length, reverse } = attributes;
    const ids = [inputs, body.parameters, body.next].map((nodes) => nodes.map(({ id }) => id).join());
    const key = [length, reverse, ...ids].join(";");
    const known = this.#merged.get(key) ?? new MergedScan(node);
    this.#merged.set(key, known);
    return known;
  }

  readonly replace = (node: Node, original: Node): Node =>
    isApplication(original, scanName) ? this.#of(original).result(node.inputs, original.attributes) : node;
}

/** Scans that differ only in the results that they give. */
class MergedScan {
  readonly #primitive: Primitive<ScanAttributes>;
  readonly #attributes: ScanAttributes;
  readonly #lastCarries = new Set<number>();
  readonly #outputs = new Set<Node>();
  #results: ((wanted: ScanAttributes) => Node) | undefined;

  constructor({ primitive, attributes }: Node<ScanAttributes>) {
    this.#primitive = primitive;
    this.#attributes = attributes;
  }

  want({ body, result }: ScanAttributes): void {
    if (result < body.carries.length) this.#lastCarries.add(result);
    else this.#outputs.add(body.results[result] as Node);
  }

  /** What stands for a result of one of the scans, given their inputs. */
  result(inputs: readonly Node[], wanted: ScanAttributes): Node {
    this.#results ??= this.#run(inputs);
    return this.#results(wanted);
  }

  #run(inputs: readonly Node[]): (wanted: ScanAttributes) => Node {
    const { body, length, reverse } = this.#attributes;
    const { initial, sequences, constants } = scanInputs(inputs, body);
    const carries = this.#neededCarries();
    const outputs = [...this.#outputs];
    const next = carries.map((index) => body.next[index] as Node);
    const turn = withoutScans([...next, ...outputs]);
    const used = new Set(topologicalOrder(turn));
    const needed = (leaves: readonly Node[]) => leaves.flatMap((leaf, index) => (used.has(leaf) ? [index] : []));
    const slices = needed(body.slices);
    const pick = (nodes: readonly Node[], indices: readonly number[]) => indices.map((index) => nodes[index] as Node);
    const leaves = { carries: pick(body.carries, carries), slices: pick(body.slices, slices) };
    const same = new Map(
      needed(body.constants).map((index) => [body.constants[index] as Node, constants[index] as Node]),
    );
    const lifted = liftInvariants(turn, [...leaves.carries, ...leaves.slices], same);
    const trimmed = body.with({
      ...leaves,
      constants: [...lifted.constants.keys()],
      next: lifted.turn.slice(0, carries.length),
      outputs: lifted.turn.slice(carries.length),
    });
    const isSmall = length <= fewTurns || [...trimmed.parameters, ...turn].some(({ shape }) => sizeOf(shape) === 0);
    const given = {
      initial: pick(initial, carries),
      sequences: pick(sequences, slices),
      constants: [...lifted.constants.values()],
      length,
      reverse,
    };
    const results = isSmall ? unroll(trimmed, given) : resultsOfScan(this.#primitive, trimmed, given);
    return (wanted) => {
      const at = carries.indexOf(wanted.result);
      const output = wanted.body.results[wanted.result] as Node;
      return results[wanted.result < body.carries.length ? at : carries.length + outputs.indexOf(output)] as Node;
    };
  }

  /** The carries that are wanted, or on which something wanted depends. */
  #neededCarries(): number[] {
    const { body } = this.#attributes;
    const needed = new Set(this.#lastCarries);
    for (let before = -1; before < needed.size; ) {
      before = needed.size;
      const next = [...needed].map((index) => body.next[index] as Node);
      const reached = new Set(topologicalOrder([...next, ...this.#outputs]));
      for (const [index, leaf] of body.carries.entries()) if (reached.has(leaf)) needed.add(index);
    }
    return [...needed].sort((a, b) => a - b);
  }
}

/**
 * Takes out of a turn what is the same in all of them: a transposed matrix of weights, for one.
 *
 * @param turn The results of a turn.
 * @param leaves What changes from turn to turn.
 * @param constants What does not, with its values outside.
 */
function liftInvariants(
  turn: readonly Node[],
  leaves: readonly Node[],
  constants: ReadonlyMap<Node, Node>,
): { turn: Node[]; constants: Map<Node, Node> } {
  const changing = new Set(leaves);
  const order = topologicalOrder(turn);
  for (const node of order) if (node.inputs.some((input) => changing.has(input))) changing.add(node);
  const invariant = order.filter((node) => node.inputs.length > 0 && !changing.has(node));
  const outside = rewrite(invariant, (node) => constants.get(node) ?? node);
  const lifted = new Map<Node, Node>();
  const inside = rewrite(turn, (node, original) => {
    const value = original.inputs.length > 0 && !changing.has(original) ? outside.get(original) : undefined;
    if (!value) return node;
    const leaf = parameter(node.shape, node.dtype);
    lifted.set(leaf, value);
    return leaf;
  });
  const results = turn.map((node) => inside.get(node) as Node);
  const used = new Set(topologicalOrder(results));
  return { turn: results, constants: new Map([...constants, ...lifted].filter(([leaf]) => used.has(leaf))) };
}

/** The same values without scans in them. */
function withoutScans(results: readonly Node[]): Node[] {
  const replaced = rewrite(results, (node) => {
    if (!isApplication(node, scanName)) return node;
    const { body, length, reverse, result } = node.attributes;
    return unroll(body, { ...scanInputs(node.inputs, body), length, reverse })[result] as Node;
  });
  return results.map((node) => replaced.get(node) as Node);
}

/** All results of a scan as its turns, one after another. */
function unroll(body: ScanBody, { initial, sequences, constants, length, reverse }: ScanInputs): Node[] {
  const count = body.carries.length;
  const turn = withoutScans(body.results);
  let carries = initial;
  const outputs = body.outputs.map((): Node[] => []);
  for (const index of turns({ length, reverse })) {
    const values = [...carries, ...sequences.map((sequence) => sliceOf(sequence, index)), ...constants];
    const given = new Map(body.parameters.map((leaf, at) => [leaf, values[at] as Node]));
    const computed = rewrite(turn, (node) => given.get(node) ?? node);
    const results = turn.map((node) => computed.get(node) as Node);
    carries = results.slice(0, count);
    for (const [at, output] of results.slice(count).entries())
      outputs[at]?.[reverse ? "unshift" : "push"](reshape(output, [1, ...output.shape]));
  }
  return [...carries, ...outputs.map((parts) => concatenate(parts, 0))];
}

/** Element `index` of a sequence's first axis. */
function sliceOf(sequence: Node, index: number): Node {
  const [, ...shape] = sequence.shape;
  const start = sequence.shape.map((_, axis) => (axis === 0 ? index : 0));
  return reshape(slice(sequence, { start, size: [1, ...shape] }), shape);
}
