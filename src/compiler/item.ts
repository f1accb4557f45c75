/**
 * Instructions item by item: one over a batch as the same instruction over one item of it, where the items are independent and lie in equal
 * steps. It is the words that are cut, so that whatever the passes before have made of views, tails and places is in it already.
 */
import { greatestCommonDivisor, sizeOf } from "../graph/shape.ts";
import { accumulator, type Instruction, operator } from "./program.ts";

/** A view that an instruction reads or writes. Elements are counted from its buffer's first. */
export interface Access {
  /** Where its buffer's number stands in the words. */
  readonly at: number;
  readonly buffer: number;
  /** From an item to the next; 0 if all see the same elements. */
  readonly step: number;
  /** What the first item reaches: from `low` until before `high`. */
  readonly low: number;
  readonly high: number;
  readonly isWritten: boolean;
}

/** One item of an instruction: the first. */
export interface Item {
  readonly words: readonly number[];
  readonly accesses: readonly Access[];
}

/** An instruction that falls into items. */
export interface Divisible {
  readonly instruction: Instruction;
  /** Into how many: any divisor of this. */
  readonly items: number;
  /** A rough measure of its work: floating-point operations of products, and what other elements cost in terms of them. */
  readonly work: number;
  /** Of a single product: its rows. */
  readonly rows: number | undefined;
  itemOf(items: number): Item;
}

/** What a step over one element costs, in operations of a product. */
const stepWork = 8;

/**
 * How an instruction falls into items; undefined if it does not.
 *
 * @param byRows Whether the items of a single product are rows of it.
 */
export function divide(instruction: Instruction, byRows = false): Divisible | undefined {
  const reader = new Reader(instruction, byRows);
  return reader.read() && reader.items > 1 ? reader : undefined;
}

/** The loops of an index space, of which the outermost is the one to be cut. */
interface Loops {
  readonly dims: readonly number[];
  readonly outer: number;
}

/** A view with its outermost loop told apart: `low` and `high` are what it reaches in one turn of that. */
interface WholeAccess {
  readonly at: number;
  readonly buffer: number;
  readonly size: number;
  readonly stride: number;
  readonly low: number;
  readonly high: number;
  readonly isWritten: boolean;
}

/** A walk through an instruction's words that notes the outermost loop of each index space, and the views. */
class Reader implements Divisible {
  readonly instruction: Instruction;
  readonly #words: readonly number[];
  readonly #byRows: boolean;
  /** Where the sizes of outermost loops stand in the words. */
  readonly #cuts: number[] = [];
  readonly #accesses: WholeAccess[] = [];
  items = 0;
  work = 0;
  rows: number | undefined;

  constructor(instruction: Instruction, byRows: boolean) {
    this.instruction = instruction;
    this.#words = instruction.words;
    this.#byRows = byRows;
  }

  itemOf(items: number): Item {
    const words = [...this.#words];
    for (const at of this.#cuts) words[at] = (words[at] as number) / items;
    const accesses = this.#accesses.map(({ at, buffer, size, stride, low, high, isWritten }) => {
      const reach = (size / items - 1) * stride;
      const step = (size / items) * stride;
      return { at, buffer, step, low: low + Math.min(reach, 0), high: high + Math.max(reach, 0), isWritten };
    });
    return { words, accesses };
  }

  /** False if the instruction does not fall into items. */
  read(): boolean {
    switch (this.instruction.opcode) {
      case "map":
        return this.#body(0) !== undefined;
      case "matmul":
        return this.#matmul();
      case "reduce":
        return this.#reduce();
      case "copy":
        return this.#copy();
      case "fill":
        return this.#fill();
      default:
        return false;
    }
  }

  #word(at: number): number {
    return this.#words[at] as number;
  }

  #list(at: number, count: number): readonly number[] {
    return this.#words.slice(at, at + count);
  }

  /** Notes the outermost of several loops that stand at some place; undefined if there is none. */
  #loops(at: number, rank: number): Loops | undefined {
    const dims = this.#list(at, rank);
    const outer = dims.findIndex((size) => size !== 1);
    if (outer < 0) return undefined;
    this.#cuts.push(at + outer);
    this.items = greatestCommonDivisor(this.items, dims[outer] as number);
    return { dims, outer };
  }

  /** Notes a view over some loops, and further ones inside of these; all of it where none of these is `outer`. */
  #view(at: number, { dims, outer }: Loops, strides: readonly number[], isWritten: boolean): void {
    const buffer = this.#word(at);
    let low = this.#word(at + 1);
    let high = low + 1;
    for (let index = 0; index < dims.length; index++) {
      if (index === outer) continue;
      const reach = ((dims[index] as number) - 1) * (strides[index] as number);
      if (reach > 0) high += reach;
      else low += reach;
    }
    const size = dims[outer] ?? 1;
    const stride = strides[outer] ?? 0;
    this.#accesses.push({ at, buffer, size, stride, low, high, isWritten });
  }

  /** @returns Where the body ends; undefined if it does not fall into items. */
  #body(start: number): number | undefined {
    const rank = this.#word(start);
    const loops = this.#loops(start + 1, rank);
    if (!loops) return undefined;
    const elements = sizeOf(loops.dims);
    let at = start + 1 + rank;
    const views = (isWritten: boolean) => {
      const size = 2 + rank + (isWritten ? 1 : 0);
      const count = this.#word(at++);
      for (let index = 0; index < count; index++, at += size)
        if (this.#word(at) !== accumulator) this.#view(at, loops, this.#list(at + 2, rank), isWritten);
    };
    views(false);
    at += 1 + this.#word(at); // constants
    const steps = this.#word(++at);
    at++;
    for (let index = 0; index < steps; index++, at += 5) {
      const code = this.#word(at);
      if (code === operator.random) return undefined;
      if (code !== operator.iota) continue;
      // What depends on the index must be the same in every item.
      const periods = elements / (this.#word(at + 2) * this.#word(at + 3));
      if (!Number.isInteger(periods)) return undefined;
      this.items = greatestCommonDivisor(this.items, periods);
    }
    this.work += elements * stepWork * (1 + steps);
    views(true);
    return at;
  }

  #matmul(): boolean {
    const rank = this.#word(0);
    const loops = this.#loops(1, rank) ?? (this.#byRows ? this.#loops(1, rank + 1) : undefined);
    if (!loops) return false;
    const { outer } = loops;
    const dims = loops.dims.slice(0, rank);
    const [m, n, k] = this.#list(rank + 1, 3) as [number, number, number];
    if (outer === rank) this.rows = m;
    const operand = (at: number, rows: number, columns: number, outerOf: number) => {
      const strides = [...this.#list(at + 4, rank), ...this.#list(at + 2, 2)];
      this.#view(at, { dims: [...dims, rows, columns], outer: outerOf }, strides, false);
    };
    const a = rank + 5;
    const b = a + 4 + rank;
    operand(a, m, k, outer);
    operand(b, k, n, outer === rank ? -1 : outer);
    this.work += 2 * m * n * k * sizeOf(dims);
    // Column sums, which come after the body, are of the whole batch.
    return this.#body(b + 4 + rank) === this.#words.length;
  }

  #reduce(): boolean {
    const loops = this.#loops(1, 1);
    if (!loops) return false;
    const inner = this.#word(3);
    const hasTail = this.#word(4) === accumulator;
    if (!hasTail) this.#view(4, { dims: [...loops.dims, inner], outer: 0 }, [inner, 1], true);
    const end = this.#body(6);
    return end !== undefined && (!hasTail || this.#body(end) !== undefined);
  }

  #copy(): boolean {
    const rank = this.#word(0);
    const loops = this.#loops(1, rank);
    if (!loops) return false;
    const [source, target] = [1 + rank, 3 + 2 * rank];
    this.#view(source, loops, this.#list(source + 2, rank), false);
    this.#view(target, loops, this.#list(target + 2, rank), true);
    this.work += stepWork * sizeOf(loops.dims);
    return true;
  }

  #fill(): boolean {
    const loops = this.#loops(0, 1);
    if (!loops) return false;
    this.#view(1, loops, [1], true);
    this.work += stepWork * sizeOf(loops.dims);
    return true;
  }
}
