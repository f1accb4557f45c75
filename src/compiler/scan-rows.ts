/**
 * Scans by rows: where every row of a batch goes through all turns of a scan by itself, rows become the turns of a parallel loop around the
 * scan's. So no thread waits for another between the turns, and each keeps its rows in its cache. Shapes alone decide into how many parts.
 */
import { bytesPerElement } from "../graph/dtype.ts";
import { greatestCommonDivisor } from "../graph/shape.ts";
import { type Divisible, divide } from "./item.ts";
import { arenaUnit, type Instruction } from "./program.ts";
import type { ProgramBuilder } from "./program-builder.ts";

/** Enough for a handful of cores. */
const mostParts = 16;
/** A product of fewer rows gets too little out of what it reads of the other matrix. */
const fewestRows = 16;
/** What the turns of a part do at least, in operations of a product: some microseconds, beside which handing it over is nothing. */
const leastWork = 4e5;
/** Bytes: what all parts read, the weights, stays in a core's second cache from turn to turn, and leaves most of it to other things. */
const largestShared = 1 << 19;

/** How a loop moves its buffers: where each begins in the first turn, and how far it goes in a turn. */
type Moves = ReadonlyMap<number, { readonly first: number; readonly step: number }>;

/** What a view reaches in the first turn of the first part, in bytes, and how far it moves from part to part and from turn to turn. */
interface Reach {
  readonly space: number | string;
  readonly low: number;
  readonly high: number;
  readonly step: number;
  readonly turnStep: number;
  readonly isWritten: boolean;
}

/** Pushes the instructions of a scan: copies of what it begins with, its loop, and those in the loop. */
export function emitByRows(instructions: readonly Instruction[], builder: ProgramBuilder): void {
  const at = instructions.findIndex(({ opcode }) => opcode === "loop");
  const divided = instructions.map((instruction, index) => (index === at ? undefined : divide(instruction, true)));
  const isDivisible = at >= 0 && divided.every((one, index) => one !== undefined || index === at);
  const scan = new RowsOfScan(instructions, isDivisible ? divided : [], builder);
  const parts = isDivisible ? scan.parts() : 1;
  if (parts > 1) scan.emit(parts);
  else for (const { opcode, label, words } of instructions) builder.push(opcode, label, words);
}

class RowsOfScan {
  readonly #instructions: readonly Instruction[];
  /** Of the loop itself: undefined. */
  readonly #divided: readonly (Divisible | undefined)[];
  readonly #builder: ProgramBuilder;
  readonly #turns: number;
  readonly #moves: Moves;

  constructor(
    instructions: readonly Instruction[],
    divided: readonly (Divisible | undefined)[],
    builder: ProgramBuilder,
  ) {
    this.#instructions = instructions;
    this.#divided = divided;
    this.#builder = builder;
    const loop = instructions.find(({ opcode }) => opcode === "loop");
    const [turns = 0, , count = 0, ...moves] = loop?.words ?? [];
    this.#turns = turns;
    this.#moves = new Map(
      Array.from({ length: count }, (_, index) => {
        const [number, first, step] = moves.slice(3 * index) as [number, number, number];
        return [number, { first, step }];
      }),
    );
  }

  /** Into how many parts the rows fall; 1 if that is not worth it, or if a part would need what another computes. */
  parts(): number {
    const divided = this.#divided.filter((one) => one !== undefined);
    const items = divided.reduce((common, one) => greatestCommonDivisor(common, one.items), 0);
    const work = this.#turns * divided.reduce((sum, one) => sum + one.work, 0);
    const rows = Math.min(...divided.map((one) => one.rows ?? Number.POSITIVE_INFINITY));
    for (let parts = Math.floor(Math.min(mostParts, rows / fewestRows, work / leastWork)); parts > 1; parts--) {
      if (items % parts !== 0) continue;
      const reaches = this.#reachesOf(parts);
      return sharedBytes(reaches) <= largestShared && areApart(reaches, parts, this.#turns) ? parts : 1;
    }
    return 1;
  }

  #reachesOf(parts: number): Reach[] {
    return this.#divided.flatMap((one) =>
      (one?.itemOf(parts).accesses ?? []).map(({ buffer, low, high, step, isWritten }) => {
        const { kind, place, dtype } = this.#builder.entry(buffer);
        const bytes = bytesPerElement[dtype];
        const move = this.#moves.get(buffer);
        const start = kind === "arena" ? place * arenaUnit : kind === "constant" ? 4 * place : 0;
        const at = (element: number) => start + bytes * (element + (move?.first ?? 0));
        const space = kind === "binding" ? place : kind;
        return {
          space,
          low: at(low),
          high: at(high),
          step: bytes * step,
          turnStep: bytes * (move?.step ?? 0),
          isWritten,
        };
      }),
    );
  }

  emit(parts: number): void {
    this.#builder.loop("parallelLoop", parts, `parallel loop of ${parts} turns`, () => {
      const numbers = new Map<string, number>();
      const outer: number[] = [];
      const inner: number[] = [];
      const numberOf = (buffer: number, step: number): number => {
        const key = `${buffer} by ${step}`;
        const known = numbers.get(key);
        if (known !== undefined) return known;
        const number = step === 0 ? buffer : this.#builder.sameBuffer(buffer);
        numbers.set(key, number);
        if (step !== 0) outer.push(number, 0, step);
        const move = this.#moves.get(buffer);
        if (move) inner.push(number, move.first, move.step);
        return number;
      };
      const cut = this.#divided.map((one) => {
        if (!one) return [];
        const { words, accesses } = one.itemOf(parts);
        const within = [...words];
        for (const { at, buffer, step } of accesses) within[at] = numberOf(buffer, step);
        return within;
      });
      for (const [index, { opcode, label, words }] of this.#instructions.entries()) {
        const [turns = 0, count = 0] = words;
        const isLoop = this.#divided[index] === undefined;
        this.#builder.push(
          opcode,
          label,
          isLoop ? [turns, count, inner.length / 3, ...inner] : (cut[index] as readonly number[]),
        );
      }
      return outer;
    });
  }
}

/** What every part reads in every turn. */
function sharedBytes(reaches: readonly Reach[]): number {
  return reaches.reduce((sum, { low, high, step }) => sum + (step === 0 ? high - low : 0), 0);
}

/** Whether no part reaches what another writes, as the engine will check: see `checkTurns` there. */
function areApart(reaches: readonly Reach[], parts: number, turns: number): boolean {
  const whole = (reach: Reach) => {
    const ways = [(parts - 1) * reach.step, (turns - 1) * reach.turnStep];
    const below = ways.reduce((sum, way) => sum + Math.min(way, 0), 0);
    const above = ways.reduce((sum, way) => sum + Math.max(way, 0), 0);
    return { low: reach.low + below, high: reach.high + above };
  };
  return reaches.every((target) => {
    if (!target.isWritten) return true;
    const all = whole(target);
    return reaches.every((other) => {
      const others = whole(other);
      if (other.space !== target.space || all.high <= others.low || others.high <= all.low) return true;
      const [one, two] = [Math.abs(target.turnStep), Math.abs(other.turnStep)];
      if (target.step !== other.step || (one !== two && one !== 0 && two !== 0)) return false;
      const [step, turnStep] = [Math.abs(target.step), Math.max(one, two)];
      // Turns lie `turnStep` apart, so that only the distance modulo that counts, if all parts of a turn fit between them.
      if (turnStep > 0 && parts * step > turnStep) return false;
      const distance = other.low - target.low;
      const near = turnStep > 0 ? distance - turnStep * Math.round(distance / turnStep) : distance;
      const [length, end] = [target.high - target.low, near + other.high - other.low];
      return Math.max(length, end) - Math.min(0, near) <= step;
    });
  });
}
