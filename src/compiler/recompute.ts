/**
 * What is cheaper to compute again than to store: a step whose inputs lie in memory anyway is repeated in the kernels that use
 * it, where writing its value and reading it back would move more bytes. Batch normalization's centred input is one of these.
 */

import { bytesPerElement } from "../graph/dtype.ts";
import type { Node } from "../graph/node.ts";
import { sizeOf } from "../graph/shape.ts";
import {
  type Group,
  isReduction,
  linear,
  loopsOfSteps,
  membersOf,
  operandsOf,
  readsOfSteps,
  sourceOf,
  spaceOf,
  tailOf,
} from "./kernel.ts";
import { reductionOf } from "./loops.ts";
import type { Views } from "./view.ts";

/** Steps of a cycle or two for a vector of elements. */
const cheap = new Set([
  "negative",
  "abs",
  "add",
  "subtract",
  "multiply",
  "maximum",
  "minimum",
  "equal",
  "notEqual",
  "less",
  "lessEqual",
  "and",
  "or",
  "xor",
  "select",
  "cast",
]);
const maxSteps = 6;
/** A step over one element takes about as long as moving this many bytes. */
const bytesPerStep = 0.5;
/** A line that is written is usually read first. */
const writeCost = 2;

/** The steps that compute a Node from values in memory, and the arrays of its own size that they read. */
interface Recipe {
  readonly steps: ReadonlySet<Node>;
  readonly bases: ReadonlySet<Node>;
  /** Those of the arrays that are not in memory, since they were only registers so far, and take long to compute. */
  readonly dear: ReadonlySet<Node>;
}

/** A value that others read. */
interface Candidate {
  readonly node: Node;
  readonly owner: Group;
  /** As long as nothing has been repeated. */
  readonly recipe: Recipe | undefined;
}

/**
 * @param readers Which groups read each computed value; kept true.
 * @returns The groups that have other steps now, or steps that others no longer need.
 */
export function recomputeCheap(
  groups: ReadonlySet<Group>,
  readers: Map<Node, Set<Group>>,
  stored: ReadonlySet<Node>,
  views: Views,
): ReadonlySet<Group> {
  const addReader = (base: Node, group: Group) => {
    const known = readers.get(base);
    if (known) known.add(group);
    else readers.set(base, new Set([group]));
  };
  const isRead = (node: Node) => readers.has(node);
  const isStored = (node: Node) => node.primitive.kind === "leaf" || stored.has(node) || isRead(node);

  const candidates: Candidate[] = [];
  for (const owner of groups)
    for (const node of owner.steps)
      if (isRead(node) && cheap.has(node.primitive.name) && !stored.has(node))
        candidates.push({ node, owner, recipe: recipeOf(node, isStored, views) });
  candidates.sort((a, b) => a.node.id - b.node.id);
  const worthStoring = sharedSources(candidates);
  const changed = new Set<Group>();
  for (const { node, owner, recipe: first } of candidates) {
    // What is repeated elsewhere has other values stored in its place.
    const recipe = changed.size === 0 ? first : recipeOf(node, isStored, views);
    if (!recipe || ![...recipe.dear].every((source) => worthStoring.has(source))) continue;
    const users = [...(readers.get(node) ?? [])];
    if (!isWorthIt(node, recipe, users) || !users.every((user) => readsInOrder(user, node, views))) continue;
    const extended = users.map((user) => withSteps(user, recipe.steps));
    if (!extended.every((group, index) => hasLoops(group, users[index] as Group, views))) continue;
    changed.add(owner);
    for (const [index, user] of users.entries()) {
      const { head, steps } = extended[index] as Group;
      const members = membersOf(user);
      const added = [...recipe.steps].filter((step) => !members.includes(step));
      user.copies = new Set([...user.copies, ...added]);
      user.head = head;
      user.steps = steps;
      const reads = new Set(user.reads);
      for (const step of recipe.steps) reads.delete(step);
      for (const base of readsOfSteps(added, isHeaded(user) ? head : tailOf(user), views)) {
        reads.add(base);
        addReader(base, user);
      }
      user.reads = reads;
      changed.add(user);
    }
    readers.delete(node);
  }
  return changed;
}

/**
 * Values to store in place of several that are computed from them: of a hyperbolic tangent t, whose gradient needs 1 + t and
 * 1 - t², only t.
 */
function sharedSources(candidates: readonly Candidate[]): ReadonlySet<Node> {
  const uses = new Map<Node, number>();
  for (const { recipe } of candidates)
    for (const source of recipe?.dear ?? []) uses.set(source, (uses.get(source) ?? 0) + 1);
  return new Set([...uses].flatMap(([source, count]) => (count > 1 ? [source] : [])));
}

/** With more steps: in its head, if it is a reduction. */
function withSteps(group: Group, added: ReadonlySet<Node>): Group {
  const merge = (steps: readonly Node[]) => [...new Set([...steps, ...added])].sort((a, b) => a.id - b.id);
  return isHeaded(group) ? { ...group, head: merge(group.head) } : { ...group, steps: merge(group.steps) };
}

function isHeaded({ anchor }: Group): boolean {
  return anchor !== undefined && isReduction(anchor);
}

function hasLoops(changed: Group, before: Group, views: Views): boolean {
  const { anchor, head, steps } = changed;
  const [added, size, registers] =
    anchor && isHeaded(changed)
      ? [head, sizeOf((anchor.inputs[0] as Node).shape), head]
      : [steps, spaceOf(before), tailOf(changed)];
  const members = new Set(registers);
  return loopsOfSteps(added, size, views, (node) => members.has(node)) !== undefined;
}

/** Whether a kernel takes every element of a Node at that element's own index, so that it could compute it itself. */
function readsInOrder(user: Group, node: Node, views: Views): boolean {
  const { anchor, head, steps } = user;
  const isHead = anchor !== undefined && isReduction(anchor);
  if (anchor && !isHead && operandsOf(anchor, views).some(({ base }) => base === node)) return false;
  if (isHead && readsOfSteps(steps, tailOf(user), views).has(node)) return false;
  if (isHead && head.length === 0) return reductionOf(anchor).inOrder && linear(anchor.inputs[0] as Node) === node;
  if (anchor && !isHead && steps.length === 0) return false;
  const members = new Set(isHead ? head : tailOf(user));
  const size = isHead ? sizeOf((anchor.inputs[0] as Node).shape) : spaceOf(user);
  return (isHead ? head : steps).every((step) =>
    step.inputs.every((input, index) => {
      if (views.of(input).base !== node) return true;
      const source = sourceOf(step, index, views, (other) => members.has(other));
      if (source.kind !== "memory" || source.view.base !== node) return true;
      return (
        sourceOf(step, index, views, (other) => other === node).kind === "register" && sizeOf(input.shape) === size
      );
    }),
  );
}

function recipeOf(node: Node, isStored: (node: Node) => boolean, views: Views): Recipe | undefined {
  const steps = new Set<Node>();
  const bases = new Set<Node>();
  const dear = new Set<Node>();
  const visit = (step: Node): boolean => {
    if (!cheap.has(step.primitive.name) || steps.size >= maxSteps) return false;
    steps.add(step);
    return step.inputs.every((_, index) => {
      const source = sourceOf(
        step,
        index,
        views,
        (other) => other.primitive.kind !== "view" && sizeOf(other.shape) === sizeOf(node.shape),
      );
      if (source.kind === "constant") return true;
      const base = source.kind === "register" ? source.node : source.view.base;
      if (isStored(base) || source.kind === "memory") {
        if (sizeOf(base.shape) * 4 > sizeOf(node.shape)) bases.add(base);
        return true;
      }
      if (base.primitive.kind !== "elementwise" || base.inputs.length === 0) return false;
      if (cheap.has(base.primitive.name)) return steps.has(base) || visit(base);
      dear.add(base);
      bases.add(base);
      return true;
    });
  };
  return visit(node) ? { steps, bases, dear } : undefined;
}

function isWorthIt(node: Node, { steps, bases }: Recipe, users: readonly Group[]): boolean {
  const bytes = (value: Node) => sizeOf(value.shape) * bytesPerElement[value.dtype];
  const storing = bytes(node) * (writeCost + users.length);
  let computing = 0;
  for (const user of users) {
    const members = membersOf(user);
    for (const base of bases) if (!user.reads.has(base) && !members.includes(base)) computing += bytes(base);
    computing += steps.size * bytesPerStep * sizeOf(node.shape);
  }
  return computing < storing;
}
