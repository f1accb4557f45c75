/**
 * The second pass: gathers Nodes into Kernels. Elementwise chains become one kernel with several outputs, join the tail of the matmul,
 * convolution or reduction whose result they use while it is hot, or move into the head of the reduction that consumes them.
 */

import { isApplication, type Node, topologicalOrder } from "../graph/node.ts";
import { randomBitsPrimitive } from "../graph/primitives/index.ts";
import { windowArgMaxName, windowGatherName } from "../graph/primitives/names.ts";
import { sizeOf } from "../graph/shape.ts";
import { type Graph, roots } from "./graph.ts";
import {
  canHaveTail,
  type Group,
  isReduction,
  type Kernel,
  linear,
  membersOf,
  operandsOf,
  readsOf,
  readsOfSteps,
  sourceOf,
  tailOf,
  takesStrides,
} from "./kernel.ts";
import { commonLoops, reductionOf } from "./loops.ts";
import { recomputeCheap } from "./recompute.ts";
import type { Loops } from "./scan-loop.ts";
import { collapse, type Loop, type View, type Views } from "./view.ts";

export function fuse(graph: Graph, loops: Loops, views: Views): Kernel[] {
  const order = topologicalOrder(roots(graph)).filter((node) => sizeOf(node.shape) > 0);
  for (const node of order) {
    for (const input of node.inputs) {
      const needsOrder: boolean = node.primitive.kind === "kernel" && !takesStrides.includes(node.primitive.name);
      if (needsOrder || isApplication(node, randomBitsPrimitive)) views.contiguous(input);
      else if (node.primitive.kind === "elementwise" && isScattered(views.of(input))) views.copy(input);
    }
    views.of(node);
  }
  // A root that is a view is stored from the buffer under it.
  const stored = new Set(roots(graph).map((node) => views.of(node).base));
  const fusion = new Fusion(stored, loops, views);
  for (const node of order) fusion.add(node);
  fusion.absorbHeads();
  recomputeCheap(fusion.groups, stored, views);
  return finishKernels(fusion.groups, stored, views);
}

/** Elements from which on a view may be too large for the caches that make it cheap to read out of order. */
const largeView = 1 << 17;
/** Elements: neighbours at this distance are on different cache lines. */
const farApart = 16;

/**
 * Whether an elementwise kernel would read a view element by element, each from another cache line: a large transposed array.
 * A copy, which knows how to transpose, is several times as fast, although it moves more.
 */
function isScattered(view: View): boolean {
  if (sizeOf(view.shape) < largeView) return false;
  const loops = collapse(view);
  return loops.every(({ stride }) => stride !== 0) && Math.abs(loops[loops.length - 1]?.stride ?? 1) >= farApart;
}

/** What a step of a group reads from memory. */
interface Read {
  /** If this Node were in the group, its register would be read instead; undefined where only memory will do. */
  readonly register: Node | undefined;
  readonly view: View;
  readonly loops: readonly Loop[];
}

/** A group with what is asked of it again and again while it grows. */
interface Draft extends Group {
  /** By its steps. */
  memory: readonly Read[];
  /** The lowest and the highest number of its Nodes. */
  first: number;
  last: number;
  /** The Nodes whose buffers it reads, once somebody has asked. */
  reads: readonly Node[] | undefined;
  /** The search that has seen it last. */
  seen: number;
}

class Fusion {
  readonly #views: Views;
  readonly #loops: Loops;
  readonly #roots: ReadonlySet<Node>;
  readonly #groupOf = new Map<Node, Draft>();
  readonly #groups = new Set<Draft>();
  #searches = 0;

  constructor(stored: ReadonlySet<Node>, loops: Loops, views: Views) {
    this.#views = views;
    this.#loops = loops;
    this.#roots = stored;
  }

  add(node: Node): void {
    const { kind } = node.primitive;
    if (kind === "elementwise") this.#addStep(node);
    else if (kind === "kernel") this.#addAnchor(node);
    else if (this.#views.copied.has(node)) this.#newGroup({ anchor: node });
  }

  #newGroup(parts: Partial<Group>): Draft {
    const group: Draft = {
      anchor: undefined,
      others: [],
      loop: undefined,
      head: [],
      steps: [],
      copies: new Set(),
      memory: [],
      first: Number.POSITIVE_INFINITY,
      last: 0,
      reads: undefined,
      seen: 0,
      ...parts,
    };
    this.#groups.add(group);
    for (const node of membersOf(group)) {
      this.#groupOf.set(node, group);
      group.first = Math.min(group.first, node.id);
      group.last = Math.max(group.last, node.id);
    }
    return group;
  }

  #addAnchor(node: Node): void {
    const loop = this.#loops.get(node);
    if (loop) {
      const others = loop.buffers;
      if (!this.#groupOf.has(others[0] as Node)) this.#newGroup({ anchor: node, others, loop });
      return;
    }
    if (isApplication(node, windowGatherName)) {
      const [x, positions] = node.inputs as [Node, Node];
      const group = this.#groupOf.get(positions);
      if (
        group &&
        group.anchor === positions &&
        isApplication(positions, windowArgMaxName) &&
        positions.inputs[0] === x
      ) {
        // Values and positions of the maxima come from one pass.
        this.#groups.delete(group);
        this.#newGroup({ anchor: node, others: [positions] });
        return;
      }
    }
    this.#newGroup({ anchor: node });
  }

  /** Starts a group with the step and merges it with those of its producers as far as that is possible. */
  #addStep(node: Node): void {
    let group = this.#newGroup({ steps: [node] });
    group.memory = this.#memoryOf(node);
    const producers = new Set<Draft>();
    for (const input of node.inputs) {
      const producer = this.#groupOf.get(linear(input));
      const joins =
        producer && sizeOf(input.shape) === sizeOf(node.shape) && (!producer.anchor || canHaveTail(producer.anchor));
      if (joins && producer !== group) producers.add(producer);
    }
    // The latest anchor first: its result is the one still in cache. Products before reductions, whose results are small mostly.
    const latest = ({ anchor }: Group) => (!anchor ? -2 : isReduction(anchor) ? -1 : anchor.id);
    for (const producer of [...producers].sort((a, b) => latest(b) - latest(a)))
      group = this.#merge(group, producer) ?? group;
  }

  /** What a step reads from memory as long as it is alone. */
  #memoryOf(step: Node): Read[] {
    const isRandom = isApplication(step, randomBitsPrimitive);
    return step.inputs.flatMap((input, index) => {
      const source = sourceOf(step, index, this.#views, () => false);
      if (source.kind !== "memory") return [];
      const { view, loops } = source;
      return [{ register: isRandom ? undefined : linear(input), view, loops: isRandom ? [] : loops }];
    });
  }

  /** Two groups as one, or undefined if that would make a cycle or cannot be one loop nest. */
  #merge(group: Draft, other: Draft): Draft | undefined {
    if (group === other || (group.anchor && other.anchor)) return undefined;
    const memory = this.#memoryTogether(group, other);
    if (!memory) return undefined;
    const size = sizeOf(((group.steps[0] ?? other.steps[0]) as Node).shape);
    const accesses = memory.map(({ loops }) => loops);
    if (!commonLoops(accesses, size)) return undefined;
    if (this.#reaches(group, other) || this.#reaches(other, group)) return undefined;
    const [small, large] = group.steps.length < other.steps.length ? [group, other] : [other, group];
    for (const node of membersOf(small)) this.#groupOf.set(node, large);
    large.anchor ??= small.anchor;
    if (small.others.length > 0) large.others = small.others;
    large.steps = inOrder(large.steps, small.steps);
    large.memory = memory;
    large.first = Math.min(group.first, other.first);
    large.last = Math.max(group.last, other.last);
    large.reads = undefined;
    // The one that grew last comes last.
    this.#groups.delete(group);
    this.#groups.delete(other);
    this.#groups.add(large);
    return large;
  }

  /** What the steps of two groups would read from memory as one; undefined if that were something that they compute. */
  #memoryTogether(group: Draft, other: Draft): Read[] | undefined {
    const isInside = (node: Node) => {
      const owner = this.#groupOf.get(node);
      return owner === group || owner === other;
    };
    // What is read in another order than it is computed must be complete in memory first.
    const anchor = group.anchor ?? other.anchor;
    if (anchor && operandsOf(anchor, this.#views).some(({ base }) => isInside(base))) return undefined;
    const memory: Read[] = [];
    for (const reads of [group.memory, other.memory])
      for (const read of reads) {
        if (read.register && isInside(read.register)) continue;
        if (isInside(read.view.base)) return undefined;
        memory.push(read);
      }
    return memory;
  }

  /** Whether `from` depends on `to` through a third group: one that has a Node after the first of `to`, since inputs have lower numbers. */
  #reaches(from: Draft, to: Draft): boolean {
    const search = ++this.#searches;
    from.seen = to.seen = search;
    const stack: Draft[] = [];
    const push = (node: Node) => {
      const group = this.#groupOf.get(node);
      if (!group || group.seen === search || group.last < to.first) return;
      group.seen = search;
      stack.push(group);
    };
    for (const node of this.#readsOf(from)) push(node);
    for (let group = stack.pop(); group; group = stack.pop())
      for (const node of this.#readsOf(group)) {
        if (this.#groupOf.get(node) === to) return true;
        push(node);
      }
    return false;
  }

  #readsOf(group: Draft): readonly Node[] {
    if (!group.reads) {
      const { anchor, others, memory } = group;
      const operands = anchor ? operandsOf(anchor, this.#views).map(({ base }) => base) : [];
      const own = operands.filter((base) => base !== anchor && !others.includes(base));
      group.reads = [...new Set([...own, ...memory.map(({ view }) => view.base)])];
    }
    return group.reads;
  }

  /** Moves an elementwise kernel into the only reduction that uses it. */
  absorbHeads(): void {
    const readers = new Map<Node, Set<Group>>();
    for (const group of this.#groups)
      for (const base of this.#readsOf(group)) readers.set(base, (readers.get(base) ?? new Set()).add(group));
    for (const group of [...this.#groups]) {
      const { anchor } = group;
      if (!anchor || !isReduction(anchor) || !reductionOf(anchor).inOrder) continue;
      const head = this.#groupOf.get(linear(anchor.inputs[0] as Node));
      if (!head || head.anchor) continue;
      const isPrivate = head.steps.every(
        (step) => !this.#roots.has(step) && [...(readers.get(step) ?? [])].every((reader) => reader === group),
      );
      const tailReads = readsOfSteps(group.steps, tailOf(group), this.#views);
      if (!isPrivate || head.steps.some((step) => tailReads.has(step))) continue;
      this.#groups.delete(head);
      group.head = head.steps;
      for (const step of head.steps) this.#groupOf.set(step, group);
    }
  }

  /** What has been gathered. */
  get groups(): ReadonlySet<Group> {
    return this.#groups;
  }
}

/** Two ascending lists as one. */
function inOrder(a: readonly Node[], b: readonly Node[]): Node[] {
  const merged: Node[] = [];
  let [i, j] = [0, 0];
  while (i < a.length || j < b.length) {
    const [left, right] = [a[i], b[j]];
    if (left && (!right || left.id < right.id)) {
      merged.push(left);
      i++;
    } else {
      merged.push(right as Node);
      j++;
    }
  }
  return merged;
}

/** Kernels with their outputs, the values that others read or that must be stored, and without steps that none of them needs. */
function finishKernels(groups: ReadonlySet<Group>, stored: ReadonlySet<Node>, views: Views): Kernel[] {
  const alive = [...groups];
  const used = new Set<Node>(stored);
  for (const group of alive) for (const base of readsOf(group, views)) used.add(base);
  return alive.flatMap((group): Kernel[] => {
    const isOutput = (node: Node) => (used.has(node) && !group.copies.has(node)) || group.loop?.buffers.includes(node);
    const outputs = membersOf(group).filter(isOutput);
    if (outputs.length === 0) return [];
    const { anchor, others, loop } = group;
    const steps = neededSteps(group.steps, outputs, tailOf(group), views);
    const head =
      anchor && group.head.length > 0
        ? neededSteps(group.head, [linear(anchor.inputs[0] as Node)], group.head, views)
        : [];
    return [{ anchor, others, loop, head, steps, outputs, reads: readsOf({ ...group, head, steps }, views) }];
  });
}

/** The steps on which outputs depend. */
function neededSteps(
  steps: readonly Node[],
  outputs: readonly Node[],
  registers: readonly Node[],
  views: Views,
): Node[] {
  const members = new Set(registers);
  const needed = new Set(outputs);
  for (const step of [...steps].reverse()) {
    if (!needed.has(step)) continue;
    for (let index = 0; index < step.inputs.length; index++) {
      const source = sourceOf(step, index, views, (node) => members.has(node));
      if (source.kind === "register") needed.add(source.node);
    }
  }
  return steps.filter((step) => needed.has(step));
}
