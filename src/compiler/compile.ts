/**
 * The passes in their order: lower, simplify, fuse, column sums, join, schedule, batch loops, plan, emit. The turn of a scan goes through all but
 * the first by itself, without column sums and batch loops: it is whole scans that fall into rows (see scan-rows.ts).
 */
import { parameter } from "../graph/primitives/index.ts";
import { mayBeCut, mayHaveBatchLoops } from "./batch-candidates.ts";
import type { BatchTools } from "./batch-loops.ts";
import { mayBeColumnSum } from "./column-sum-candidates.ts";
import { emit } from "./emit.ts";
import { KernelEmitter } from "./emit-kernel.ts";
import { fuse } from "./fuse.ts";
import { type Graph, roots } from "./graph.ts";
import { findJoins } from "./join.ts";
import type { Kernel } from "./kernel.ts";
import { knownFurtherPasses } from "./missing-passes.ts";
import { plan } from "./plan.ts";
import type { PlannedGraph, PlannedLoop } from "./planned.ts";
import { arenaUnit, type Program } from "./program.ts";
import type { Loops } from "./scan-loop.ts";
import { schedule, stageUpdates } from "./schedule.ts";
import { simplify } from "./simplify.ts";
import { Views } from "./view.ts";

/** What is done with a graph's scans; see scan-passes.ts. */
export interface ScanPasses {
  /** Returns the graph itself if it has none. */
  readonly lower: (graph: Graph) => Graph;
  readonly findLoops: (graph: Graph, views: Views) => Loops;
}

let scanPasses: ScanPasses | undefined;

export function setScanPasses(passes: ScanPasses): void {
  scanPasses = passes;
}

const batchTools: BatchTools = { mayBeCut, emitter: (context) => new KernelEmitter(context) };

/** Compiles a graph to a Program. Its bindings are the graph's parameters, then its outputs. @throws MissingPasses Where they are to be fetched. */
export function compileProgram(graph: Graph): Program {
  const lowered = scanPasses?.lower(graph) ?? graph;
  const findLoops = lowered === graph ? undefined : scanPasses?.findLoops;
  return emit(planGraph(lowered, new Views(), findLoops, false));
}

/**
 * @param findLoops Where there are scans.
 * @param isTurn Of a scan.
 */
function planGraph(
  graph: Graph,
  views: Views,
  findLoops: ScanPasses["findLoops"] | undefined,
  isTurn: boolean,
): PlannedGraph {
  const simplified = simplify(graph);
  const scans = findLoops?.(simplified, views) ?? new Map();
  const simple = stageUpdates(simplified, views);
  const loops = new Map<Kernel, PlannedLoop>();
  const fused = fuse(simple, scans, views);
  const hasSums = !isTurn && fused.some(mayBeColumnSum);
  const kernels = (hasSums ? knownFurtherPasses().withColumnSums(simple, fused, views) : fused).map((kernel) => {
    if (!kernel.loop) return kernel;
    const { graph: turn, views: within, leaves, outputs } = kernel.loop.turn(views);
    const planned = planGraph(turn, within, findLoops, true);
    // The arena of a turn is a value of the graph around it.
    const arena = parameter([(planned.memory.units * arenaUnit) / 4], "float32");
    const whole = { ...kernel, outputs: [...kernel.outputs, arena] };
    loops.set(whole, { turn: planned, arena, leaves, outputs });
    return whole;
  });
  const joins = findJoins(simple, kernels, views);
  const inOrder = schedule(simple, kernels, views);
  const order =
    isTurn || !mayHaveBatchLoops(inOrder, views)
      ? inOrder
      : knownFurtherPasses().withBatchLoops(inOrder, joins, views, batchTools);
  return { graph: simple, views, schedule: order, joins, memory: plan(order, views, joins, isTurn), loops };
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
