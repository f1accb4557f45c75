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
  // Ascending, each once; there are few.
  const ascending = size > 1 ? [1, size] : size === 1 ? [1] : [size, 1];
  const add = (boundary: number) => {
    let at = ascending.length;
    while (at > 0 && (ascending[at - 1] as number) > boundary) at--;
    if (at === 0 || ascending[at - 1] !== boundary) ascending.splice(at, 0, boundary);
  };
  for (let access = 0; access < accesses.length; access++) {
    const walked = accesses[access] as readonly Loop[];
    let inside = 1;
    for (let index = walked.length - 1; index >= 0; index--) {
      inside *= (walked[index] as Loop).size;
      if (inside !== size) add(inside);
    }
  }
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
