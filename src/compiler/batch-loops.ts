/**
 * Batch loops: runs of kernels that compute every item of a batch by itself become one loop over the items, whose turns run on any thread. What
 * only they use of an item's values stays in the cache of the worker that computes it and never exists for the whole batch. Attention
 * is such a run: its scores, their softmax and the weighted sum, head by head; so is its gradient.
 */
import { bytesPerElement } from "../graph/dtype.ts";
import type { Node } from "../graph/node.ts";
import { greatestCommonDivisor } from "../graph/shape.ts";
import { fewestTurns, leastReuse, type mayBeCut } from "./batch-candidates.ts";
import type { KernelContext, KernelEmitter } from "./emit-kernel.ts";
import { type Access, type Divisible, divide, type Item } from "./item.ts";
import { type Joins, placeOf } from "./join.ts";
import type { Kernel } from "./kernel.ts";
import { kernelsOf, packItems, readsOf } from "./plan.ts";
import { arenaUnit, type Instruction } from "./program.ts";
import type { Schedule, Step } from "./schedule.ts";
import type { Views } from "./view.ts";

/** An instruction of a batch loop over one item. */
export interface ItemInstruction extends Pick<Instruction, "opcode" | "label"> {
  /** With any numbers for its buffers. */
  readonly words: readonly number[];
  /** What stands at these places of the words: the value of which it is the buffer, and how far the buffer moves from item to item. */
  readonly buffers: readonly { readonly at: number; readonly node: Node; readonly step: number }[];
}

export interface BatchLoop {
  readonly kernels: readonly Kernel[];
  readonly turns: number;
  readonly instructions: readonly ItemInstruction[];
  /** Values of which a worker has one item at a time, with the elements of an item. */
  readonly privates: ReadonlyMap<Node, number>;
}

/** More than enough for the tasks into which the engine parts the turns. */
const enoughTurns = 16;
const mostTurns = 1 << 12;
/** Bytes: what a turn reaches stays in a core's second cache. */
const largestItem = 1 << 20;
/** What a turn does at least, in operations of a product: some microseconds, beside which starting its instructions is nothing. */
const leastWork = 4e5;
/** Kernels of a loop: what comes together by the hundred are updates of small weights. */
const mostKernels = 40;

/** What it shares with passes that all pages have, and so is given: pages fetch this file alone. */
export interface BatchTools {
  readonly mayBeCut: typeof mayBeCut;
  readonly emitter: (context: KernelContext) => KernelEmitter;
}

/** Puts the runs of a schedule that are worth it into batch loops. */
export function withBatchLoops(schedule: Schedule, joins: Joins, views: Views, tools: BatchTools): Schedule {
  return new Finder(schedule, joins, views, tools).find();
}

/** A kernel that may stand in a batch loop. */
interface Candidate {
  readonly kernel: Kernel;
  readonly instructions: readonly Divisible[];
  /** Into how many items it can be cut at most: any divisor of this. 0 for a kernel without instructions: its copy is made by another. */
  readonly items: number;
}

class Finder {
  readonly #schedule: Schedule;
  readonly #joins: Joins;
  readonly #views: Views;
  readonly #tools: BatchTools;
  readonly #candidates = new Map<Step, Candidate | undefined>();
  readonly #numbers = new Map<Node, number>();
  readonly #nodes: Node[] = [];
  /** Runs that begin before this step have too little to gain. */
  #hopelessUntil = 0;
  /** The steps that read a value, and those that write it. */
  readonly #users = new Map<Node, Set<Step>>();

  constructor(schedule: Schedule, joins: Joins, views: Views, tools: BatchTools) {
    this.#schedule = schedule;
    this.#joins = joins;
    this.#views = views;
    this.#tools = tools;
  }

  find(): Schedule {
    const { steps, placed } = this.#schedule;
    const found: Step[] = [];
    for (let at = 0; at < steps.length; ) {
      const batch = this.#runFrom(at);
      if (batch) found.push({ kind: "batch", batch });
      else found.push(steps[at] as Step);
      at += batch ? batch.kernels.length : 1;
    }
    return { steps: found, placed };
  }

  /** The longest batch loop that begins with a step. */
  #runFrom(start: number): BatchLoop | undefined {
    if (start < this.#hopelessUntil || !this.#mayBeCut(start) || !this.#mayBeCut(start + 1)) return undefined;
    const run = this.#candidatesFrom(start);
    for (let length = run.length; length > 1; length--) {
      if (run[length - 1]?.instructions.length === 0) continue;
      const made = this.#loopOf(run.slice(0, length));
      if (typeof made === "object") return made;
      if (made === "impossible") continue;
      // What is part of this run alone has less to gain still.
      if (made === "not worth it" && length === run.length) this.#hopelessUntil = start + length;
      if (made === "not worth it") break;
    }
    return undefined;
  }

  /** A step and those after it that can be cut into equal numbers of items. */
  #candidatesFrom(start: number): Candidate[] {
    const run: Candidate[] = [];
    let items = 0;
    for (let at = start; run.length < mostKernels; at++) {
      const next = this.#candidate(at);
      if (!next) break;
      items = greatestCommonDivisor(items, next.items);
      if (items > 0 && items < fewestTurns) break;
      run.push(next);
    }
    return run;
  }

  #mayBeCut(at: number): boolean {
    const step = this.#schedule.steps[at];
    return step?.kind === "kernel" && this.#tools.mayBeCut(step.kernel, this.#views);
  }

  #candidate(at: number): Candidate | undefined {
    const step = this.#schedule.steps[at];
    if (step?.kind !== "kernel" || !this.#mayBeCut(at)) return undefined;
    if (this.#candidates.has(step)) return this.#candidates.get(step);
    const { kernel } = step;
    const instructions: (Divisible | undefined)[] = [];
    const context: KernelContext = {
      views: this.#views,
      joins: this.#joins,
      bufferOf: this.#numberOf,
      push: (opcode, label, words) => instructions.push(divide({ opcode, label, words })),
    };
    this.#tools.emitter(context).emit(kernel);
    const divisible = instructions.filter((one) => one !== undefined);
    const items = divisible.reduce((common, one) => greatestCommonDivisor(common, one.items), 0);
    const fits = divisible.length === instructions.length && (items === 0 || items >= fewestTurns);
    const candidate = fits ? { kernel, instructions: divisible, items } : undefined;
    this.#candidates.set(step, candidate);
    return candidate;
  }

  /** A number for the buffer of a value: an updated parameter's is the parameter's own. */
  readonly #numberOf = (node: Node): number => {
    const target = this.#schedule.placed.get(node);
    const owner = target?.kind === "parameter" ? target.node : node;
    const number = this.#numbers.get(owner) ?? this.#nodes.push(owner) - 1;
    this.#numbers.set(owner, number);
    return number;
  };

  /** A run as a loop with as few turns as keep an item within the cache. */
  #loopOf(run: readonly Candidate[]): BatchLoop | "impossible" | "too large" | "not worth it" {
    const items = run.reduce((common, one) => greatestCommonDivisor(common, one.items), 0);
    const instructions = run.flatMap((candidate) => candidate.instructions);
    const work = instructions.reduce((sum, one) => sum + one.work, 0);
    for (let turns = Math.min(items, enoughTurns); turns <= Math.min(items, mostTurns); turns++) {
      if (items % turns !== 0) continue;
      const cut = instructions.map((one) => one.itemOf(turns));
      const arrays = this.#arraysOf(cut);
      const reuse = arrays.reduce((sum, array) => sum + array.reused, 0) * turns;
      if (work / turns < leastWork || reuse < leastReuse) return "not worth it";
      if (!arrays.every(({ isApart }) => isApart)) return "impossible";
      const kernels = run.map(({ kernel }) => kernel);
      const privates = this.#privatesOf(kernels, arrays);
      const shared = arrays.reduce((sum, { node, bytes }) => sum + (privates.has(node) ? 0 : bytes), 0);
      if (shared + packItems(kernels, privates, this.#joins).units * arenaUnit > largestItem) continue;
      return { kernels, turns, instructions: this.#instructionsOf(instructions, cut), privates };
    }
    return "too large";
  }

  #instructionsOf(instructions: readonly Divisible[], cut: readonly Item[]): ItemInstruction[] {
    return instructions.map(({ instruction: { opcode, label } }, index) => {
      const { words, accesses } = cut[index] as Item;
      const buffers = accesses.map(({ at, buffer, step }) => ({ at, node: this.#nodes[buffer] as Node, step }));
      return { opcode, label, words, buffers };
    });
  }

  /** What the items reach of each value. */
  #arraysOf(cut: readonly Item[]): ItemArray[] {
    const byBuffer = new Map<number, Access[]>();
    for (const { accesses } of cut)
      for (const access of accesses) byBuffer.set(access.buffer, [...(byBuffer.get(access.buffer) ?? []), access]);
    const arrays: ItemArray[] = [];
    for (const [buffer, accesses] of byBuffer) {
      const low = Math.min(...accesses.map((access) => access.low));
      const high = Math.max(...accesses.map((access) => access.high));
      const steps = accesses.map(({ step }) => step);
      const [step] = steps as [number];
      const isWritten = accesses.some((access) => access.isWritten);
      const isApart = !isWritten || (steps.every((other) => other === step) && high - low <= step);
      const node = this.#nodes[buffer] as Node;
      const bytes = (high - low) * bytesPerElement[node.dtype];
      const reused = step === 0 ? 0 : bytes * (accesses.length - 1);
      arrays.push({ node, step, bytes, reused, isApart, fitsItem: isWritten && low >= 0 && high <= step });
    }
    return arrays;
  }

  /** The values that nothing outside of the loop reads or writes. */
  #privatesOf(kernels: readonly Kernel[], arrays: readonly ItemArray[]): Map<Node, number> {
    const inside = new Set(kernels);
    const privates = new Map<Node, number>();
    for (const { node, step, fitsItem } of arrays) {
      if (!fitsItem || node.primitive.kind === "leaf" || this.#schedule.placed.has(node)) continue;
      const users = [...this.#usersOf(node)];
      if (users.every((user) => user.kind === "kernel" && inside.has(user.kernel))) privates.set(node, step);
    }
    return privates;
  }

  #usersOf(node: Node): ReadonlySet<Step> {
    if (this.#users.size === 0)
      for (const step of this.#schedule.steps) {
        const outputs = kernelsOf(step).flatMap((kernel) => kernel.outputs);
        for (const used of [...readsOf(step, this.#views), ...outputs.map((one) => placeOf(one, this.#joins).base)])
          this.#users.set(used, (this.#users.get(used) ?? new Set()).add(step));
      }
    return this.#users.get(node) ?? new Set();
  }
}

/** What the first item reaches of an array. */
interface ItemArray {
  readonly node: Node;
  readonly step: number;
  readonly bytes: number;
  /** Bytes reached again, after the first instruction that reaches them. */
  readonly reused: number;
  /** Whether no item reaches what another writes. */
  readonly isApart: boolean;
  /** Whether the items lie one after the other and are computed in the loop. */
  readonly fitsItem: boolean;
}
