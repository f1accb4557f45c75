/** Kernels: the loop nests that the passes after fusion put in order and turn into instructions. */

import { attributesIf, isApplication, type Node } from "../graph/node.ts";
import {
  argReducePrimitive,
  concatenatePrimitive,
  matmulPrimitive,
  padPrimitive,
  randomBitsPrimitive,
  reducePrimitive,
  reshapePrimitive,
} from "../graph/primitives/index.ts";
import {
  convolutionFilterGradientName,
  convolutionInputGradientName,
  convolutionName,
  scanName,
} from "../graph/primitives/names.ts";
import { sizeOf } from "../graph/shape.ts";
import { commonLoops } from "./loops.ts";
import type { ScanLoop } from "./scan-loop.ts";
import { constantValue } from "./simplify.ts";
import { collapse, type Input, type Loop, type Source, type View, type Views } from "./view.ts";

/** What a kernel adds up over the rows of a value while it computes that: see column-sums.ts. */
export interface ColumnSum {
  /** The reduction whose result it is. */
  readonly node: Node;
  /** Of the Program format: columnSumKind. */
  readonly kind: number;
  /** The kernel's anchor or one of its steps. */
  readonly value: Node;
}

/** One loop nest of the program. */
export interface Kernel {
  /** What has a loop of its own: a matmul, a reduction, a copied view …; undefined for a purely elementwise kernel. */
  readonly anchor: Node | undefined;
  /** What the anchor's loop computes besides its own value: the positions of a window's maxima, the buffers of a scan. */
  readonly others: readonly Node[];
  /** Of a scan. */
  readonly loop: ScanLoop | undefined;
  /** Elementwise Nodes, inputs first, that compute what a reduction reduces. */
  readonly head: readonly Node[];
  /** Elementwise Nodes, inputs first: the kernel itself or the tail of its anchor. */
  readonly steps: readonly Node[];
  readonly sums: readonly ColumnSum[];
  /** Values that others need, in memory; among them the results of sums. */
  readonly outputs: readonly Node[];
  /** Nodes whose buffers are read. */
  readonly reads: readonly Node[];
}

/** A kernel under construction. A Node may be a step of several: what is cheap is computed again rather than stored. */
export interface Group {
  anchor: Node | undefined;
  readonly others: readonly Node[];
  readonly loop: ScanLoop | undefined;
  head: readonly Node[];
  steps: readonly Node[];
  /** Steps that another kernel has too and stores where that is needed. */
  copies: ReadonlySet<Node>;
  /** The Nodes whose buffers it reads. */
  reads: ReadonlySet<Node>;
}

/** The Node behind reshapes: the one with the same elements in the same order. */
export function linear(node: Node): Node {
  let current = node;
  while (isApplication(current, reshapePrimitive)) current = current.inputs[0] as Node;
  return current;
}

const takesTail = [matmulPrimitive, convolutionName, convolutionInputGradientName, convolutionFilterGradientName].map(
  ({ name }) => name,
);
/** Whether elementwise steps can be computed from a kernel's result while that is hot. */
export function canHaveTail(anchor: Node): boolean {
  const reduction = attributesIf(anchor, reducePrimitive);
  if (!reduction) return takesTail.includes(anchor.primitive.name);
  return anchor.dtype === "float32" && reduction.kind !== "any" && reduction.kind !== "all";
}
/** Kernels that read their operands with any strides; all others want them row-major. */
export const takesStrides = [
  matmulPrimitive,
  reducePrimitive,
  argReducePrimitive,
  padPrimitive,
  concatenatePrimitive,
  scanName,
].map(({ name }) => name);

/** The source of input `index` of an elementwise Node, for a kernel whose registers hold the Nodes in `registers`. */
export function sourceOf(node: Node, index: number, views: Views, registers: (node: Node) => boolean): Source {
  const { constant, register, memory } = views.asInput(node.inputs[index] as Node, inputOf);
  if (constant) return constant;
  return !isApplication(node, randomBitsPrimitive) && registers(register.node) ? register : memory;
}

function inputOf(input: Node, views: Views): Input {
  const value = constantValue(input);
  const view = views.of(input);
  return {
    constant: value === undefined ? undefined : { kind: "constant", value },
    register: { kind: "register", node: linear(input) },
    memory: { kind: "memory", view, loops: collapse(view) },
  };
}

/** The operands that a kernel's anchor reads from memory. */
export function operandsOf(anchor: Node, views: Views): View[] {
  const copied = views.copied.get(anchor);
  return copied ? [copied] : anchor.inputs.map((input) => views.of(input));
}

export function isReduction(node: Node): boolean {
  return isApplication(node, reducePrimitive) || isApplication(node, argReducePrimitive);
}

export function membersOf({
  anchor,
  others,
  head,
  steps,
}: Pick<Kernel, "anchor" | "others" | "head" | "steps">): Node[] {
  return (anchor ? [anchor] : []).concat(others, head, steps);
}

/** The Nodes whose buffers steps read that hold `registers`. */
export function readsOfSteps(steps: readonly Node[], registers: readonly Node[], views: Views): Set<Node> {
  const bases = new Set<Node>();
  if (steps.length === 0) return bases;
  const members = new Set(registers);
  const isMember = (node: Node) => members.has(node);
  for (let at = 0; at < steps.length; at++) {
    const step = steps[at] as Node;
    for (let index = 0; index < step.inputs.length; index++) {
      const source = sourceOf(step, index, views, isMember);
      if (source.kind === "memory") bases.add(source.view.base);
    }
  }
  return bases;
}

/** What the registers of a kernel's steps, other than its head's, can hold. */
export function tailOf({ anchor, steps }: Pick<Kernel, "anchor" | "steps">): Node[] {
  return (anchor ? [anchor] : []).concat(steps);
}

/** The Nodes whose buffers a group reads. */
export function readsOf(group: Group, views: Views): Node[] {
  const { anchor, others, head, steps } = group;
  const operands = anchor && head.length === 0 ? operandsOf(anchor, views).map(({ base }) => base) : [];
  return [
    ...new Set([
      ...operands.filter((base) => base !== anchor && !others.includes(base)),
      ...readsOfSteps(head, head, views),
      ...readsOfSteps(steps, tailOf(group), views),
    ]),
  ];
}

/** The loops in which all accesses of a kernel's steps have strides; undefined if there are none. */
export function loopsOfSteps(
  steps: readonly Node[],
  size: number,
  views: Views,
  registers: (node: Node) => boolean,
  outputs: readonly Loop[][] = [],
): number[] | undefined {
  const accesses: (readonly Loop[])[] = [...outputs];
  for (const step of steps)
    for (let index = 0; index < step.inputs.length; index++) {
      const source = sourceOf(step, index, views, registers);
      if (source.kind === "memory" && !isApplication(step, randomBitsPrimitive)) accesses.push(source.loops);
    }
  return commonLoops(accesses, size);
}

/** The elements of the index space in which a kernel's steps run. */
export function spaceOf({ anchor, steps }: Pick<Kernel, "anchor" | "steps">): number {
  return sizeOf((anchor ?? (steps[0] as Node)).shape);
}
