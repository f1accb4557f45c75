/** Numbers for the buffers of a graph's values: those of a scan's turn lie within the graph around it. */
import { attributesIf, type Node } from "../graph/node.ts";
import { constantPrimitive } from "../graph/primitives/index.ts";
import type { PlannedGraph, PlannedLoop } from "./planned.ts";
import { type BufferEntry, countElements } from "./program.ts";
import type { ProgramBuilder } from "./program-builder.ts";
import type { Moving } from "./scan-loop.ts";
import type { Target } from "./schedule.ts";

/** The graph around the turn of a scan. */
interface Around {
  readonly scope: Scope;
  readonly loop: PlannedLoop;
}

export class Scope {
  readonly #builder: ProgramBuilder;
  readonly #planned: PlannedGraph;
  readonly #around: Around | undefined;
  readonly #numbers = new Map<Node | string, number>();
  /** Of the buffers that a loop moves: number, first, step. */
  readonly moves: number[] = [];

  constructor(builder: ProgramBuilder, planned: PlannedGraph, around?: Around) {
    this.#builder = builder;
    this.#planned = planned;
    this.#around = around;
  }

  readonly bufferOf = (node: Node): number => {
    const known = this.#numbers.get(node);
    if (known !== undefined) return known;
    const target = this.#planned.schedule.placed.get(node);
    const number = target ? this.bindingOf(target, node) : this.#find(node);
    this.#numbers.set(node, number);
    return number;
  };

  #find(node: Node): number {
    const { dtype } = node;
    const own = this.#planned.memory.privates.get(node);
    if (own) return this.#builder.buffer({ kind: "private", dtype, ...own });
    const place = this.#placeInArena(node);
    if (place !== undefined)
      return this.#builder.buffer({ kind: "arena", dtype, elements: countElements(node.shape), place });
    const moving = this.#around?.loop.leaves.get(node);
    if (moving) return this.#move(moving);
    return this.#around?.scope.bufferOf(node) ?? this.#builder.buffer(this.#describe(node));
  }

  /** In units of the Program's arena. */
  #placeInArena(node: Node): number | undefined {
    const offset = this.#planned.memory.offsets.get(node);
    if (offset === undefined || !this.#around) return offset;
    return offset + (this.#around.scope.#placeInArena(this.#around.loop.arena) ?? 0);
  }

  #move({ base, first, step }: Moving): number {
    const number = this.#builder.sameBuffer((this.#around as Around).scope.bufferOf(base));
    this.moves.push(number, first, step);
    return number;
  }

  /** A value from outside of the Program, or one without elements. */
  #describe(node: Node): BufferEntry {
    const { dtype } = node;
    const elements = countElements(node.shape);
    const parameter = this.#planned.graph.parameters.indexOf(node);
    if (parameter >= 0) return { kind: "binding", dtype, elements, place: parameter };
    const constant = attributesIf(node, constantPrimitive);
    if (constant) return { kind: "constant", dtype, elements, place: this.#builder.constant(constant.values, dtype) };
    return { kind: "arena", dtype, elements, place: 0 };
  }

  /** The buffer behind a target, one number for it however often it is named. */
  bindingOf(target: Target, like: Node): number {
    if (target.kind === "parameter") return this.bufferOf(target.node);
    const key = `output ${target.index}`;
    const known = this.#numbers.get(key);
    if (known !== undefined) return known;
    const number = this.#around
      ? this.#move(this.#around.loop.outputs[target.index] as Moving)
      : this.#builder.buffer({
          kind: "binding",
          dtype: like.dtype,
          elements: countElements(like.shape),
          place: this.#planned.graph.parameters.length + target.index,
        });
    this.#numbers.set(key, number);
    return number;
  }
}
