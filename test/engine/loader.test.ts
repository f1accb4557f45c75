/** Loading never trusts a word: what is wrong is an error that says where, and no sequence of words crashes. */
import { describe, expect, test } from "vitest";
import { bitsOf } from "../../src/compiler/program.ts";
import {
  assembleTest,
  body,
  empty,
  engine,
  float32,
  int32,
  numbers,
  type TestInstruction,
  type TestProgram,
} from "./kit.ts";

const inputs = (elements: number) => ({ bindings: [float32(new Float32Array(elements)), empty("float32", elements)] });

const copyOf = (elements: number, stride = 1, offset = 0): TestInstruction => ({
  opcode: "map",
  words: body({
    dims: [elements],
    inputs: [{ buffer: 0, offset, strides: [stride] }],
    steps: [["neg", 0, 0]],
    outputs: [{ buffer: 1, strides: [1], operand: 1 }],
  }),
});

function messageOf(words: Int32Array): string {
  try {
    engine.unload(engine.load(words));
  } catch (error) {
    return (error as Error).message;
  }
  return "";
}

/** The words of a valid program with one of them changed. */
function changed(program: TestProgram, index: number, value: number): Int32Array {
  const words = assembleTest(program);
  words[index] = value;
  return words;
}

const header = 9;
/** A body's words, for a program with the two buffers of `inputs` and one instruction. */
const firstInstruction = header + 2 * 4;

describe("a program that is not valid", () => {
  const program = { ...inputs(10), instructions: [copyOf(10)] };

  test.each<[string, Int32Array, RegExp]>([
    ["is empty", new Int32Array(0), /at least 9 words/],
    ["has another magic number", changed(program, 0, 1), /not a program/],
    ["has another version", changed(program, 1, 99), /format version 99/],
    ["says another length", changed(program, 2, 7), /says that it has 7 words/],
    ["has too many buffers", changed(program, 3, 1 << 30), /need at least/],
    ["has a negative count", changed(program, 3, -1), /-1 buffers/],
    ["has more bindings than buffers", changed(program, 4, 100), /100 bindings, but only 2 buffers/],
    ["has too many instructions", changed(program, 7, 2), /ends before instruction 1|need at least/],
    ["has a buffer of an unknown kind", changed(program, header, 7), /buffer 0: its kind is 7/],
    ["has a buffer of an unknown type", changed(program, header + 1, 4), /buffer 0: its dtype is 4/],
    ["has a negative buffer", changed(program, header + 2, -5), /buffer 0: it has -5 elements/],
    ["has a buffer in no binding", changed(program, header + 3, 2), /buffer 0: it lies in binding 2 of 2/],
    ["has an unknown opcode", changed(program, firstInstruction, 77), /instruction 0 \(unknown\): unknown opcode 77/],
    [
      "has an instruction that is too long",
      changed(program, firstInstruction + 1, 1000),
      /says that it has 1000 words/,
    ],
    [
      "has an instruction that is too short",
      changed(program, firstInstruction + 1, 5),
      /end before its payload|end within/,
    ],
  ])("%s", (_, words, expected) => {
    expect(messageOf(words)).toMatch(expected);
  });

  const refused = (instruction: TestInstruction, program: Partial<TestProgram> = {}): string =>
    messageOf(assembleTest({ ...inputs(64), ...program, instructions: [instruction] }));

  test("views outside of their buffers", () => {
    expect(refused(copyOf(64, 1, 1))).toBe("instruction 0 (Map): input 0 reaches element 64 of buffer 0, which has 64");
    expect(refused(copyOf(64, -1, 62))).toBe(
      "instruction 0 (Map): input 0 reaches element -1 of buffer 0, which has 64",
    );
    expect(refused(copyOf(64, 2147483647))).toMatch(/reaches element 135291469761 of buffer 0/);
    expect(refused(copyOf(65))).toMatch(/input 0 reaches element 64/);
  });

  test("bodies that do not make sense", () => {
    const map = (parts: Partial<Parameters<typeof body>[0]>): TestInstruction => ({
      opcode: "map",
      words: body({
        dims: [4],
        inputs: [{ buffer: 0, strides: [1] }],
        outputs: [{ buffer: 1, strides: [1], operand: 0 }],
        ...parts,
      }),
    });
    expect(refused(map({ dims: [1 << 20, 1 << 20] }))).toMatch(/more than 2147483647 elements/);
    expect(refused(map({ inputs: [{ buffer: 9, strides: [1] }] }))).toMatch(/input names buffer 9 of 2|names buffer 9/);
    expect(refused(map({ steps: [["neg", 0, 5]] }))).toMatch(/step 0 \(Neg\) names operand 5 of 2/);
    expect(refused(map({ steps: [["neg", 1, 1]] }))).toMatch(/reads slot 0 before any step wrote it/);
    expect(refused(map({ steps: [["negI", 0, 0]] }))).toMatch(
      /step 0 \(NegI\) expects an int32 as operand 0, met a float32/,
    );
    expect(refused(map({ outputs: [{ buffer: 1, strides: [0], operand: 0 }] }))).toMatch(/output 0 has stride 0/);
    expect(refused(map({ outputs: [{ buffer: 0, offset: 1, strides: [1], operand: 0 }] }))).toMatch(/overlaps input 0/);
    expect(refused(map({ steps: [["iota", 0, 0, 5]] }))).toMatch(/the period of Iota is 0/);
    expect(refused(map({ steps: [["random", 0, 0, 1]] }))).toMatch(/expects an int32|needs an int32 input/);
    expect(refused(map({ outputs: [] }))).toMatch(/the number of outputs is 0/);
    expect(refused(map({ inputs: [{ buffer: -1, strides: [1] }] }))).toMatch(/only input 0 of a tail/);
  });

  test("a result in a constant, results over sources", () => {
    const words = body({
      dims: [2],
      inputs: [],
      constants: [bitsOf(1, "float32")],
      outputs: [{ buffer: 2, strides: [1], operand: 0 }],
    });
    expect(refused({ opcode: "map", words }, { constants: [1, 2] })).toMatch(/writes to buffer 2, which is a constant/);
    const shift = { opcode: "copy" as const, words: [1, 8, 0, 0, 1, 0, 4, 1] };
    expect(refused(shift)).toMatch(/the target \(buffer 0\) overlaps the source \(buffer 0\)/);
    const product = { opcode: "matmul" as const, words: [0, 2, 2, 2, 0, 0, 0, 2, 1, 0, 0, 2, 1, ...tail([2, 2], 0)] };
    expect(refused(product)).toMatch(/an output of its tail \(buffer 0\) overlaps matrix A/);
    const sum = { opcode: "reduce" as const, words: [0, 1, 2, 4, -1, 0, ...head([8], 0), ...tail([4], 0)] };
    expect(refused(sum)).toMatch(/an output of its tail \(buffer 0\) overlaps an input of its head/);
  });

  test("sizes that do not belong together", () => {
    const product = { opcode: "matmul" as const, words: [0, 2, 2, 2, 0, 0, 0, 2, 1, 0, 0, 2, 1, ...tail([2, 3], 1)] };
    expect(refused(product)).toMatch(/its tail runs over 6 elements, but the product has 4/);
    const precise = { opcode: "matmul" as const, words: [0, 2, 2, 2, 2, 0, 0, 2, 1, 0, 0, 2, 1, ...tail([2, 2], 1)] };
    expect(refused(precise)).toMatch(/precision is 2, expected 0 to 1/);
    const groups = {
      opcode: "convolution" as const,
      words: [0, 1, 4, 4, 3, 4, 4, 4, 1, 1, 1, 1, 0, 0, 1, 1, 2, 0, 0, 0, 0],
    };
    expect(refused(groups)).toMatch(/2 groups do not divide 3 input and 4 output channels/);
    const gather = { opcode: "gather" as const, words: [1, 8, 4, 1, 0, 0, 0, 0, 1, 0] };
    expect(refused(gather)).toMatch(/the indices is buffer 0 of type float32, expected int32/);
    const sort = { opcode: "argsort" as const, words: [1, 8, 9, 1, 0, 0, 0, 1, 0] };
    expect(refused(sort)).toMatch(/count is 9, expected 0 to 8/);
    const floats = { opcode: "argsort" as const, words: [1, 8, 8, 1, 0, 0, 0, 1, 0] };
    expect(refused(floats)).toMatch(/the result is buffer 1 of type float32, expected int32/);
    const running = { opcode: "cumulate" as const, words: [0, 0, 1, 8, 1, 0, 0, 0, 0] };
    expect(refused(running)).toMatch(/the result \(buffer 0\) overlaps the source \(buffer 0\) in memory/);
    const sum = { opcode: "reduce" as const, words: [0, 1, 8, 1, 1, 0, ...head([4], 0)] };
    expect(refused(sum)).toMatch(/its head runs over 4 elements, but outer x reduced x inner is 8/);
    const long = { opcode: "reduce" as const, words: [0, 1, 8, 1, -1, 0, ...head([8], 0), ...tail([2], 1)] };
    expect(refused(long)).toMatch(/its tail runs over 2 elements, but outer x inner is 1/);
    const any = { opcode: "reduce" as const, words: [6, 1, 8, 1, -1, 0, ...head([8], 0), ...tail([1], 1)] };
    expect(refused(any)).toMatch(/only Sum, Max, Min and Prod can have a tail .* its kind is 6/);
  });

  test("an arena that is too small or does not exist", () => {
    const program = { ...inputs(4), arena: [{ dtype: "float32" as const, elements: 100 }], instructions: [copyOf(4)] };
    expect(messageOf(changed(program, 5, 1))).toMatch(/buffer 2: it ends at byte 400 of the arena, which has 64/);
    expect(messageOf(changed(program, 5, 2147483647))).toMatch(/^$|out of memory/);
  });
});

describe("a loop", () => {
  const looping = (loop: readonly number[], ...within: TestInstruction[]): TestProgram => ({
    ...inputs(10),
    instructions: [{ opcode: "loop", words: loop }, ...(within.length > 0 ? within : [copyOf(2)])],
  });

  test("moves no buffer beyond its end, in any of its turns", () => {
    expect(messageOf(assembleTest(looping([5, 1, 2, 0, 0, 2, 1, 8, -2])))).toBe("");
    expect(messageOf(assembleTest(looping([6, 1, 1, 0, 0, 2])))).toMatch(/input 0 reaches element 11 of buffer 0/);
    expect(messageOf(assembleTest(looping([6, 1, 1, 1, 8, -2])))).toMatch(/output 0 reaches element -2 of buffer 1/);
    expect(messageOf(assembleTest(looping([1, 1, 1, 0, -1, 0])))).toMatch(/reaches element -1/);
    expect(messageOf(assembleTest(looping([2147483647, 1, 1, 0, 0, 2147483647])))).toMatch(/reaches element/);
  });

  test.each<[string, TestProgram, RegExp]>([
    ["has no turns", looping([0, 1, 0]), /number of turns is 0, expected 1 to/],
    ["has no instructions", looping([1, 0, 0]), /number of its instructions is 0, expected 1 to 1/],
    ["has more instructions than there are", looping([1, 2, 0]), /number of its instructions is 2, expected 1 to 1/],
    ["moves a buffer that does not exist", looping([1, 1, 1, 2, 0, 0]), /a buffer that moves is 2, expected 0 to 1/],
    ["moves a buffer twice", looping([1, 1, 2, 0, 0, 1, 0, 0, 1]), /buffer 0 moves twice/],
    ["ends within its moves", looping([1, 1, 2, 0, 0, 1]), /words end before/],
    [
      "lies in another",
      looping([1, 2, 0], { opcode: "loop", words: [1, 1, 0] }, copyOf(2)),
      /it lies inside of another loop/,
    ],
  ])("is refused if it %s", (_what, program, message) => {
    expect(messageOf(assembleTest(program))).toMatch(message);
  });
});

const accumulatorInput = (dims: readonly number[]) => ({ buffer: -1, strides: dims.map(() => 0) });
function tail(dims: readonly number[], buffer: number): number[] {
  const strides = dims.map((_, d) => dims.slice(d + 1).reduce((a, b) => a * b, 1));
  return body({ dims, inputs: [accumulatorInput(dims)], outputs: [{ buffer, strides, operand: 0 }] });
}
function head(dims: readonly number[], buffer: number): number[] {
  const strides = dims.map((_, d) => dims.slice(d + 1).reduce((a, b) => a * b, 1));
  return body({ dims, inputs: [{ buffer, strides }], outputs: [{ ...accumulatorInput(dims), operand: 0 }] });
}

test("whatever the words are, loading and running either works or throws", () => {
  const sum = body({
    dims: [6, 4],
    inputs: [
      { buffer: 0, strides: [4, 1] },
      { buffer: 4, strides: [0, 1] },
    ],
    constants: [bitsOf(2, "float32")],
    steps: [
      ["mul", 0, 0, 2],
      ["add", 0, 3, 1],
    ],
    outputs: [{ ...accumulatorInput([6, 4]), operand: 3 }],
  });
  const program: TestProgram = {
    bindings: [
      float32(new Float32Array(256).fill(1)),
      empty("float32", 256),
      int32(new Int32Array(64)),
      empty("uint8", 256),
    ],
    arena: [
      { dtype: "float32", elements: 64 },
      { dtype: "float32", elements: 64 },
    ],
    privates: [{ dtype: "float32", elements: 16 }],
    constants: [1, 2, 3, 4],
    instructions: [
      { opcode: "fill", words: [64, 4, 0, 5] },
      copyOf(32, 2),
      { opcode: "matmul", words: [1, 2, 4, 4, 4, 0, 0, 0, 4, 1, 16, 1, 0, 1, 4, 0, ...tail([2, 4, 4], 5)] },
      { opcode: "reduce", words: [0, 1, 6, 4, 5, 0, ...sum] },
      { opcode: "reduce", words: [0, 1, 6, 4, -1, 0, ...sum, ...tail([4], 5)] },
      { opcode: "copy", words: [2, 4, 8, 0, 0, 1, 4, 1, 0, 8, 1] },
      { opcode: "loop", words: [3, 2, 2, 0, 4, 8, 1, 64, -2] },
      { opcode: "gather", words: [1, 8, 8, 4, 0, 0, 2, 0, 1, 0] },
      copyOf(4),
      { opcode: "scatterAdd", words: [1, 8, 8, 4, 0, 0, 2, 0, 1, 0] },
      { opcode: "parallelLoop", words: [4, 2, 2, 0, 0, 16, 1, 64, -16] },
      { opcode: "copy", words: [2, 4, 4, 0, 0, 1, 4, 6, 0, 4, 1] },
      { opcode: "copy", words: [1, 16, 6, 0, 1, 1, 0, 1] },
      { opcode: "argsort", words: [1, 16, 16, 4, 0, 0, 0, 2, 0] },
      { opcode: "cumulate", words: [4, 1, 2, 8, 4, 4, 0, 0, 0, 1, 0] },
      { opcode: "windowMax", words: [1, 4, 4, 2, 2, 2, 2, 2, 2, 2, 0, 0, 1, 1, 0, 0, 1, 0, 3, 0] },
      {
        opcode: "convolution",
        words: [0, 1, 4, 4, 2, 4, 4, 2, 3, 3, 1, 1, 1, 1, 1, 1, 1, 0, 0, 0, 100, ...tail([1, 4, 4, 2], 1)],
      },
      {
        opcode: "convolution",
        words: [2, 1, 4, 4, 2, 4, 4, 2, 3, 3, 1, 1, 1, 1, 1, 1, 1, 0, 0, 0, 100, ...tail([3, 3, 2, 2], 1)],
      },
    ],
  };
  const original = assembleTest(program);
  const handles = Int32Array.from(program.bindings, ({ data }) => engine.allocate(data.byteLength));
  const random = numbers(5);
  const pick = (n: number): number => Math.floor(random() * n);
  const interesting = [
    0,
    1,
    -1,
    2,
    3,
    4,
    5,
    8,
    16,
    63,
    64,
    65,
    255,
    256,
    1000,
    65536,
    1 << 20,
    1 << 28,
    2147483647,
    -2147483648,
  ];
  let loaded = 0;
  for (let round = 0; round < 20_000; round++) {
    const words = Int32Array.from(original);
    for (let change = 1 + pick(3); change > 0; change--) {
      const value =
        pick(3) === 0 ? (words[pick(words.length)] as number) : (interesting[pick(interesting.length)] as number);
      words[header + pick(words.length - header)] = value;
    }
    let id: number;
    try {
      id = engine.load(words);
    } catch {
      continue;
    }
    loaded++;
    try {
      const work = engine.describe(id).reduce((total, { flops, bytes }) => total + flops + bytes, 0);
      if (work < 1e8) engine.run(id, handles, 1);
    } catch (error) {
      expect((error as { code?: string }).code).toMatch(/RAPPEL_(FAULT|BINDING|MEMORY)/);
    }
    engine.unload(id);
  }
  expect(loaded).toBeGreaterThan(100);
  for (const handle of handles) engine.release(handle);
  expect(messageOf(original)).toBe("");
}, 120_000);
