/**
 * The second pass: gathers Nodes into Kernels. Elementwise chains become one kernel with several outputs, join the tail of the matmul,
 * convolution or reduction whose result they use while it is hot, or move into the head of the reduction that consumes them.
 */

import { isApplication, type Node, topologicalOrder } from "../graph/node.ts";
import { randomBitsPrimitive } from "../graph/primitives/index.ts";
import { sizeOf } from "../graph/shape.ts";
import { Fusion } from "./fusion.ts";
import { type Graph, roots } from "./graph.ts";
import { type Group, type Kernel, linear, membersOf, readsOf, sourceOf, tailOf, takesStrides } from "./kernel.ts";
import { recomputeCheap } from "./recompute.ts";
import type { Loops } from "./scan-loop.ts";
import { collapse, isContiguous, type View, type Views } from "./view.ts";

export function fuse(graph: Graph, loops: Loops, views: Views): Kernel[] {
  const all = topologicalOrder(roots(graph));
  const order = all.filter((node) => sizeOf(node.shape) > 0);
  for (const node of order) {
    const { kind, name } = node.primitive;
    const isStep = kind === "elementwise";
    const needsOrder = (kind === "kernel" && !takesStrides.includes(name)) || isApplication(node, randomBitsPrimitive);
    for (let index = 0; index < node.inputs.length; index++) {
      const input = node.inputs[index] as Node;
      if (needsOrder) views.contiguous(input);
      else if (isStep && isScattered(views.of(input))) views.copy(input);
    }
    views.of(node);
  }
  // A root that is a view is stored from the buffer under it.
  const stored = new Set(roots(graph).map((node) => views.of(node).base));
  const fusion = new Fusion(stored, loops, views);
  for (const node of order) fusion.add(node);
  const readers = fusion.absorbHeads();
  const changed = recomputeCheap(fusion.groups, readers, stored, views);
  // What only arrays without elements are made of is computed for nothing, as is what is now repeated where it is used.
  return finishKernels(fusion.groups, order.length < all.length ? fusion.groups : changed, stored, views);
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
  if (sizeOf(view.shape) < largeView || isContiguous(view)) return false;
  const loops = collapse(view);
  return loops.every(({ stride }) => stride !== 0) && Math.abs(loops[loops.length - 1]?.stride ?? 1) >= farApart;
}

/**
 * Kernels with their outputs, the values that others read or that must be stored.
 *
 * @param wasteful Groups that may have steps that nobody needs any more: their kernels are without these.
 */
function finishKernels(
  groups: ReadonlySet<Group>,
  wasteful: ReadonlySet<Group>,
  stored: ReadonlySet<Node>,
  views: Views,
): Kernel[] {
  const used = new Set<Node>(stored);
  for (const { reads } of groups) for (const base of reads) used.add(base);
  const kernels: Kernel[] = [];
  for (const group of groups) {
    const { anchor, others, loop, copies } = group;
    const isOutput = (node: Node) => (used.has(node) && !copies.has(node)) || loop?.buffers.includes(node);
    const outputs = membersOf(group).filter(isOutput);
    if (outputs.length === 0) continue;
    const { head, steps } = wasteful.has(group) ? withoutWaste(group, outputs, views) : group;
    const reads = wasteful.has(group) ? readsOf({ ...group, head, steps }, views) : [...group.reads];
    kernels.push({ anchor, others, loop, head, steps, sums: [], outputs, reads });
  }
  return kernels;
}

function withoutWaste(group: Group, outputs: readonly Node[], views: Views): Pick<Group, "head" | "steps"> {
  const { anchor, head, steps } = group;
  return {
    head: anchor && head.length > 0 ? neededSteps(head, [linear(anchor.inputs[0] as Node)], head, views) : head,
    steps: neededSteps(steps, outputs, tailOf(group), views),
  };
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
