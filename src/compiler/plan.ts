/** The fourth pass: gives every value that lives only inside a run a place in one arena, shared by values that never meet. */
import { bytesPerElement } from "../graph/dtype.ts";
import type { Node } from "../graph/node.ts";
import { type Joins, placeOf } from "./join.ts";
import { arenaUnit, countElements } from "./program.ts";
import type { Schedule, Step } from "./schedule.ts";
import type { Views } from "./view.ts";

export interface MemoryPlan {
  /** Offsets in units of the arena. */
  readonly offsets: ReadonlyMap<Node, number>;
  readonly units: number;
}

interface Lifetime {
  readonly node: Node;
  readonly units: number;
  readonly from: number;
  to: number;
}

/** The Nodes whose buffers a step reads. */
function readsOf(step: Step, views: Views): readonly Node[] {
  return step.kind === "kernel" ? step.kernel.reads : [views.of(step.store.value).base];
}

export function plan(schedule: Schedule, views: Views, joins: Joins): MemoryPlan {
  const lifetimes = new Map<Node, Lifetime>();
  for (const [time, step] of schedule.steps.entries()) {
    for (const node of readsOf(step, views)) {
      const lifetime = lifetimes.get(node);
      if (lifetime) lifetime.to = time;
    }
    if (step.kind !== "kernel") continue;
    for (const output of step.kernel.outputs) {
      // A joined array lives from its first part on.
      const node = placeOf(output, joins).base;
      const known = lifetimes.get(node);
      if (known) known.to = time;
      if (known || schedule.placed.has(node)) continue;
      const units = Math.ceil((countElements(node.shape) * bytesPerElement[node.dtype]) / arenaUnit);
      lifetimes.set(node, { node, units, from: time, to: time });
    }
  }
  return packLargestFirst([...lifetimes.values()]);
}

/** Places the largest first, each at the lowest offset where it meets nothing that lives at the same time. */
function packLargestFirst(lifetimes: readonly Lifetime[]): MemoryPlan {
  const offsets = new Map<Node, number>();
  const placed: { lifetime: Lifetime; offset: number }[] = [];
  let units = 0;
  for (const lifetime of [...lifetimes].sort((a, b) => b.units - a.units || a.from - b.from)) {
    let offset = 0;
    for (const other of placed) {
      // `placed` ascends by offset: the first gap that is wide enough is the lowest.
      if (other.lifetime.to < lifetime.from || lifetime.to < other.lifetime.from) continue;
      if (other.offset >= offset + lifetime.units) break;
      offset = Math.max(offset, other.offset + other.lifetime.units);
    }
    const at = placed.findIndex((other) => other.offset > offset);
    placed.splice(at < 0 ? placed.length : at, 0, { lifetime, offset });
    offsets.set(lifetime.node, offset);
    units = Math.max(units, offset + lifetime.units);
  }
  return { offsets, units };
}
