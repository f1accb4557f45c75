/** What all passes before the last have made of a graph. */
import type { Node } from "../graph/node.ts";
import type { Graph } from "./graph.ts";
import type { Joins } from "./join.ts";
import type { Kernel } from "./kernel.ts";
import type { MemoryPlan } from "./plan.ts";
import type { Moving } from "./scan-loop.ts";
import type { Schedule } from "./schedule.ts";
import type { Views } from "./view.ts";

export interface PlannedGraph {
  readonly graph: Graph;
  readonly views: Views;
  readonly schedule: Schedule;
  readonly joins: Joins;
  readonly memory: MemoryPlan;
  readonly loops: ReadonlyMap<Kernel, PlannedLoop>;
}

/** The turn of a scan's loop, and where it lies in the graph around it. */
export interface PlannedLoop {
  readonly turn: PlannedGraph;
  /** The value of the graph around it in which the turn has its arena. */
  readonly arena: Node;
  /** Leaves of the turn that move through values of the graph around it. */
  readonly leaves: ReadonlyMap<Node, Moving>;
  /** Where the turn's outputs go. */
  readonly outputs: readonly Moving[];
}
