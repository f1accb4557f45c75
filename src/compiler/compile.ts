/** The passes in their order: lower, simplify, fuse, schedule, plan, emit. */

import { emit } from "./emit.ts";
import { fuse } from "./fuse.ts";
import { type Graph, roots } from "./graph.ts";
import { findJoins } from "./join.ts";
import { lower } from "./lower.ts";
import { plan } from "./plan.ts";
import type { Program } from "./program.ts";
import { schedule, stageUpdates } from "./schedule.ts";
import { simplify } from "./simplify.ts";
import { Views } from "./view.ts";

/** Compiles a graph to a Program. Its bindings are the graph's parameters, then its outputs. */
export function compileProgram(graph: Graph): Program {
  const views = new Views();
  const simple = stageUpdates(simplify(lower(graph)), views);
  const kernels = fuse(simple, views);
  const order = schedule(simple, kernels, views);
  const joins = findJoins(simple, kernels, views);
  return emit(simple, order, plan(order, views, joins), views, joins);
}

/** What the passes made of a graph, for people: a line for each instruction, then the memory. */
export function explainProgram(program: Program, graph: Graph): string {
  const width = String(program.instructions.length - 1).length;
  const lines = program.instructions.map(({ label }, index) => `${String(index).padStart(width)}  ${label}`);
  const { parameters, outputs, updates } = graph;
  const summary =
    `${program.instructions.length} instructions for ${roots(graph).length} results; ${parameters.length} parameters, ` +
    `${updates.length} updated, ${outputs.length} outputs; arena ${(program.arenaBytes / 1024).toFixed(1)} KiB, program ${(program.words.byteLength / 1024).toFixed(1)} KiB`;
  return [...lines, summary].join("\n");
}
