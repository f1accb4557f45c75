/** The fourth pass: gives every value that lives only inside a run a place in one arena, shared by values that never meet. */
import { bytesPerElement } from "../graph/dtype.ts";
import type { Node } from "../graph/node.ts";
import { type Joins, placeOf } from "./join.ts";
import type { Kernel } from "./kernel.ts";
import { arenaUnit, countElements } from "./program.ts";
import type { Schedule, Step } from "./schedule.ts";
import type { Views } from "./view.ts";

export interface MemoryPlan {
  /** Offsets in units of the arena. */
  readonly offsets: ReadonlyMap<Node, number>;
  readonly units: number;
  /** Values of which only one item at a time exists, in the turns of a batch loop: their places in a worker's own memory, in units. */
  readonly privates: ReadonlyMap<Node, { readonly place: number; readonly elements: number }>;
  readonly privateUnits: number;
}

interface Lifetime {
  readonly node: Node;
  readonly units: number;
  readonly from: number;
  to: number;
}

interface Placed {
  readonly lifetime: Lifetime;
  readonly offset: number;
}

/** The Nodes whose buffers a step reads. */
export function readsOf(step: Step, views: Views): readonly Node[] {
  return step.kind === "store" ? [views.of(step.store.value).base] : kernelsOf(step).flatMap(({ reads }) => reads);
}

/** The kernels of a step. All of a batch loop's happen at the same time: while one item is at the last, another may be at the first. */
export function kernelsOf(step: Step): readonly Kernel[] {
  return step.kind === "kernel" ? [step.kernel] : step.kind === "batch" ? step.batch.kernels : [];
}

const unitsOf = (elements: number, { dtype }: Node) => Math.ceil((elements * bytesPerElement[dtype]) / arenaUnit);

/** @param isTurn Of a scan: there values share a place only if they are of one size, so that rows of a batch may go their ways by themselves. */
export function plan(schedule: Schedule, views: Views, joins: Joins, isTurn: boolean): MemoryPlan {
  const lifetimes = new Map<Node, Lifetime>();
  for (const [time, step] of schedule.steps.entries()) {
    for (const node of readsOf(step, views)) {
      const lifetime = lifetimes.get(node);
      if (lifetime) lifetime.to = time;
    }
    const own = step.kind === "batch" ? step.batch.privates : undefined;
    for (const output of kernelsOf(step).flatMap(({ outputs }) => outputs)) {
      // A joined array lives from its first part on.
      const node = placeOf(output, joins).base;
      const known = lifetimes.get(node);
      if (known) known.to = time;
      if (known || schedule.placed.has(node) || own?.has(node)) continue;
      const units = unitsOf(countElements(node.shape), node);
      lifetimes.set(node, { node, units, from: time, to: time });
    }
  }
  return { ...packLargestFirst([...lifetimes.values()], isTurn), ...planPrivate(schedule, joins) };
}

/** The same for the values that batch loops keep in their workers' own memory, which all of them share. */
function planPrivate(schedule: Schedule, joins: Joins): Pick<MemoryPlan, "privates" | "privateUnits"> {
  const privates = new Map<Node, { place: number; elements: number }>();
  let privateUnits = 0;
  for (const step of schedule.steps) {
    if (step.kind !== "batch" || step.batch.privates.size === 0) continue;
    const { kernels, privates: elementsOf } = step.batch;
    const { offsets, units } = packItems(kernels, elementsOf, joins);
    for (const [node, place] of offsets) privates.set(node, { place, elements: elementsOf.get(node) as number });
    privateUnits = Math.max(privateUnits, units);
  }
  return { privates, privateUnits };
}

/** Places one item of each of the values in `elementsOf`, as they live while the kernels of a batch loop run one after another. */
export function packItems(
  kernels: readonly Kernel[],
  elementsOf: ReadonlyMap<Node, number>,
  joins: Joins,
): Pick<MemoryPlan, "offsets" | "units"> {
  const lifetimes = new Map<Node, Lifetime>();
  for (const [time, kernel] of kernels.entries()) {
    const touched = [...kernel.outputs.map((output) => placeOf(output, joins).base), ...kernel.reads];
    for (const node of touched) {
      const elements = elementsOf.get(node);
      if (elements === undefined) continue;
      const known = lifetimes.get(node);
      if (known) known.to = time;
      else lifetimes.set(node, { node, units: unitsOf(elements, node), from: time, to: time });
    }
  }
  return packLargestFirst([...lifetimes.values()]);
}

/** Places the largest first, each at the lowest offset where it meets nothing that lives at the same time, or has another size if that counts. */
function packLargestFirst(lifetimes: readonly Lifetime[], bySize = false): Pick<MemoryPlan, "offsets" | "units"> {
  const offsets = new Map<Node, number>();
  const placed: Placed[] = [];
  let units = 0;
  for (const lifetime of [...lifetimes].sort((a, b) => b.units - a.units || a.from - b.from)) {
    let offset = 0;
    for (let at = 0; at < placed.length; at++) {
      const other = placed[at] as Placed;
      // `placed` ascends by offset: the first gap that is wide enough is the lowest.
      const neverMeet = other.lifetime.to < lifetime.from || lifetime.to < other.lifetime.from;
      if (neverMeet && (!bySize || other.lifetime.units === lifetime.units)) continue;
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
