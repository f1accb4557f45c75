/**
 * The third pass: puts kernels in order and decides where results go. An updated parameter is overwritten in place by the
 * kernel that computes its new value, after everything that reads the old one.
 */
import { apply, isApplication, type Node } from "../graph/node.ts";
import { randomBitsPrimitive, reshapePrimitive } from "../graph/primitives/index.ts";
import { sizeOf } from "../graph/shape.ts";
import type { BatchLoop } from "./batch-loops.ts";
import type { Graph, Update } from "./graph.ts";
import { type Kernel, membersOf, operandsOf, readsOfSteps, sourceOf, tailOf } from "./kernel.ts";
import { isContiguous, type Views } from "./view.ts";

/** Where a value must end up: an output's binding, or a parameter's. */
export type Target =
  | { readonly kind: "output"; readonly index: number }
  | { readonly kind: "parameter"; readonly node: Node };

/** Copies a value to its target, where no kernel could write it there itself. */
export interface Store {
  readonly value: Node;
  readonly target: Target;
}

export type Step =
  | { readonly kind: "kernel"; readonly kernel: Kernel }
  | { readonly kind: "batch"; readonly batch: BatchLoop }
  | { readonly kind: "store"; readonly store: Store };

export interface Schedule {
  readonly steps: readonly Step[];
  /** Values that are computed right where they belong. */
  readonly placed: ReadonlyMap<Node, Target>;
}

/**
 * Values of updates that are parameters themselves are copied first, so that two variables can exchange their values.
 */
export function stageUpdates(graph: Graph, views: Views): Graph {
  const updates = graph.updates.map(({ parameter, value }): Update => {
    if (views.of(value).base.primitive.kind !== "leaf") return { parameter, value };
    const staged = apply(reshapePrimitive, [value], { shape: value.shape });
    views.copy(staged);
    return { parameter, value: staged };
  });
  return { ...graph, updates };
}

/** One entry of the order being built, with the entries that must come before it. */
interface Entry {
  readonly step: Step;
  readonly reads: readonly Node[];
  /** Some of them perhaps more than once. */
  readonly after: Entry[];
  /** The least comes first. */
  priority: number;
  /** The search that has seen it last. */
  seen: number;
}

export function schedule(graph: Graph, kernels: readonly Kernel[], views: Views): Schedule {
  const entries: Entry[] = [];
  const producer = new Map<Node, Entry>();
  const readersOf = new Map<Node, Entry[]>();
  const add = (step: Step, reads: readonly Node[], priority: number): Entry => {
    const entry: Entry = { step, reads, after: [], priority, seen: 0 };
    entries.push(entry);
    for (const node of reads) {
      const readers = readersOf.get(node);
      if (readers) readers.push(entry);
      else readersOf.set(node, [entry]);
    }
    return entry;
  };
  for (const kernel of kernels) {
    const priority = membersOf(kernel).reduce((least, { id }) => Math.min(least, id), Number.POSITIVE_INFINITY);
    const entry = add({ kind: "kernel", kernel }, kernel.reads, priority);
    for (const output of kernel.outputs) producer.set(output, entry);
  }
  for (const entry of entries) dependOnReads(entry, producer);

  const placed = new Map<Node, Target>();
  const addStore = (value: Node, target: Target): Entry => {
    const step: Step = { kind: "store", store: { value, target } };
    const entry = add(step, [views.of(value).base], Number.POSITIVE_INFINITY);
    dependOnReads(entry, producer);
    return entry;
  };
  // Stores of outputs read parameters before these are overwritten, so they come first.
  const updated = new Set(graph.updates.map(({ value }) => value));
  for (const [index, node] of graph.outputs.entries()) {
    if (producer.has(node) && !placed.has(node) && !updated.has(node)) placed.set(node, { kind: "output", index });
    else addStore(node, { kind: "output", index });
  }
  let searches = 0;
  for (const { parameter, value } of graph.updates) {
    const target: Target = { kind: "parameter", node: parameter };
    const writer = producer.get(value);
    const readers = (readersOf.get(parameter) ?? []).filter((entry) => entry !== writer);
    if (
      writer &&
      !placed.has(value) &&
      canOverwrite(writer, parameter, views) &&
      !depend(readers, writer, ++searches)
    ) {
      placed.set(value, target);
      writer.after.push(...readers);
    } else {
      const store = addStore(value, target);
      for (const reader of readersOf.get(parameter) ?? []) if (reader !== store) store.after.push(reader);
    }
  }
  return { steps: inOrder(entries, placed).map(({ step }) => step), placed };
}

function dependOnReads(entry: Entry, producer: ReadonlyMap<Node, Entry>): void {
  for (const node of entry.reads) {
    const source = producer.get(node);
    if (source && source !== entry) entry.after.push(source);
  }
}

/** Whether the kernel reads the parameter only at the place that it writes next, or not at all. */
function canOverwrite({ step }: Entry, parameter: Node, views: Views): boolean {
  if (step.kind !== "kernel") return false;
  const { kernel } = step;
  if (!kernel.reads.includes(parameter)) return true;
  const { anchor } = kernel;
  // A head's operands, or the anchor's own, are read again and again in some other order.
  if (readsOfSteps(kernel.head, kernel.head, views).has(parameter)) return false;
  if (anchor && operandsOf(anchor, views).some(({ base }) => base === parameter)) return false;
  const inside = new Set(tailOf(kernel));
  return kernel.steps.every((node) =>
    node.inputs.every((_, index) => {
      const source = sourceOf(node, index, views, (other) => inside.has(other));
      if (source.kind !== "memory" || source.view.base !== parameter) return true;
      const inPlace =
        source.view.offset === 0 && isContiguous(source.view) && sizeOf(source.view.shape) === sizeOf(parameter.shape);
      return inPlace && !isApplication(node, randomBitsPrimitive);
    }),
  );
}

/** Whether any of the entries depends on the target, itself included. */
function depend(entries: readonly Entry[], target: Entry, search: number): boolean {
  const stack = [...entries];
  for (let current = stack.pop(); current; current = stack.pop()) {
    if (current === target) return true;
    if (current.seen === search) continue;
    current.seen = search;
    for (let index = 0; index < current.after.length; index++) stack.push(current.after[index] as Entry);
  }
  return false;
}

/**
 * A topological order. Among entries that are free, those come first that nobody waits for and that only update parameters: what they read was
 * mostly just computed, is in the caches still, and its memory is free afterwards. Then the one whose Nodes were built first.
 */
function inOrder(entries: readonly Entry[], placed: Schedule["placed"]): Entry[] {
  const waiting = new Map(entries.map((entry) => [entry, entry.after.length]));
  const followers = new Map<Entry, Entry[]>();
  for (const entry of entries)
    for (const before of entry.after) {
      const known = followers.get(before);
      if (known) known.push(entry);
      else followers.set(before, [entry]);
    }
  const updates = ({ step }: Entry) =>
    step.kind === "kernel" && step.kernel.outputs.every((output) => placed.get(output)?.kind === "parameter");
  for (const entry of entries) if (!followers.has(entry) && updates(entry)) entry.priority = Number.NEGATIVE_INFINITY;
  const free = entries.filter((entry) => entry.after.length === 0);
  const order: Entry[] = [];
  while (free.length > 0) {
    let best = 0;
    for (let index = 1; index < free.length; index++)
      if ((free[index] as Entry).priority < (free[best] as Entry).priority) best = index;
    const [entry] = free.splice(best, 1) as [Entry];
    order.push(entry);
    for (const follower of followers.get(entry) ?? []) {
      const left = (waiting.get(follower) as number) - 1;
      waiting.set(follower, left);
      if (left === 0) free.push(follower);
    }
  }
  if (order.length !== entries.length) throw new Error("compiler: kernels in a circle");
  return order;
}
