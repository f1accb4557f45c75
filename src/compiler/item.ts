/**
 * Instructions item by item: one over a batch as the same instruction over one item of it, where the items are independent and lie in equal
 * steps. It is the words that are cut, so that whatever the passes before have made of views, tails and places is in it already.
 */
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

export interface Item {
  /** The instruction over the first item. */
  readonly words: readonly number[];
  readonly accesses: readonly Access[];
  /** A rough measure of an item's work: floating-point operations of products, and what other elements cost in terms of them. */
  readonly work: number;
}

/** What a step over one element costs, in operations of a product. */
const stepWork = 8;

/** The largest number of equal items into which an instruction may be cut; 1 if there are none. */
export function itemsOf(instruction: Instruction): number {
  const cutter = new Cutter(instruction, 1);
  return cutter.cut() ? cutter.items : 1;
}

/** The first of so many items of an instruction; undefined if it cannot be cut so. Any divisor of `itemsOf` will do. */
export function itemOf(instruction: Instruction, items: number): Item | undefined {
  const cutter = new Cutter(instruction, items);
  return cutter.cut() ? cutter : undefined;
}

export function greatestCommonDivisor(a: number, b: number): number {
  return b === 0 ? a : greatestCommonDivisor(b, a % b);
}

/** A walk through an instruction's words, on which the outermost loop of each index space is cut. */
class Cutter implements Item {
  readonly #instruction: Instruction;
  readonly #parts: number;
  readonly words: number[];
  readonly accesses: Access[] = [];
  work = 0;
  /** The greatest common divisor of the outermost loops met. */
  items = 0;

  constructor(instruction: Instruction, parts: number) {
    this.#instruction = instruction;
    this.#parts = parts;
    this.words = [...instruction.words];
  }

  /** False if the instruction cannot be cut so. */
  cut(): boolean {
    switch (this.#instruction.opcode) {
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
    return this.#instruction.words[at] as number;
  }

  #list(at: number, count: number): readonly number[] {
    return this.#instruction.words.slice(at, at + count);
  }

  /** Cuts the outermost loop of several that stand at some place; undefined if it does not fall into so many parts. */
  #dims(at: number, rank: number): { readonly dims: readonly number[]; readonly outer: number } | undefined {
    const dims = [...this.#list(at, rank)];
    const outer = dims.findIndex((size) => size !== 1);
    const size = dims[outer];
    if (size === undefined || size % this.#parts !== 0) return undefined;
    this.items = greatestCommonDivisor(this.items, size);
    dims[outer] = size / this.#parts;
    this.words[at + outer] = size / this.#parts;
    return { dims, outer };
  }

  /** Notes a view over an item's loops. */
  #view(at: number, dims: readonly number[], strides: readonly number[], outer: number, isWritten: boolean): void {
    const [buffer, offset] = this.#list(at, 2) as [number, number];
    let [low, high] = [offset, offset + 1];
    for (const [index, size] of dims.entries()) {
      const reach = (size - 1) * (strides[index] as number);
      if (reach > 0) high += reach;
      else low += reach;
    }
    const step = (strides[outer] as number) * (dims[outer] as number);
    this.accesses.push({ at, buffer, step, low, high, isWritten });
  }

  /** @returns Where the body ends. */
  #body(start: number): number | undefined {
    const rank = this.#word(start);
    const cut = this.#dims(start + 1, rank);
    if (!cut) return undefined;
    const { dims, outer } = cut;
    const elements = dims.reduce((product, size) => product * size, 1);
    let at = start + 1 + rank;
    const views = (isWritten: boolean) => {
      const size = 2 + rank + (isWritten ? 1 : 0);
      const count = this.#word(at++);
      for (let index = 0; index < count; index++, at += size)
        if (this.#word(at) !== accumulator) this.#view(at, dims, this.#list(at + 2, rank), outer, isWritten);
    };
    views(false);
    at += 1 + this.#word(at); // constants
    const steps = this.#word(++at);
    at++;
    for (let index = 0; index < steps; index++, at += 5) {
      const [code, , a, b] = this.#list(at, 4) as [number, number, number, number];
      if (code === operator.random) return undefined;
      if (code !== operator.iota) continue;
      // What depends on the index must be the same in every item.
      const periods = elements / (a * b);
      if (!Number.isInteger(periods)) return undefined;
      this.items = greatestCommonDivisor(this.items, periods * this.#parts);
    }
    this.work += elements * stepWork * (1 + steps);
    views(true);
    return at;
  }

  #matmul(): boolean {
    const rank = this.#word(0);
    const cut = this.#dims(1, rank);
    if (!cut) return false;
    const { outer } = cut;
    const [m, n, k] = this.#list(rank + 1, 3) as [number, number, number];
    const operand = (at: number, rows: number, columns: number) => {
      const [rowStride, columnStride] = this.#list(at + 2, 2) as [number, number];
      const strides = [...this.#list(at + 4, rank), rowStride, columnStride];
      this.#view(at, [...cut.dims, rows, columns], strides, outer, false);
    };
    const a = rank + 5;
    const b = a + 4 + rank;
    operand(a, m, k);
    operand(b, k, n);
    this.work += 2 * m * n * k * cut.dims.reduce((product, size) => product * size, 1);
    return this.#body(b + 4 + rank) !== undefined;
  }

  #reduce(): boolean {
    const cut = this.#dims(1, 1);
    if (!cut) return false;
    const [outer] = cut.dims as [number];
    const inner = this.#word(3);
    const hasTail = this.#word(4) === accumulator;
    if (!hasTail) this.#view(4, [outer, inner], [inner, 1], 0, true);
    const end = this.#body(6);
    return end !== undefined && (!hasTail || this.#body(end) !== undefined);
  }

  #copy(): boolean {
    const rank = this.#word(0);
    const cut = this.#dims(1, rank);
    if (!cut) return false;
    const [source, target] = [1 + rank, 3 + 2 * rank];
    this.#view(source, cut.dims, this.#list(source + 2, rank), cut.outer, false);
    this.#view(target, cut.dims, this.#list(target + 2, rank), cut.outer, true);
    this.work += stepWork * cut.dims.reduce((product, size) => product * size, 1);
    return true;
  }

  #fill(): boolean {
    const cut = this.#dims(0, 1);
    if (!cut) return false;
    this.#view(1, cut.dims, [1], 0, true);
    this.work += stepWork * (cut.dims[0] as number);
    return true;
  }
}
