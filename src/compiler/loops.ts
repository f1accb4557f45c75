/** Loop nests: how a kernel runs through arrays that it sees with different strides. */
import { attributesIf, type Node } from "../graph/node.ts";
import { argReducePrimitive, reducePrimitive } from "../graph/primitives/index.ts";
import { sizeOf } from "../graph/shape.ts";
import { maxRank } from "./program.ts";
import type { Loop } from "./view.ts";

/** A reduction as three loops, outer × reduced × inner, over the input with its axes in the order given. */
export interface ReductionLoops {
  readonly axes: readonly number[];
  readonly outer: number;
  readonly reduced: number;
  readonly inner: number;
  /** Whether the axes keep their order, so that a head's index space is the input's own. */
  readonly inOrder: boolean;
}

const reductions = new WeakMap<Node, ReductionLoops>();

export function reductionOf(anchor: Node): ReductionLoops {
  const known = reductions.get(anchor);
  if (known) return known;
  const loops = findReduction(anchor);
  reductions.set(anchor, loops);
  return loops;
}

function findReduction(anchor: Node): ReductionLoops {
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

/** What lies inside of each loop of a nest, and in all of it: numbers of elements, ascending, each once. There are few. */
export type Boundaries = readonly number[];

/** Those of a single loop, or of none. */
export function boundariesOf(size: number): Boundaries {
  return size > 1 ? [1, size] : size === 1 ? [1] : [size, 1];
}

/** Adds those of an access, which starts no loop at all the elements of a nest. */
function addBoundaries(ascending: number[], walked: readonly Loop[], size: number): void {
  let inside = 1;
  for (let index = walked.length - 1; index >= 0; index--) {
    inside *= (walked[index] as Loop).size;
    if (inside === size) continue;
    let at = ascending.length;
    while (at > 0 && (ascending[at - 1] as number) > inside) at--;
    if (at === 0 || ascending[at - 1] !== inside) ascending.splice(at, 0, inside);
  }
}

/** Those of a nest in which further accesses have strides too; undefined if there is none. */
export function withAccesses(
  boundaries: Boundaries,
  accesses: readonly (readonly Loop[])[],
  size: number,
): Boundaries | undefined {
  const ascending = boundaries.slice();
  for (let index = 0; index < accesses.length; index++) addBoundaries(ascending, accesses[index] as Loop[], size);
  if (ascending.length > maxRank + 1) return undefined;
  for (let index = 1; index < ascending.length; index++)
    if ((ascending[index] as number) % (ascending[index - 1] as number) !== 0) return undefined;
  return ascending;
}

/**
 * The loops in which every access of a kernel over `size` elements has one stride for each, outermost first; undefined if
 * there are none. An access of fewer loops runs through several at once.
 */
export function commonLoops(accesses: readonly (readonly Loop[])[], size: number): number[] | undefined {
  const boundaries = withAccesses(boundariesOf(size), accesses, size);
  if (!boundaries) return undefined;
  const loops: number[] = [];
  for (let index = boundaries.length - 1; index > 0; index--)
    loops.push((boundaries[index] as number) / (boundaries[index - 1] as number));
  return loops;
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
