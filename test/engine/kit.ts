/** What the engine's tests share: hand-made Programs are put together, run and read back. */
import { expect } from "vitest";
import {
  assemble,
  type BufferEntry,
  bitsOf,
  type Operator,
  type opcode,
  operator,
} from "../../src/compiler/program.ts";
import type { Engine } from "../../src/devices/engine/engine.ts";
import { loadEngine } from "../../src/devices/native/binding.ts";
import { loadWasmEngine } from "../../src/devices/wasm/wasm.node.ts";
import { bytesPerElement, type DType, type TypedArray, typedArray } from "../../src/graph/dtype.ts";
import { numbers } from "../support/samples.ts";

/** `RAPPEL_DEVICE=wasm` tests the engine as WebAssembly; the tests called wasm-* do so by themselves. */
export const testsWasm = process.env.RAPPEL_DEVICE === "wasm";
export const engine: Engine = testsWasm ? loadWasmEngine() : loadEngine();
/** Whether more than one thread can compute. */
export const hasThreads = engine.info().whyOneThread === undefined;
export const instructionSets = engine.info().availableIsas;

export interface TestInstruction {
  readonly opcode: keyof typeof opcode;
  readonly words: readonly number[];
}

export interface TestProgram {
  /** Buffers 0, 1, ...: each is a binding of its own. */
  readonly bindings: readonly { readonly dtype: DType; readonly data: TypedArray }[];
  /** The buffers after them, in the arena one behind the other. */
  readonly arena?: readonly { readonly dtype: DType; readonly elements: number }[];
  /** The buffers after those, in the memory that each worker has of its own in the turns of parallel loops. */
  readonly privates?: readonly { readonly dtype: DType; readonly elements: number }[];
  /** The buffers after those, over the memory of others: their numbers. */
  readonly sameAs?: readonly number[];
  /** One more buffer, last: float32 constants. */
  readonly constants?: readonly number[];
  readonly instructions: readonly TestInstruction[];
}

export const float32 = (data: ArrayLike<number>): { dtype: DType; data: TypedArray } => ({
  dtype: "float32",
  data: Float32Array.from(data),
});
export const int32 = (data: ArrayLike<number>): { dtype: DType; data: TypedArray } => ({
  dtype: "int32",
  data: Int32Array.from(data),
});
export const uint8 = (data: ArrayLike<number>): { dtype: DType; data: TypedArray } => ({
  dtype: "uint8",
  data: Uint8Array.from(data),
});
export const bool = (data: ArrayLike<number>): { dtype: DType; data: TypedArray } => ({
  dtype: "bool",
  data: Uint8Array.from(data),
});
/** Zeros for a result. */
export const empty = (dtype: DType, elements: number): { dtype: DType; data: TypedArray } => ({
  dtype,
  data: typedArray(dtype, elements),
});

/** The words of a test program. */
export function assembleTest({
  bindings,
  arena = [],
  privates = [],
  sameAs = [],
  constants = [],
  instructions,
}: TestProgram): Int32Array {
  const buffers: BufferEntry[] = bindings.map(({ dtype, data }, place) => ({
    kind: "binding",
    dtype,
    elements: data.length,
    place,
  }));
  const units = { arena: 0, private: 0 };
  const place = (kind: keyof typeof units, list: typeof arena) => {
    for (const { dtype, elements } of list) {
      buffers.push({ kind, dtype, elements, place: units[kind] });
      units[kind] += Math.ceil((elements * bytesPerElement[dtype]) / 64);
    }
  };
  place("arena", arena);
  place("private", privates);
  buffers.push(...sameAs.map((number) => buffers[number] as BufferEntry));
  if (constants.length > 0) buffers.push({ kind: "constant", dtype: "float32", elements: constants.length, place: 0 });
  return assemble({
    buffers,
    constants: constants.map((value) => bitsOf(value, "float32")),
    instructions: instructions.map((instruction) => ({ ...instruction, label: instruction.opcode })),
    arenaUnits: units.arena,
    privateUnits: units.private,
    bindings: bindings.length,
  }).words;
}

/** Runs a program and returns what is in its bindings afterwards. */
export function execute(program: TestProgram, times = 1): TypedArray[] {
  const id = engine.load(assembleTest(program));
  const handles = program.bindings.map(({ data }) => {
    const handle = engine.allocate(data.byteLength);
    engine.write(handle, 0, data);
    return handle;
  });
  try {
    engine.run(id, Int32Array.from(handles), times);
    return program.bindings.map(({ dtype, data }, index) => {
      const result = typedArray(dtype, data.length);
      engine.read(handles[index] as number, 0, result);
      return result;
    });
  } finally {
    for (const handle of handles) engine.release(handle);
    engine.unload(id);
  }
}

export interface BodyInput {
  readonly buffer: number;
  readonly offset?: number;
  readonly strides: readonly number[];
}
export interface BodyOutput extends BodyInput {
  readonly operand: number;
}
export type BodyStep = readonly [op: Operator, slot: number, a?: number, b?: number, c?: number];

/** The words of a MapBody; `constants` are the bits of its constants. */
export function body(parts: {
  dims: readonly number[];
  inputs: readonly BodyInput[];
  constants?: readonly number[];
  steps?: readonly BodyStep[];
  outputs: readonly BodyOutput[];
}): number[] {
  const { dims, inputs, constants = [], steps = [], outputs } = parts;
  const slots = Math.max(0, ...steps.map(([, slot]) => slot + 1));
  return [
    dims.length,
    ...dims,
    inputs.length,
    ...inputs.flatMap(({ buffer, offset = 0, strides }) => [buffer, offset, ...strides]),
    constants.length,
    ...constants,
    slots,
    steps.length,
    ...steps.flatMap(([op, slot, a = 0, b = 0, c = 0]) => [operator[op], slot, a, b, c]),
    outputs.length,
    ...outputs.flatMap(({ buffer, offset = 0, strides, operand }) => [buffer, offset, ...strides, operand]),
  ];
}

/** The strides of a contiguous array. */
export function stridesOf(dims: readonly number[]): number[] {
  const strides = dims.map(() => 1);
  for (let d = dims.length - 2; d >= 0; d--) strides[d] = (strides[d + 1] as number) * (dims[d + 1] as number);
  return strides;
}

/** Calls `visit` for every index of a shape, in row-major order. */
export function forEachIndex(dims: readonly number[], visit: (index: readonly number[], linear: number) => void): void {
  const index = dims.map(() => 0);
  const elements = dims.reduce((a, b) => a * b, 1);
  for (let linear = 0; linear < elements; linear++) {
    visit(index, linear);
    for (let d = dims.length - 1; d >= 0; d--) {
      index[d] = (index[d] as number) + 1;
      if ((index[d] as number) < (dims[d] as number)) break;
      index[d] = 0;
    }
  }
}

/** The element that a view shows at an index. */
export function position(index: readonly number[], offset: number, strides: readonly number[]): number {
  return index.reduce((sum, i, d) => sum + i * (strides[d] as number), offset);
}

/** Fails at the first element that differs; NaN equals NaN, 0 equals -0. Much quicker than a deep comparison. */
export function expectSame(actual: TypedArray | undefined, expected: ArrayLike<number>, what: string): void {
  expect(actual?.length, what).toBe(expected.length);
  for (let i = 0; i < expected.length; i++) {
    const a = actual?.[i] as number;
    const e = expected[i] as number;
    if (!(a === e || (Number.isNaN(a) && Number.isNaN(e)))) expect.fail(`${what}: element ${i} is ${a}, expected ${e}`);
  }
}

/** So many float32 between -1 and 1. */
export function scattered(count: number, seed: number): Float32Array {
  const next = numbers(seed);
  return Float32Array.from({ length: count }, () => next() * 2 - 1);
}

/** The distance of neighbouring float32 at a value; subnormal numbers count as zero. */
export function ulp(value: number): number {
  const magnitude = Math.max(Math.abs(value), 2 ** -126);
  return 2 ** (Math.floor(Math.log2(magnitude)) - 23);
}

/** What a float32 becomes in the engine: subnormal numbers are zero (in WebAssembly those that a product, a quotient or e^x would be). */
export function flushed(value: number): number {
  const rounded = Math.fround(value);
  return Math.abs(rounded) < 2 ** -126 ? 0 * Math.sign(rounded) : rounded;
}

/** Pseudo-random numbers in [0, 1), the same in every run (mulberry32). */
export { numbers };

/** x += 1 over a binding, in place. */
export const counting = (elements: number): TestProgram => ({
  bindings: [empty("float32", elements)],
  instructions: [
    {
      opcode: "map",
      words: body({
        dims: [elements],
        inputs: [{ buffer: 0, strides: [1] }],
        constants: [bitsOf(1, "float32")],
        steps: [["add", 0, 0, 1]],
        outputs: [{ buffer: 0, strides: [1], operand: 2 }],
      }),
    },
  ],
});

/** The error that a call throws, with its code. */
export function errorOf(call: () => unknown): { code?: string; message: string } {
  try {
    call();
  } catch (error) {
    return error as Error;
  }
  return { message: "" };
}

/** A program with its bindings in the engine, to run as often as one likes. */
export function load(program: TestProgram): { id: number; handles: Int32Array; release(): void } {
  const id = engine.load(assembleTest(program));
  const handles = Int32Array.from(program.bindings, ({ data }) => {
    const handle = engine.allocate(data.byteLength);
    engine.write(handle, 0, data);
    return handle;
  });
  return {
    id,
    handles,
    release() {
      for (const handle of handles) engine.release(handle);
      engine.unload(id);
    },
  };
}
