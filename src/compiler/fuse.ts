/**
 * The second pass: gathers Nodes into Kernels. Elementwise chains become one kernel with several outputs, join the tail of the
 * matmul or convolution whose result they use while it is hot, or move into the head of the reduction that consumes them.
 */
import { attributesIf, isApplication, type Node, topologicalOrder } from "../graph/node.ts";
import {
  argReducePrimitive,
  concatenatePrimitive,
  convolutionFilterGradientPrimitive,
  convolutionInputGradientPrimitive,
  convolutionPrimitive,
  matmulPrimitive,
  padPrimitive,
  randomBitsPrimitive,
  reducePrimitive,
  reshapePrimitive,
  windowArgMaxPrimitive,
  windowGatherPrimitive,
} from "../graph/primitives/index.ts";
import { sizeOf } from "../graph/shape.ts";
import { type Graph, roots } from "./graph.ts";
import { maxRank } from "./program.ts";
import { constantValue } from "./simplify.ts";
import { collapse, type Loop, type View, type Views } from "./view.ts";

/** One loop nest of the program. */
export interface Kernel {
  /** What has a loop of its own: a matmul, a reduction, a copied view …; undefined for a purely elementwise kernel. */
  readonly anchor: Node | undefined;
  /** Of a window's maximum: the positions, computed in the same pass as the values. */
  readonly positions: Node | undefined;
  /** Elementwise Nodes, inputs first: the kernel itself, the tail of its anchor, or the head of a reduction. */
  readonly steps: readonly Node[];
  /** Values that others need, in memory. */
  readonly outputs: readonly Node[];
  /** Nodes whose buffers are read. */
  readonly reads: readonly Node[];
}

/** Kernels under construction. */
interface Group {
  anchor: Node | undefined;
  positions: Node | undefined;
  steps: Node[];
}

/** The Node behind reshapes: the one with the same elements in the same order. */
export function linear(node: Node): Node {
  let current = node;
  while (isApplication(current, reshapePrimitive)) current = current.inputs[0] as Node;
  return current;
}

/** Where a fused kernel takes an input of one of its steps from. */
export type Source =
  | { readonly kind: "constant"; readonly value: number }
  | { readonly kind: "register"; readonly node: Node }
  | { readonly kind: "memory"; readonly view: View };

const takesTail = [
  matmulPrimitive,
  convolutionPrimitive,
  convolutionInputGradientPrimitive,
  convolutionFilterGradientPrimitive,
].map(({ name }) => name);
/** Kernels that read their operands with any strides; all others want them row-major. */
const takesStrides = [matmulPrimitive, reducePrimitive, argReducePrimitive, padPrimitive, concatenatePrimitive].map(
  ({ name }) => name,
);

/** The source of input `index` of an elementwise Node, for a kernel whose registers hold the Nodes in `registers`. */
export function sourceOf(node: Node, index: number, views: Views, registers: (node: Node) => boolean): Source {
  const input = node.inputs[index] as Node;
  const value = constantValue(input);
  if (value !== undefined) return { kind: "constant", value };
  const same = linear(input);
  if (!isApplication(node, randomBitsPrimitive) && registers(same)) return { kind: "register", node: same };
  return { kind: "memory", view: views.of(input) };
}

/** The operands that a kernel's anchor reads from memory. */
export function operandsOf(anchor: Node, views: Views): View[] {
  const copied = views.copied.get(anchor);
  return copied ? [copied] : anchor.inputs.map((input) => views.of(input));
}

export function fuse(graph: Graph, views: Views): Kernel[] {
  const order = topologicalOrder(roots(graph)).filter((node) => sizeOf(node.shape) > 0);
  for (const node of order) {
    for (const input of node.inputs) {
      const needsOrder = node.primitive.kind === "kernel" && !takesStrides.includes(node.primitive.name);
      if (needsOrder || isApplication(node, randomBitsPrimitive)) views.contiguous(input);
    }
    views.of(node);
  }
  const fusion = new Fusion(graph, views);
  for (const node of order) fusion.add(node);
  fusion.absorbHeads();
  return fusion.kernels();
}

class Fusion {
  readonly #views: Views;
  readonly #roots: ReadonlySet<Node>;
  readonly #groupOf = new Map<Node, Group>();
  readonly #groups = new Set<Group>();
  readonly #reads = new WeakMap<Group, Node[]>();

  constructor(graph: Graph, views: Views) {
    this.#views = views;
    // A root that is a view is stored from the buffer under it.
    this.#roots = new Set(roots(graph).map((node) => views.of(node).base));
  }

  add(node: Node): void {
    const { kind } = node.primitive;
    if (kind === "elementwise") this.#addStep(node);
    else if (kind === "kernel") this.#addAnchor(node);
    else if (this.#views.copied.has(node)) this.#newGroup({ anchor: node, positions: undefined, steps: [] });
  }

  #newGroup(group: Group): Group {
    this.#groups.add(group);
    for (const node of membersOf(group)) this.#groupOf.set(node, group);
    return group;
  }

  #addAnchor(node: Node): void {
    if (isApplication(node, windowGatherPrimitive)) {
      const [x, positions] = node.inputs as [Node, Node];
      const group = this.#groupOf.get(positions);
      if (
        group &&
        group.anchor === positions &&
        isApplication(positions, windowArgMaxPrimitive) &&
        positions.inputs[0] === x
      ) {
        // Values and positions of the maxima come from one pass.
        this.#groups.delete(group);
        this.#newGroup({ anchor: node, positions, steps: [] });
        return;
      }
    }
    this.#newGroup({ anchor: node, positions: undefined, steps: [] });
  }

  /** Starts a group with the step and merges it with those of its producers as far as that is possible. */
  #addStep(node: Node): void {
    let group = this.#newGroup({ anchor: undefined, positions: undefined, steps: [node] });
    const producers = new Set<Group>();
    for (const input of node.inputs) {
      const producer = this.#groupOf.get(linear(input));
      const joins =
        producer &&
        sizeOf(input.shape) === sizeOf(node.shape) &&
        (!producer.anchor || takesTail.includes(producer.anchor.primitive.name));
      if (joins && producer !== group) producers.add(producer);
    }
    // The latest anchor first: its result is the one still in cache.
    const latest = (candidate: Group) => (candidate.anchor ? candidate.anchor.id : -1);
    for (const producer of [...producers].sort((a, b) => latest(b) - latest(a)))
      group = this.#merge(group, producer) ?? group;
  }

  /** Two groups as one, or undefined if that would make a cycle or cannot be one loop nest. */
  #merge(group: Group, other: Group): Group | undefined {
    if (group === other || (group.anchor && other.anchor)) return undefined;
    const anchored = group.anchor ? group : other;
    const steps = [...group.steps, ...other.steps].sort((a, b) => a.id - b.id);
    const merged: Group = { anchor: anchored.anchor, positions: anchored.positions, steps };
    const members = new Set([...steps, ...(merged.anchor ? [merged.anchor] : [])]);
    const accesses: Loop[][] = [];
    for (const step of steps)
      for (let index = 0; index < step.inputs.length; index++) {
        const source = sourceOf(step, index, this.#views, (node) => members.has(node));
        if (source.kind !== "memory") continue;
        if (members.has(source.view.base)) return undefined; // it would need all of a value before the first is stored
        if (!isApplication(step, randomBitsPrimitive)) accesses.push(collapse(source.view));
      }
    if (merged.anchor && operandsOf(merged.anchor, this.#views).some(({ base }) => members.has(base))) return undefined;
    if (!commonLoops(accesses, sizeOf((steps[0] as Node).shape))) return undefined;
    if (this.#reaches(group, other) || this.#reaches(other, group)) return undefined;
    this.#groups.delete(group);
    this.#groups.delete(other);
    return this.#newGroup(merged);
  }

  /** Whether `from` depends on `to` through a third group. */
  #reaches(from: Group, to: Group): boolean {
    const seen = new Set<Group>([from, to]);
    const stack = this.#dependencies(from).filter((group) => group !== to);
    while (stack.length > 0) {
      const group = stack.pop() as Group;
      if (seen.has(group)) continue;
      seen.add(group);
      for (const next of this.#dependencies(group)) {
        if (next === to) return true;
        stack.push(next);
      }
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
      if (!isPrivate) continue;
      this.#groups.delete(head);
      group.steps = head.steps;
      for (const step of head.steps) this.#groupOf.set(step, group);
    }
  }

  kernels(): Kernel[] {
    const groups = [...this.#groups];
    const reads = new Map(groups.map((group) => [group, readsOf(group, this.#views)]));
    const used = new Set<Node>(this.#roots);
    for (const bases of reads.values()) for (const base of bases) used.add(base);
    return groups.map((group) => ({
      anchor: group.anchor,
      positions: group.positions,
      steps: group.steps,
      outputs: membersOf(group).filter((node) => used.has(node)),
      reads: reads.get(group) as Node[],
    }));
  }
}

function membersOf({ anchor, positions, steps }: Group): Node[] {
  return [...(anchor ? [anchor] : []), ...(positions ? [positions] : []), ...steps];
}

/** The Nodes whose buffers a group reads. */
function readsOf(group: Group, views: Views): Node[] {
  const members = new Set(membersOf(group));
  const bases = new Set<Node>();
  const { anchor, steps } = group;
  const isHead = anchor !== undefined && isReduction(anchor) && steps.length > 0;
  if (anchor && !isHead) for (const { base } of operandsOf(anchor, views)) if (!members.has(base)) bases.add(base);
  for (const step of steps)
    for (let index = 0; index < step.inputs.length; index++) {
      const source = sourceOf(step, index, views, (node) => members.has(node));
      if (source.kind === "memory") bases.add(source.view.base);
    }
  return [...bases];
}

export function isReduction(node: Node): boolean {
  return isApplication(node, reducePrimitive) || isApplication(node, argReducePrimitive);
}

/** A reduction as three loops, outer × reduced × inner, over the input with its axes in the order given. */
export interface ReductionLoops {
  readonly axes: readonly number[];
  readonly outer: number;
  readonly reduced: number;
  readonly inner: number;
  /** Whether the axes keep their order, so that a head's index space is the input's own. */
  readonly inOrder: boolean;
}

export function reductionOf(anchor: Node): ReductionLoops {
  const { shape } = anchor.inputs[0] as Node;
  const reduction = attributesIf(anchor, reducePrimitive);
  const argument = attributesIf(anchor, argReducePrimitive);
  const reducedAxes = reduction ? reduction.axes : argument ? [argument.axis] : [];
  // Axes of size 1 do not matter, so that the rest may be in one piece.
  const real = reducedAxes.filter((axis) => shape[axis] !== 1);
  const first = real[0] ?? 0;
  const last = real[real.length - 1] ?? -1;
  const inOrder = shape.slice(first, last + 1).every((size, index) => size === 1 || real.includes(first + index));
  const all = shape.map((_, axis) => axis);
  const size = (axes: readonly number[]) => sizeOf(axes.map((axis) => shape[axis] as number));
  if (inOrder)
    return {
      axes: all,
      outer: size(all.slice(0, first)),
      reduced: size(real),
      inner: size(all.slice(Math.max(first, last + 1))),
      inOrder,
    };
  const kept = all.filter((axis) => !reducedAxes.includes(axis));
  return { axes: [...kept, ...reducedAxes], outer: size(kept), reduced: size(reducedAxes), inner: 1, inOrder };
}

/**
 * The loops in which every access of a kernel over `size` elements has one stride for each, outermost first; undefined if
 * there are none. An access of fewer loops runs through several at once.
 */
export function commonLoops(accesses: readonly (readonly Loop[])[], size: number): number[] | undefined {
  const boundaries = new Set<number>([1, size]);
  for (const loops of accesses) {
    let inside = 1;
    for (let index = loops.length - 1; index >= 0; index--) {
      inside *= (loops[index] as Loop).size;
      boundaries.add(inside);
    }
  }
  const ascending = [...boundaries].sort((a, b) => a - b);
  const loops: number[] = [];
  for (let index = 1; index < ascending.length; index++) {
    const ratio = (ascending[index] as number) / (ascending[index - 1] as number);
    if (!Number.isInteger(ratio)) return undefined;
    loops.unshift(ratio);
  }
  return loops.length <= maxRank ? loops : undefined;
}

/** The strides of an access in the common loops. */
export function stridesIn(loops: readonly number[], access: readonly Loop[]): number[] {
  const strides = new Array<number>(loops.length).fill(0);
  let at = access.length - 1;
  let inside = 1; // elements within the part of the access loop already passed
  for (let index = loops.length - 1; index >= 0 && at >= 0; index--) {
    const loop = access[at] as Loop;
    strides[index] = loop.stride * inside;
    inside *= loops[index] as number;
    if (inside === loop.size) {
      inside = 1;
      at--;
    }
  }
  return strides;
}
