/**
 * A scan as a loop of the Program: its turn is compiled once, as a graph of its own, and runs over buffers that move from turn to
 * turn. So a Program's size does not depend on the length of a sequence.
 */

import { isApplication, type Node, topologicalOrder } from "../graph/node.ts";
import {
  matmulPrimitive,
  parameter,
  type ScanAttributes,
  type ScanBody,
  scanInputs,
} from "../graph/primitives/index.ts";
import { scanName } from "../graph/primitives/names.ts";
import { sizeOf, stridesOf } from "../graph/shape.ts";
import { type Graph, roots } from "./graph.ts";
import type { Instruction } from "./program.ts";
import type { ProgramBuilder } from "./program-builder.ts";
import { emitByRows } from "./scan-rows.ts";
import { ownView, type View, Views } from "./view.ts";

/** A state that a turn hands to the next. */
interface Carry {
  readonly leaf: Node;
  readonly next: Node;
  readonly initial: Node;
  /** Where it lives: one place that every turn overwrites, or, if some array of it is wanted, `length + 1` places one after the other. */
  readonly buffer: Node;
  readonly hasHistory: boolean;
}

/** A buffer that a turn sees at element `first` in the first turn, and `step` elements further in each that follows. */
export interface Moving {
  readonly base: Node;
  readonly first: number;
  readonly step: number;
}

/** The loops of scans: all results of a scan come from one. */
export type Loops = ReadonlyMap<Node, ScanLoop>;

/** Finds a graph's loops, and says where their results lie. */
export function findLoops(graph: Graph, views: Views): Loops {
  const byKey = new Map<string, ScanLoop>();
  const loops = new Map<Node, ScanLoop>();
  for (const node of topologicalOrder(roots(graph))) {
    if (!isApplication(node, scanName)) continue;
    const { body, reverse, result } = node.attributes;
    const key = `${node.inputs.map(({ id }) => id).join()};${reverse};${body.key}`;
    const loop = byKey.get(key) ?? new ScanLoop(node, views);
    byKey.set(key, loop);
    loops.set(node, loop);
    views.set(node, loop.viewOf(result));
  }
  return loops;
}

/** A scan and the buffers that it fills. Only what makes scans loads this file and what it imports; the other passes know its type. */
export class ScanLoop {
  readonly #scan: Node<ScanAttributes>;
  readonly carries: readonly Carry[];
  /** The array of each output; of those that are a carry, its buffer. */
  readonly #arrays: readonly Node[];

  constructor(scan: Node<ScanAttributes>, outside: Views) {
    this.#scan = scan;
    this.#layOutConstants(outside);
    const { body, length } = scan.attributes;
    const { initial } = scanInputs(scan.inputs, body);
    this.carries = body.carries.map((leaf, index): Carry => {
      const next = body.next[index] as Node;
      const hasHistory = body.outputs.some((output) => output === leaf || output === next);
      const buffer = parameter(hasHistory ? [length + 1, ...leaf.shape] : leaf.shape, leaf.dtype);
      return { leaf, next, initial: initial[index] as Node, buffer, hasHistory };
    });
    this.#arrays = body.outputs.map(
      (output) => this.#carryOf(output)?.buffer ?? parameter([length, ...output.shape], output.dtype),
    );
  }

  /** A constant matrix whose columns are not adjacent would be packed anew in each turn, where it multiplies from the right. */
  #layOutConstants(outside: Views): void {
    const { constants } = scanInputs(this.#scan.inputs, this.#body);
    for (const { primitive, inputs } of topologicalOrder(this.#body.results)) {
      if (primitive !== matmulPrimitive) continue;
      const matrix = constants[this.#body.constants.indexOf(inputs[1] as Node)];
      if (matrix && outside.of(matrix).strides.at(-1) !== 1) outside.copy(matrix);
    }
  }

  get #body(): ScanBody {
    return this.#scan.attributes.body;
  }

  /** Pushes its instructions: copies of the initial carries, the loop, and those of a turn. */
  emit(instructions: readonly Instruction[], builder: ProgramBuilder): void {
    emitByRows(instructions, builder);
  }

  get turns(): number {
    return this.#scan.attributes.length;
  }

  /** The carry of which an output is the history. */
  #carryOf(output: Node): Carry | undefined {
    return this.carries.find(({ leaf, next, hasHistory }) => hasHistory && (output === leaf || output === next));
  }

  /** Everything that it fills. */
  get buffers(): Node[] {
    return [...new Set([...this.carries.map(({ buffer }) => buffer), ...this.#arrays])];
  }

  /** Where the turns find a carry (`before` them) or leave it, in elements of its buffer. */
  #place({ leaf, hasHistory }: Carry, when: "before" | "after"): { first: number; step: number } {
    const size = sizeOf(leaf.shape);
    const later = when === "after" ? 1 : 0;
    if (!hasHistory) return { first: 0, step: 0 };
    return this.#scan.attributes.reverse
      ? { first: (this.turns - later) * size, step: -size }
      : { first: later * size, step: size };
  }

  /** Where its first turn finds a carry. */
  startOf(carry: Carry): View {
    return { ...ownView(carry.leaf), base: carry.buffer, offset: this.#place(carry, "before").first };
  }

  /** Where a result lies when all turns have run. */
  viewOf(result: number): View {
    const carry = this.carries[result];
    if (carry) {
      const { first, step } = this.#place(carry, "after");
      return { ...ownView(carry.leaf), base: carry.buffer, offset: first + step * (this.turns - 1) };
    }
    const output = this.#body.results[result] as Node;
    const base = this.#arrays[result - this.carries.length] as Node;
    const shape = [this.turns, ...output.shape];
    const history = this.#carryOf(output);
    const when = history?.leaf === output ? "before" : "after";
    const { first, step } = history ? this.#place(history, when) : { first: 0, step: 0 };
    return { base, offset: Math.min(first, first + step * (this.turns - 1)), shape, strides: stridesOf(shape) };
  }

  /**
   * One turn as a graph, with the places of its leaves and of its results.
   *
   * @param outside The views of the graph in which the scan stands.
   */
  turn(outside: Views): { graph: Graph; views: Views; leaves: Map<Node, Moving>; outputs: Moving[] } {
    const body = this.#body;
    const { reverse } = this.#scan.attributes;
    const { sequences, constants } = scanInputs(this.#scan.inputs, body);
    const views = new Views();
    const leaves = new Map<Node, Moving>();
    const moving = (elements: number, leaf: Node, place: Moving) => {
      const base = parameter([elements], leaf.dtype);
      leaves.set(base, place);
      return base;
    };
    for (const [index, leaf] of body.constants.entries()) views.set(leaf, outside.of(constants[index] as Node));
    for (const [index, leaf] of body.slices.entries()) {
      const { base, offset, strides } = outside.of(sequences[index] as Node);
      const [step = 0, ...inner] = strides;
      // The part of the buffer that one slice spans, from its lowest element to its highest.
      const reaches = leaf.shape.map((dimension, axis) => (dimension - 1) * (inner[axis] as number));
      const below = reaches.reduce((total, reach) => total + Math.min(reach, 0), 0);
      const span = reaches.reduce((total, reach) => total + Math.abs(reach), 1);
      const first = offset + below + (reverse ? step * (this.turns - 1) : 0);
      const slice = moving(span, leaf, { base, first, step: reverse ? -step : step });
      views.set(leaf, { base: slice, offset: -below, shape: leaf.shape, strides: inner });
    }
    const outputs: Moving[] = [];
    const results: Node[] = [];
    const updates: { parameter: Node; value: Node }[] = [];
    for (const carry of this.carries) {
      const { leaf, next, buffer } = carry;
      if (!carry.hasHistory) {
        views.set(leaf, { ...ownView(leaf), base: buffer });
        if (next !== leaf) updates.push({ parameter: buffer, value: next });
        continue;
      }
      const found = { base: buffer, ...this.#place(carry, "before") };
      views.set(leaf, { ...ownView(leaf), base: moving(sizeOf(leaf.shape), leaf, found) });
      results.push(next);
      outputs.push({ base: buffer, ...this.#place(carry, "after") });
    }
    for (const [index, output] of body.outputs.entries()) {
      if (this.#carryOf(output)) continue;
      const size = sizeOf(output.shape);
      results.push(output);
      outputs.push({
        base: this.#arrays[index] as Node,
        first: reverse ? size * (this.turns - 1) : 0,
        step: reverse ? -size : size,
      });
    }
    return { graph: { parameters: [], outputs: results, updates }, views, leaves, outputs };
  }
}
