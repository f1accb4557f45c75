/** What is compiled: Nodes from parameters to outputs, and the parameters that a run updates in place. */
import type { Node } from "../graph/node.ts";

export interface Graph {
  /** Leaves bound at each run, in the order of the bindings. */
  readonly parameters: readonly Node[];
  /** Results, bound after the parameters. */
  readonly outputs: readonly Node[];
  /** The new value of some parameters: written over the old one when nothing reads that any more. */
  readonly updates: readonly Update[];
}

export interface Update {
  readonly parameter: Node;
  readonly value: Node;
}

/** Every Node that a Graph must compute. */
export function roots(graph: Graph): Node[] {
  return [...graph.outputs, ...graph.updates.map((update) => update.value)];
}
