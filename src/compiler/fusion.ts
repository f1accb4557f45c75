/**
 * Groups of Nodes while fusion gathers them: which steps can join which others. A Node comes after all that it uses, so that a step joins the
 * groups of its producers as it comes; only where it has several do two groups that have grown already become one.
 */
import { isApplication, type Node } from "../graph/node.ts";
import { randomBitsPrimitive } from "../graph/primitives/index.ts";
import { windowArgMaxName, windowGatherName } from "../graph/primitives/names.ts";
import { sizeOf } from "../graph/shape.ts";
import {
  canHaveTail,
  type Group,
  isReduction,
  linear,
  membersOf,
  operandsOf,
  readsOfSteps,
  sourceOf,
  tailOf,
} from "./kernel.ts";
import { type Boundaries, boundariesOf, reductionOf, withAccesses } from "./loops.ts";
import type { Loops } from "./scan-loop.ts";
import type { Loop, View, Views } from "./view.ts";

/** What a step of a group reads from memory. */
interface Read {
  /** If this Node were in the group, its register would be read instead; undefined where only memory will do. */
  readonly register: Node | undefined;
  readonly view: View;
  readonly loops: readonly Loop[];
}

/** A group with what is asked of it again and again while it grows. */
interface Draft extends Group {
  steps: Node[];
  reads: Set<Node>;
  /** By its steps. */
  memory: Read[];
  /** Of the loops of its steps; undefined where a step by itself has none in which all that it reads has strides. */
  boundaries: Boundaries | undefined;
  /** The lowest and the highest number of its Nodes. */
  first: number;
  last: number;
  /** The search that has seen it last. */
  seen: number;
}

const none: readonly Node[] = [];
const noCopies: ReadonlySet<Node> = new Set();
const inNoRegister = () => false;

export class Fusion {
  readonly #views: Views;
  readonly #loops: Loops;
  readonly #roots: ReadonlySet<Node>;
  readonly #groupOf = new Map<Node, Draft>();
  readonly #groups = new Set<Draft>();
  #searches = 0;

  /** @param roots What must be stored. */
  constructor(roots: ReadonlySet<Node>, loops: Loops, views: Views) {
    this.#views = views;
    this.#loops = loops;
    this.#roots = roots;
  }

  /** Takes in a Node, all of whose inputs were taken in before. */
  add(node: Node): void {
    const { kind } = node.primitive;
    if (kind === "elementwise") this.#addStep(node);
    else if (kind === "kernel") this.#addAnchor(node);
    else if (this.#views.copied.has(node)) this.#newGroup(node);
  }

  #newGroup(anchor: Node | undefined, others = none, loop: Group["loop"] = undefined): Draft {
    const group: Draft = {
      anchor,
      others,
      loop,
      head: none,
      steps: [],
      copies: noCopies,
      reads: new Set(),
      memory: [],
      boundaries: boundariesOf(anchor ? sizeOf(anchor.shape) : 0),
      first: Number.POSITIVE_INFINITY,
      last: 0,
      seen: 0,
    };
    this.#groups.add(group);
    if (!anchor) return group;
    for (const { base } of operandsOf(anchor, this.#views))
      if (base !== anchor && !others.includes(base)) group.reads.add(base);
    this.#own(anchor, group);
    for (const other of others) this.#own(other, group);
    return group;
  }

  #own(node: Node, group: Draft): void {
    this.#groupOf.set(node, group);
    if (node.id < group.first) group.first = node.id;
    if (node.id > group.last) group.last = node.id;
  }

  #addAnchor(node: Node): void {
    const loop = this.#loops.get(node);
    if (loop) {
      const others = loop.buffers;
      if (!this.#groupOf.has(others[0] as Node)) this.#newGroup(node, others, loop);
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
        this.#newGroup(node, [positions]);
        return;
      }
    }
    this.#newGroup(node);
  }

  /** Adds a step to the group of a producer and merges that with those of its others, as far as that is possible; else it starts its own. */
  #addStep(node: Node): void {
    const memory = this.#memoryOf(node);
    let group: Draft | undefined;
    const producers = this.#producersOf(node);
    for (let index = 0; index < producers.length; index++) {
      const producer = producers[index] as Draft;
      if (group) group = this.#merge(group, producer) ?? group;
      else if (this.#append(producer, node, memory)) group = producer;
    }
    if (group) return;
    const alone = this.#newGroup(undefined);
    const size = sizeOf(node.shape);
    this.#grow(alone, node, memory, withAccesses(boundariesOf(size), memory.map(loopsOf), size));
  }

  /** The groups that a step may join, the latest anchor first: its result is the one still in cache. */
  #producersOf(node: Node): Draft[] {
    const producers: Draft[] = [];
    const size = sizeOf(node.shape);
    for (let index = 0; index < node.inputs.length; index++) {
      const input = node.inputs[index] as Node;
      const producer = this.#groupOf.get(linear(input));
      if (!producer || producers.includes(producer) || sizeOf(input.shape) !== size) continue;
      if (!producer.anchor || canHaveTail(producer.anchor)) producers.push(producer);
    }
    return producers.length > 1 ? producers.sort((a, b) => lateness(b) - lateness(a)) : producers;
  }

  /** What a step reads from memory as long as it is alone. */
  #memoryOf(step: Node): Read[] {
    const isRandom = isApplication(step, randomBitsPrimitive);
    const memory: Read[] = [];
    for (let index = 0; index < step.inputs.length; index++) {
      const source = sourceOf(step, index, this.#views, inNoRegister);
      if (source.kind !== "memory") continue;
      const { view, loops } = source;
      const register = isRandom ? undefined : linear(step.inputs[index] as Node);
      memory.push({ register, view, loops: isRandom ? [] : loops });
    }
    return memory;
  }

  /** Adds a step that nothing uses yet; false if it reads what must be complete before, or cannot be in the group's loop nest. */
  #append(group: Draft, step: Node, memory: readonly Read[]): boolean {
    if (!group.boundaries) return false;
    const added: Read[] = [];
    for (let index = 0; index < memory.length; index++) {
      const read = memory[index] as Read;
      if (read.register && this.#groupOf.get(read.register) === group) continue;
      if (this.#groupOf.get(read.view.base) === group) return false;
      added.push(read);
    }
    const boundaries = withAccesses(group.boundaries, added.map(loopsOf), sizeOf(step.shape));
    if (!boundaries || this.#reaches(added.map(baseOf), undefined, group)) return false;
    this.#grow(group, step, added, boundaries);
    return true;
  }

  #grow(group: Draft, step: Node, memory: readonly Read[], boundaries: Boundaries | undefined): void {
    let at = group.steps.length;
    while (at > 0 && (group.steps[at - 1] as Node).id > step.id) at--;
    if (at === group.steps.length) group.steps.push(step);
    else group.steps.splice(at, 0, step);
    for (let index = 0; index < memory.length; index++) {
      const read = memory[index] as Read;
      group.memory.push(read);
      group.reads.add(read.view.base);
    }
    group.boundaries = boundaries;
    this.#own(step, group);
    this.#placeLast(group);
  }

  /** The group that grew last comes last. */
  #placeLast(group: Draft): void {
    this.#groups.delete(group);
    this.#groups.add(group);
  }

  /** Two groups as one, or undefined if that would make a cycle or cannot be one loop nest. */
  #merge(group: Draft, other: Draft): Draft | undefined {
    if (group === other || (group.anchor && other.anchor)) return undefined;
    const memory = this.#memoryTogether(group, other);
    if (!memory) return undefined;
    const size = sizeOf((group.steps[0] as Node).shape);
    const boundaries = withAccesses(boundariesOf(size), memory.map(loopsOf), size);
    if (!boundaries) return undefined;
    if (this.#reaches(group.reads, group, other) || this.#reaches(other.reads, other, group)) return undefined;
    const [small, large] = group.steps.length < other.steps.length ? [group, other] : [other, group];
    large.anchor ??= small.anchor;
    large.reads = new Set(memory.map(baseOf));
    if (large.anchor) for (const { base } of operandsOf(large.anchor, this.#views)) large.reads.add(base);
    large.steps = inOrder(large.steps, small.steps);
    large.memory = memory;
    large.boundaries = boundaries;
    for (const node of membersOf(small)) this.#own(node, large);
    this.#groups.delete(small);
    this.#placeLast(large);
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

  /**
   * Whether what reads some buffers depends on `to` through a group that is neither `to` nor `from`: one that has a Node after the first of
   * `to`, since inputs have lower numbers.
   */
  #reaches(reads: Iterable<Node>, from: Draft | undefined, to: Draft): boolean {
    const search = ++this.#searches;
    to.seen = search;
    if (from) from.seen = search;
    const stack: Draft[] = [];
    const push = (node: Node) => {
      const group = this.#groupOf.get(node);
      if (!group || group.seen === search || group.last < to.first) return;
      group.seen = search;
      stack.push(group);
    };
    for (const node of reads) push(node);
    for (let group = stack.pop(); group; group = stack.pop())
      for (const node of group.reads) {
        if (this.#groupOf.get(node) === to) return true;
        push(node);
      }
    return false;
  }

  /** Moves an elementwise kernel into the only reduction that uses it. @returns Which groups read each computed value. */
  absorbHeads(): Map<Node, Set<Group>> {
    const readers = this.#readers();
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
      group.reads = new Set([...head.reads, ...tailReads]);
      for (const step of head.steps) {
        this.#groupOf.set(step, group);
        readers.delete(step);
      }
      for (const base of head.reads) {
        readers.get(base)?.delete(head);
        readers.get(base)?.add(group);
      }
    }
    return readers;
  }

  #readers(): Map<Node, Set<Group>> {
    const readers = new Map<Node, Set<Group>>();
    for (const group of this.#groups)
      for (const base of group.reads) {
        if (base.primitive.kind === "leaf") continue;
        const known = readers.get(base);
        if (known) known.add(group);
        else readers.set(base, new Set([group]));
      }
    return readers;
  }

  /** What has been gathered. */
  get groups(): ReadonlySet<Group> {
    return this.#groups;
  }
}

function loopsOf({ loops }: Read): readonly Loop[] {
  return loops;
}

function baseOf({ view }: Read): Node {
  return view.base;
}

/** Products before reductions, whose results are small mostly; of each kind the latest. */
function lateness({ anchor }: Group): number {
  return !anchor ? -2 : isReduction(anchor) ? -1 : anchor.id;
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
