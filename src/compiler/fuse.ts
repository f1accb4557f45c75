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
  loopsOfSteps,
  membersOf,
  operandsOf,
  readsOf,
  readsOfSteps,
  sourceOf,
  tailOf,
  takesStrides,
} from "./kernel.ts";
import { reductionOf } from "./loops.ts";
import { recomputeCheap } from "./recompute.ts";
import type { Loops } from "./scan-loop.ts";
import { collapse, type View, type Views } from "./view.ts";

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

class Fusion {
  readonly #views: Views;
  readonly #loops: Loops;
  readonly #roots: ReadonlySet<Node>;
  readonly #groupOf = new Map<Node, Group>();
  readonly #groups = new Set<Group>();
  readonly #reads = new WeakMap<Group, Node[]>();
  /** The lowest and the highest number of a group's Nodes. */
  readonly #spans = new WeakMap<Group, { readonly first: number; readonly last: number }>();

  constructor(stored: ReadonlySet<Node>, loops: Loops, views: Views) {
    this.#views = views;
    this.#loops = loops;
    this.#roots = stored;
  }

  add(node: Node): void {
    const { kind } = node.primitive;
    if (kind === "elementwise") this.#addStep(node);
    else if (kind === "kernel") this.#addAnchor(node);
    else if (this.#views.copied.has(node))
      this.#newGroup({ anchor: node, others: [], loop: undefined, head: [], steps: [], copies: new Set() });
  }

  #newGroup(group: Group): Group {
    this.#groups.add(group);
    let [first, last] = [Number.POSITIVE_INFINITY, 0];
    for (const node of membersOf(group)) {
      this.#groupOf.set(node, group);
      first = Math.min(first, node.id);
      last = Math.max(last, node.id);
    }
    this.#spans.set(group, { first, last });
    return group;
  }

  #addAnchor(node: Node): void {
    const loop = this.#loops.get(node);
    if (loop) {
      const others = loop.buffers;
      if (!this.#groupOf.has(others[0] as Node))
        this.#newGroup({ anchor: node, others, loop, head: [], steps: [], copies: new Set() });
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
        this.#newGroup({ anchor: node, others: [positions], loop: undefined, head: [], steps: [], copies: new Set() });
        return;
      }
    }
    this.#newGroup({ anchor: node, others: [], loop: undefined, head: [], steps: [], copies: new Set() });
  }

  /** Starts a group with the step and merges it with those of its producers as far as that is possible. */
  #addStep(node: Node): void {
    let group = this.#newGroup({
      anchor: undefined,
      others: [],
      loop: undefined,
      head: [],
      steps: [node],
      copies: new Set(),
    });
    const producers = new Set<Group>();
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

  /** Two groups as one, or undefined if that would make a cycle or cannot be one loop nest. */
  #merge(group: Group, other: Group): Group | undefined {
    if (group === other || (group.anchor && other.anchor)) return undefined;
    const anchored = group.anchor ? group : other;
    const steps = [...group.steps, ...other.steps].sort((a, b) => a.id - b.id);
    const merged: Group = {
      anchor: anchored.anchor,
      others: anchored.others,
      loop: undefined,
      head: [],
      steps,
      copies: new Set(),
    };
    const members = new Set([...steps, ...(merged.anchor ? [merged.anchor] : [])]);
    // What is read in another order than it is computed must be complete in memory first.
    if (readsItself(merged, members, this.#views)) return undefined;
    if (!loopsOfSteps(steps, sizeOf((steps[0] as Node).shape), this.#views, (node) => members.has(node)))
      return undefined;
    if (this.#reaches(group, other) || this.#reaches(other, group)) return undefined;
    this.#groups.delete(group);
    this.#groups.delete(other);
    return this.#newGroup(merged);
  }

  /** Whether `from` depends on `to` through a third group: one that has a Node after the first of `to`, since inputs have lower numbers. */
  #reaches(from: Group, to: Group): boolean {
    const first = this.#spans.get(to)?.first ?? 0;
    const seen = new Set<Group>([from, to]);
    const stack: Group[] = [];
    const push = (group: Group) => {
      if (seen.has(group) || (this.#spans.get(group)?.last ?? 0) < first) return;
      seen.add(group);
      stack.push(group);
    };
    this.#dependencies(from).forEach(push);
    for (let group = stack.pop(); group; group = stack.pop()) {
      const dependencies = this.#dependencies(group);
      if (dependencies.includes(to)) return true;
      dependencies.forEach(push);
    }
    return false;
  }

  #dependencies(group: Group): Group[] {
    let reads = this.#reads.get(group);
    if (!reads) {
      reads = readsOf(group, this.#views);
      this.#reads.set(group, reads);
    }
    return reads.flatMap((base) => this.#groupOf.get(base) ?? []);
  }

  /** Moves an elementwise kernel into the only reduction that uses it. */
  absorbHeads(): void {
    const readers = new Map<Node, Set<Group>>();
    for (const group of this.#groups)
      for (const base of readsOf(group, this.#views)) readers.set(base, (readers.get(base) ?? new Set()).add(group));
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

function readsItself({ anchor, steps }: Group, members: ReadonlySet<Node>, views: Views): boolean {
  if (anchor && operandsOf(anchor, views).some(({ base }) => members.has(base))) return true;
  return steps.some((step) =>
    step.inputs.some((_, index) => {
      const source = sourceOf(step, index, views, (node) => members.has(node));
      return source.kind === "memory" && members.has(source.view.base);
    }),
  );
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
