/**
 * Joins: a value that is only one part of a concatenation is computed right in its place in the joined array, one that is only
 * copied into another order right in that order, and nothing is copied. The gradients of an LSTM's gates and of attention's projections are such parts.
 */
import { isApplication, type Node } from "../graph/node.ts";
import { concatenatePrimitive, padPrimitive } from "../graph/primitives/index.ts";
import { sizeOf, stridesOf } from "../graph/shape.ts";
import type { Graph } from "./graph.ts";
import { canHaveTail, isReduction, type Kernel, loopsOfSteps, spaceOf, tailOf } from "./kernel.ts";
import { commonLoops } from "./loops.ts";
import { collapse, isContiguous, type Loop, ownView, reshapeStrides, type View, type Views } from "./view.ts";

/** For each value that lives inside another, where. */
export type Joins = ReadonlyMap<Node, View>;

/** Where a value is written: its place in a joined array, or a buffer of its own. */
export function placeOf(node: Node, joins: Joins): View {
  return joins.get(node) ?? ownView(node);
}

export function findJoins(graph: Graph, kernels: readonly Kernel[], views: Views): Joins {
  const producers = new Map<Node, Kernel>();
  const readers = new Map<Node, number>();
  for (const kernel of kernels) {
    for (const output of kernel.outputs) producers.set(output, kernel);
    for (const base of kernel.reads) readers.set(base, (readers.get(base) ?? 0) + 1);
  }
  const roots = new Set(
    [...graph.outputs, ...graph.updates.map(({ value }) => value)].map((node) => views.of(node).base),
  );
  // An array that overwrites a variable must not be begun before everybody has read the old value.
  const updated = new Set(graph.updates.map(({ value }) => value));
  const joins = new Map<Node, View>();
  const strided = new Map<Kernel, Loop[][]>();
  for (const { anchor } of kernels) {
    if (!anchor || !isApplication(anchor, concatenatePrimitive) || updated.has(anchor)) continue;
    const { axis } = anchor.attributes;
    const strides = stridesOf(anchor.shape);
    let from = 0;
    for (const input of anchor.inputs) {
      const { base, offset, ...rest } = views.of(input);
      const place: View = { base: anchor, offset: from * (strides[axis] as number), shape: input.shape, strides };
      from += input.shape[axis] as number;
      const isWhole =
        offset === 0 && sizeOf(base.shape) === sizeOf(input.shape) && isContiguous({ base, offset, ...rest });
      const usedOnce =
        readers.get(base) === 1 && anchor.inputs.filter((other) => views.of(other).base === base).length === 1;
      const producer = producers.get(base);
      if (!producer || !isWhole || !usedOnce || roots.has(base) || sizeOf(input.shape) === 0) continue;
      if (!canWriteTo(place, base, producer, strided, views)) continue;
      joins.set(base, place);
    }
  }
  // A copy that only puts the elements in another order is made by whoever computes them.
  for (const { anchor } of kernels) {
    const copied = anchor && views.copied.get(anchor);
    if (!copied || updated.has(anchor)) continue;
    const { base } = copied;
    const producer = producers.get(base);
    if (!producer || readers.get(base) !== 1 || roots.has(base) || joins.has(base)) continue;
    const place = placeThrough(copied, placeOf(anchor, joins));
    if (place && canWriteTo(place, base, producer, strided, views)) joins.set(base, place);
  }
  return joins;
}

/** Where the base of a copied view lies in the copy, if the view has each of its elements once. */
function placeThrough(copied: View, target: View): View | undefined {
  const axes = [...copied.shape.keys()].filter((axis) => copied.shape[axis] !== 1);
  const inOrder = axes.sort((a, b) => (copied.strides[b] as number) - (copied.strides[a] as number));
  const pick = (values: readonly number[]) => inOrder.map((axis) => values[axis] as number);
  const shape = pick(copied.shape);
  const isWhole =
    copied.offset === 0 &&
    sizeOf(copied.base.shape) === sizeOf(shape) &&
    isContiguous({ ...copied, shape, strides: pick(copied.strides) });
  const strides = reshapeStrides(target.shape, target.strides, copied.shape);
  return isWhole && strides ? { ...target, shape, strides: pick(strides) } : undefined;
}

/** Whether a kernel can write a value with the strides of its place. */
function canWriteTo(place: View, value: Node, producer: Kernel, strided: Map<Kernel, Loop[][]>, views: Views): boolean {
  const { anchor, loop, steps } = producer;
  if (loop) return false;
  if (anchor && (isApplication(anchor, concatenatePrimitive) || isApplication(anchor, padPrimitive))) return false;
  const loops = collapse(place);
  const isOneRun = loops.length === 0 || (loops.length === 1 && loops[0]?.stride === 1);
  if (isOneRun) return true;
  const copied = views.copied.get(value);
  if (copied) return commonLoops([collapse(copied), loops], sizeOf(value.shape)) !== undefined;
  // Only bodies write with strides, if these fit into one loop nest with what they read.
  const hasBody = steps.includes(value) || (value === anchor && canHaveTail(anchor) && !isReduction(anchor));
  if (!hasBody) return false;
  const members = new Set(tailOf(producer));
  const others = strided.get(producer) ?? [];
  const all = [...others, loops];
  if (!loopsOfSteps(steps, spaceOf(producer), views, (node) => members.has(node), all)) return false;
  strided.set(producer, all);
  return true;
}
