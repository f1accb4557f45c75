/** The last pass: kernels in their order become instructions of a Program. */

import { formatSignature, type Node } from "../graph/node.ts";
import { sizeOf } from "../graph/shape.ts";
import type { BatchLoop } from "./batch-loops.ts";
import { KernelEmitter } from "./emit-kernel.ts";
import type { PlannedGraph, PlannedLoop } from "./planned.ts";
import type { Program } from "./program.ts";
import { ProgramBuilder } from "./program-builder.ts";
import type { ScanLoop } from "./scan-loop.ts";
import type { Store } from "./schedule.ts";
import { Scope } from "./scope.ts";
import { ownView } from "./view.ts";

export function emit(planned: PlannedGraph): Program {
  const { graph, memory } = planned;
  const builder = new ProgramBuilder();
  const scope = new Scope(builder, planned);
  // Every binding has its buffer, used or not, so that the engine can check all of them.
  for (const parameter of graph.parameters) scope.bufferOf(parameter);
  for (const [index, output] of graph.outputs.entries()) scope.bindingOf({ kind: "output", index }, output);
  new Emitter(builder, planned, scope).emit();
  return builder.program(memory, graph.parameters.length + graph.outputs.length);
}

class Emitter {
  readonly #builder: ProgramBuilder;
  readonly #planned: PlannedGraph;
  readonly #scope: Scope;
  readonly #kernels: KernelEmitter;

  constructor(builder: ProgramBuilder, planned: PlannedGraph, scope: Scope) {
    this.#builder = builder;
    this.#planned = planned;
    this.#scope = scope;
    const { views, joins } = planned;
    this.#kernels = new KernelEmitter({
      views,
      joins,
      bufferOf: scope.bufferOf,
      push: (name, label, words) => builder.push(name, label, words),
    });
  }

  emit(): void {
    for (const step of this.#planned.schedule.steps) {
      if (step.kind === "store") this.#store(step.store);
      else if (step.kind === "batch") this.#batch(step.batch);
      else {
        const { kernel } = step;
        const loop = this.#planned.loops.get(kernel);
        if (loop && kernel.loop) this.#loop(kernel.loop, loop);
        else this.#kernels.emit(kernel);
      }
    }
  }

  #store({ value, target }: Store): void {
    const view = this.#planned.views.of(value);
    const [to, name] = [
      this.#scope.bindingOf(target, value),
      target.kind === "output" ? `output ${target.index}` : "a variable",
    ];
    if (sizeOf(value.shape) > 0)
      this.#kernels.copyTo(view, to, 0, ownView(value), `copy ${formatSignature(value)} → ${name}`);
  }

  /** Instructions over one item, on buffers that move from item to item. */
  #batch({ instructions, turns }: BatchLoop): void {
    this.#builder.loop("parallelLoop", turns, `parallel loop of ${turns} turns`, () => {
      const moved = new Map<string, number>();
      const moves: number[] = [];
      const numberOf = (node: Node, step: number) => {
        const buffer = this.#scope.bufferOf(node);
        if (step === 0 || this.#builder.isPrivate(buffer)) return buffer;
        const key = `${buffer} by ${step}`;
        const known = moved.get(key);
        if (known !== undefined) return known;
        const number = this.#builder.sameBuffer(buffer);
        moved.set(key, number);
        moves.push(number, 0, step);
        return number;
      };
      for (const { opcode, label, words, buffers } of instructions) {
        const within = [...words];
        for (const { at, node, step } of buffers) within[at] = numberOf(node, step);
        this.#builder.push(opcode, label, within);
      }
      return moves;
    });
  }

  #loop(scan: ScanLoop, loop: PlannedLoop): void {
    const instructions = this.#builder.collect(() => this.#turns(scan, loop));
    scan.emit(instructions, this.#builder);
  }

  #turns(scan: ScanLoop, loop: PlannedLoop): void {
    for (const carry of scan.carries)
      this.#kernels.copy(
        this.#planned.views.of(carry.initial),
        scan.startOf(carry),
        `copy ${formatSignature(carry.leaf)} → carry`,
      );
    const within = new Scope(this.#builder, loop.turn, { scope: this.#scope, loop });
    this.#builder.loop("loop", scan.turns, `loop of ${scan.turns} turns`, () => {
      new Emitter(this.#builder, loop.turn, within).emit();
      return within.moves;
    });
  }
}
