/** The Program format, as engine/program.h defines it: flat int32 words that the engine validates and runs. */
import type { DType } from "../graph/dtype.ts";
import type { Precision } from "../graph/precision.ts";
import { sizeOf } from "../graph/shape.ts";

export const magic = 0x4c505052; // "RPPL"
export const version = 1;
export const maxRank = 8;
/** Arena offsets are counted in units of a cache line. */
export const arenaUnit = 64;
/** Stands for the value under a kernel's tail, or the result of its head, where a buffer is expected. */
export const accumulator = -1;

export const dtypeCode: Readonly<Record<DType, number>> = { float32: 0, int32: 1, uint8: 2, bool: 3 };
export const bufferKind = { arena: 0, binding: 1, constant: 2, private: 3 } as const;

export const opcode = {
  map: 1,
  matmul: 2,
  convolution: 3,
  reduce: 4,
  windowMax: 5,
  windowGather: 6,
  windowScatter: 7,
  windowSum: 8,
  windowSpread: 9,
  gather: 10,
  scatterAdd: 11,
  copy: 12,
  fill: 13,
  argsort: 14,
  cumulate: 15,
  loop: 16,
  parallelLoop: 17,
} as const;

/** The steps of a fused elementwise kernel; the numbers count on from each group's first, as in engine/program.h. */
const numbered = <K extends string>(first: number, names: readonly K[]): Record<K, number> =>
  Object.fromEntries(names.map((name, index) => [name, first + index])) as Record<K, number>;

export const operator = {
  ...numbered(1, [
    "neg",
    "abs",
    "sign",
    "exp",
    "expm1",
    "log",
    "log1p",
    "sqrt",
    "rsqrt",
    "sin",
    "cos",
    "tanh",
    "erf",
    "floor",
    "ceil",
    "round",
    "reciprocal",
    "sigmoid",
  ]),
  ...numbered(32, ["add", "sub", "mul", "div", "pow", "mod", "max", "min"]),
  ...numbered(48, ["fma"]),
  ...numbered(64, ["eq", "ne", "lt", "le"]),
  ...numbered(96, ["negI", "absI", "signI"]),
  ...numbered(112, [
    "addI",
    "subI",
    "mulI",
    "divI",
    "modI",
    "maxI",
    "minI",
    "and",
    "or",
    "xor",
    "shiftLeft",
    "shiftRight",
  ]),
  ...numbered(128, ["eqI", "neI", "ltI", "leI"]),
  ...numbered(144, ["select"]),
  ...numbered(160, ["floatToInt", "intToFloat", "floatToBool", "intToBool", "boolToFloat", "boolToInt", "toUInt8"]),
  ...numbered(192, ["iota", "random"]),
};
export type Operator = keyof typeof operator;

export const reduceKind = { sum: 0, max: 1, min: 2, prod: 3, argMax: 4, argMin: 5, any: 6, all: 7 } as const;
/** Marks an argMax or argMin over int32. */
export const integerFlag = 1 << 8;
export const cumulateKind = { sum: 0, product: 1, max: 2, min: 3, linearRecurrence: 4 } as const;
export const precisionCode: Readonly<Record<Precision, number>> = { float32: 0, bfloat16: 1 };
export const convolutionKind = { output: 0, inputGradient: 1, filterGradient: 2 } as const;

/** What a Program is made of before it becomes words. */
export interface Instruction {
  readonly opcode: keyof typeof opcode;
  readonly words: readonly number[];
  /** For people: what it computes. */
  readonly label: string;
}

export interface BufferEntry {
  readonly kind: keyof typeof bufferKind;
  readonly dtype: DType;
  readonly elements: number;
  /** Arena and private: offset in units. Binding: its index. Constant: its word offset. */
  readonly place: number;
}

export interface Program {
  readonly words: Int32Array;
  readonly instructions: readonly Instruction[];
  readonly arenaBytes: number;
  readonly bindings: number;
}

const float = new Float32Array(1);
const bits = new Int32Array(float.buffer);

/** The 32 bits of a number as a register holds it. */
export function bitsOf(value: number, dtype: DType): number {
  if (dtype === "float32") {
    float[0] = value;
    return bits[0] as number;
  }
  // In registers a bool is a mask of 32 equal bits.
  return dtype === "bool" ? (value ? -1 : 0) : value | 0;
}

/** Serialises a Program. */
export function assemble(parts: {
  buffers: readonly BufferEntry[];
  constants: readonly number[];
  instructions: readonly Instruction[];
  arenaUnits: number;
  /** Of the memory that each worker has of its own in the turns of parallel loops. */
  privateUnits?: number;
  bindings: number;
}): Program {
  const { buffers, constants, instructions, arenaUnits, privateUnits = 0, bindings } = parts;
  const payload = instructions.reduce((sum, instruction) => sum + 2 + instruction.words.length, 0);
  const count = 9 + 4 * buffers.length + constants.length + payload;
  const words = new Int32Array(count);
  let at = 0;
  const put = (values: readonly number[]) => {
    words.set(values, at);
    at += values.length;
  };
  put([
    magic,
    version,
    count,
    buffers.length,
    bindings,
    arenaUnits,
    constants.length,
    instructions.length,
    privateUnits,
  ]);
  for (const { kind, dtype, elements, place } of buffers) put([bufferKind[kind], dtypeCode[dtype], elements, place]);
  put(constants);
  for (const instruction of instructions) {
    put([opcode[instruction.opcode], instruction.words.length + 2]);
    put(instruction.words);
  }
  return { words, instructions, arenaBytes: arenaUnits * arenaUnit, bindings };
}

/** The number of elements of a shape. @throws RangeError Past the 2³¹ - 1 that a Program can count. */
export function countElements(shape: readonly number[]): number {
  const elements = sizeOf(shape);
  if (elements > 0x7fffffff)
    throw new RangeError(
      `a tensor of shape [${shape.join(", ")}] has ${elements} elements; a program can address ${0x7fffffff}`,
    );
  return elements;
}
