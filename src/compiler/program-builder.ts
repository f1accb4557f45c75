/** A Program under construction: its buffers, constants and instructions. */
import type { DType } from "../graph/dtype.ts";
import type { MemoryPlan } from "./plan.ts";
import { assemble, type BufferEntry, bitsOf, type Instruction, type opcode, type Program } from "./program.ts";

export class ProgramBuilder {
  readonly #buffers: BufferEntry[] = [];
  readonly #constants: number[] = [];
  readonly #instructions: Instruction[] = [];

  /** @returns The new buffer's number. */
  buffer(entry: BufferEntry): number {
    return this.#buffers.push(entry) - 1;
  }

  /** One more buffer over the memory of another, to be moved by a loop. */
  sameBuffer(number: number): number {
    return this.buffer(this.#buffers[number] as BufferEntry);
  }

  /** Whether a buffer is one that each worker has of its own in the turns of a parallel loop. */
  isPrivate(number: number): boolean {
    return this.#buffers[number]?.kind === "private";
  }

  /** @returns The place of the values in the constants. */
  constant(values: readonly number[], dtype: DType): number {
    const place = this.#constants.length;
    if (dtype === "float32" || dtype === "int32")
      for (const value of values) this.#constants.push(bitsOf(value, dtype));
    else {
      const bytes = new Uint8Array(Math.ceil(values.length / 4) * 4);
      bytes.set(values);
      this.#constants.push(...new Int32Array(bytes.buffer));
    }
    return place;
  }

  entry(number: number): BufferEntry {
    return this.#buffers[number] as BufferEntry;
  }

  /** Takes back what `emit` pushes. */
  collect(emit: () => void): Instruction[] {
    const at = this.#instructions.length;
    emit();
    return this.#instructions.splice(at);
  }

  push(name: keyof typeof opcode, label: string, words: readonly number[]): void {
    this.#instructions.push({ opcode: name, label, words });
  }

  /**
   * A loop over the instructions that `emitTurn` pushes; none if there are none.
   *
   * @param name A parallel loop's turns may run in any order and at the same time.
   * @param emitTurn Returns the moves: buffer, first, step, one after the other.
   */
  loop(name: "loop" | "parallelLoop", turns: number, label: string, emitTurn: () => readonly number[]): void {
    let moves: readonly number[] = [];
    const turn = this.collect(() => {
      moves = emitTurn();
    });
    if (turn.length === 0) return;
    this.push(name, label, [turns, turn.length, moves.length / 3, ...moves]);
    for (const instruction of turn) this.#instructions.push({ ...instruction, label: `  ${instruction.label}` });
  }

  program({ units, privateUnits }: MemoryPlan, bindings: number): Program {
    return assemble({
      buffers: this.#buffers,
      constants: this.#constants,
      instructions: this.#instructions,
      arenaUnits: units,
      privateUnits,
      bindings,
    });
  }
}
