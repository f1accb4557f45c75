/** Parallel loops: turns on any thread, private memory, what they may touch, and their place in profiles. */
import { afterEach, describe, expect, test } from "vitest";
import { bitsOf } from "../../src/compiler/program.ts";
import {
  assembleTest,
  body,
  empty,
  engine,
  execute,
  expectSame,
  float32,
  hasThreads,
  int32,
  numbers,
  type TestInstruction,
  type TestProgram,
} from "./kit.ts";

afterEach(() => expect(engine.statistics()).toMatchObject({ liveBuffers: 0, livePrograms: 0 }));

/** Turn t doubles row t of a matrix of `turns` rows into its own memory, and stores the row's negative in row turns - 1 - t of another. */
function doubling(turns: number, columns: number): TestProgram {
  const map = (from: number, name: "add" | "neg", to: number): TestInstruction => ({
    opcode: "map",
    words: body({
      dims: [columns],
      inputs: [{ buffer: from, strides: [1] }],
      steps: [[name, 0, 0, 0]],
      outputs: [{ buffer: to, strides: [1], operand: 1 }],
    }),
  });
  return {
    bindings: [float32(Float32Array.from({ length: turns * columns }, (_, i) => i)), empty("float32", turns * columns)],
    privates: [{ dtype: "float32", elements: columns }],
    instructions: [
      { opcode: "parallelLoop", words: [turns, 2, 2, 0, 0, columns, 1, (turns - 1) * columns, -columns] },
      map(0, "add", 2),
      map(2, "neg", 1),
    ],
  };
}
const doubled = (turns: number, columns: number) =>
  Float32Array.from({ length: turns * columns }, (_, i) => {
    const [row, column] = [Math.floor(i / columns), i % columns];
    return -2 * ((turns - 1 - row) * columns + column);
  });

test.each([1, 3, 16, 17, 50, 1000])("%i turns each see their own elements", (turns) => {
  expectSame(execute(doubling(turns, 40))[1], doubled(turns, 40), "the result");
  expectSame(execute(doubling(turns, 40), 3)[1], doubled(turns, 40), "the result of three runs");
});

/** Products whose shared packing needs workspace, and sums over many rows, of eight items. */
function products(name: "loop" | "parallelLoop"): TestProgram {
  const [turns, size] = [8, 160];
  const square = size * size;
  const random = numbers(7);
  const data = (length: number) => float32(Float32Array.from({ length }, () => random() - 0.5));
  const whole = [size, 1];
  const inner = [{ dtype: "float32", elements: square } as const];
  return {
    bindings: [data(turns * square), data(square), empty("float32", turns * square), empty("float32", turns * size)],
    ...(name === "loop" ? { arena: inner } : { privates: inner }),
    instructions: [
      { opcode: name, words: [turns, 3, 3, 0, 0, square, 2, 0, square, 3, 0, size] },
      {
        opcode: "matmul",
        words: [
          ...[0, size, size, size, 0, 0, 0, ...whole, 1, 0, ...whole],
          ...body({
            dims: [size, size],
            inputs: [{ buffer: -1, strides: whole }],
            constants: [bitsOf(0.5, "float32")],
            steps: [["mul", 0, 0, 1]],
            outputs: [{ buffer: 4, strides: whole, operand: 2 }],
          }),
        ],
      },
      {
        opcode: "matmul",
        words: [
          ...[0, size, size, size, 0, 4, 0, ...whole, 1, 0, 1, size],
          ...body({
            dims: [size, size],
            inputs: [{ buffer: -1, strides: whole }],
            outputs: [{ buffer: 2, strides: whole, operand: 0 }],
          }),
        ],
      },
      {
        opcode: "reduce",
        words: [
          ...[0, 1, size, size, 3, 0],
          ...body({
            dims: [size, size],
            inputs: [{ buffer: 4, strides: whole }],
            outputs: [{ buffer: -1, strides: whole, operand: 0 }],
          }),
        ],
      },
    ],
  };
}

test("turns compute what those of a loop in order compute, bit for bit", () => {
  const [inOrder, parallel] = [execute(products("loop")), execute(products("parallelLoop"))];
  expectSame(parallel[2], inOrder[2] ?? [], "the products");
  expectSame(parallel[3], inOrder[3] ?? [], "the sums");
});

describe.skipIf(!hasThreads)("with several threads", () => {
  const { threads } = engine.info();
  afterEach(() => engine.setThreads(threads));

  test("the bits are the same", () => {
    const results = [1, 2, 3, 8, 20].map((count) => {
      engine.setThreads(count);
      return execute(products("parallelLoop"), 3);
    });
    for (const result of results)
      for (const [buffer, data] of result.entries()) expectSame(data, results[0]?.[buffer] ?? [], `binding ${buffer}`);
  });

  test.each([
    [1, 8],
    [8, 1],
  ])("a program that was loaded for %i runs on %i", (before, after) => {
    const program = doubling(100, 40);
    engine.setThreads(before);
    const id = engine.load(assembleTest(program));
    engine.setThreads(after);
    const handles = program.bindings.map(({ data }) => {
      const handle = engine.allocate(data.byteLength);
      engine.write(handle, 0, data);
      return handle;
    });
    engine.run(id, Int32Array.from(handles), 50);
    const result = new Float32Array(4000);
    engine.read(handles[1] as number, 0, result);
    expectSame(result, doubled(100, 40), "the result");
    for (const handle of handles) engine.release(handle);
    engine.unload(id);
  });
});

test("turns follow the bindings from run to run", () => {
  const program = doubling(20, 8);
  const id = engine.load(assembleTest(program));
  const allocate = (data: Float32Array) => {
    const handle = engine.allocate(data.byteLength);
    engine.write(handle, 0, data);
    return handle;
  };
  const ones = new Float32Array(160).fill(1);
  const [first, second, result] = [allocate(ones), allocate(ones.map(() => 5)), allocate(ones)];
  for (const [source, value] of [
    [first, -2],
    [second, -10],
    [first, -2],
  ] as const) {
    engine.run(id, Int32Array.of(source, result), 1);
    const read = new Float32Array(160);
    engine.read(result, 0, read);
    expectSame(
      read,
      ones.map(() => value),
      "the result",
    );
  }
  for (const handle of [first, second, result]) engine.release(handle);
  engine.unload(id);
});

test("the work of all turns is told, and the time of each instruction within", () => {
  const described = (turns: number) => {
    const program = doubling(turns, 4000);
    const id = engine.load(assembleTest(program));
    const handles = Int32Array.from(program.bindings, ({ data }) => engine.allocate(data.byteLength));
    const [description, times] = [engine.describe(id), engine.profile(id, handles, 20)];
    for (const handle of handles) engine.release(handle);
    engine.unload(id);
    return { description, times };
  };
  const [once, often] = [described(1), described(30)];
  expect(often.description.map(({ opcode }) => opcode)).toEqual(["ParallelLoop", "Map", "Map"]);
  for (const [index, { flops, bytes }] of once.description.entries())
    expect(often.description[index]).toMatchObject({ flops: 30 * flops, bytes: 30 * bytes });
  expect(often.times[1]).toBeGreaterThan(0);
  expect(often.times[2]).toBeGreaterThan(0);
});

describe("a parallel loop is refused", () => {
  const messageOfWords = (words: Int32Array): string => {
    try {
      engine.unload(engine.load(words));
    } catch (error) {
      return (error as Error).message;
    }
    return "";
  };
  const messageOf = (program: TestProgram) => messageOfWords(assembleTest(program));
  const copy = (elements: number, from: number, to: number): TestInstruction => ({
    opcode: "copy",
    words: [1, elements, from, 0, 1, to, 0, 1],
  });
  const looping = (loop: readonly number[], ...within: TestInstruction[]): TestProgram => ({
    bindings: [float32(new Float32Array(100)), empty("float32", 100), int32(new Int32Array(10))],
    privates: [{ dtype: "float32", elements: 10 }],
    instructions: [{ opcode: "parallelLoop", words: loop }, ...within],
  });
  const rows = [10, 1, 2, 0, 0, 10, 1, 0, 10];

  test("but not if it is right", () => {
    expect(messageOf(looping(rows, copy(10, 0, 1)))).toBe("");
    expect(messageOf(looping([10, 2, 2, 0, 0, 10, 1, 90, -10], copy(10, 0, 3), copy(10, 3, 1)))).toBe("");
    expect(messageOf(looping([1, 1, 0], copy(10, 0, 1)))).toBe("");
  });

  test.each<[string, TestProgram, RegExp]>([
    ["without turns", looping([0, 1, 0], copy(10, 0, 1)), /number of turns is 0, expected 1 to 65535/],
    ["with too many turns", looping([65536, 1, 0], copy(10, 0, 1)), /number of turns is 65536/],
    ["with more instructions than there are", looping([2, 2, 0], copy(10, 0, 1)), /instructions is 2, expected 1 to 1/],
    [
      "within another",
      looping([2, 2, 0], { opcode: "parallelLoop", words: [2, 1, 0] }, copy(10, 0, 1)),
      /it lies inside of another loop/,
    ],
    [
      "within a loop",
      {
        ...looping([]),
        instructions: [{ opcode: "loop", words: [2, 2, 0] }, ...looping([2, 1, 0], copy(10, 0, 3)).instructions],
      },
      /it lies inside of another loop/,
    ],
    ["that moves beyond a buffer's end", looping([11, ...rows.slice(1)], copy(10, 0, 1)), /reaches element 109/],
    ["whose turns all write the same place", looping([10, 1, 0], copy(10, 0, 1)), /lies in the way of another turn/],
    [
      "whose turns write into one another",
      looping([10, 1, 1, 1, 0, 9], copy(10, 0, 1)),
      /within a turn 40 bytes are reached, and each begins 36 after/,
    ],
    [
      "whose turns read what others write",
      looping([5, 2, 1, 1, 0, 10], copy(10, 1, 3), { opcode: "copy", words: [1, 10, 3, 0, 1, 1, 10, 1] }),
      /lies in the way of another turn/,
    ],
    [
      "that gathers, since it could fail",
      looping([1, 1, 0], { opcode: "gather", words: [1, 10, 10, 1, 0, 0, 2, 0, 1, 0] }),
      /stands in a parallel loop, where nothing may that can fail/,
    ],
  ])("%s", (_what, program, message) => {
    expect(messageOf(program)).toMatch(message);
  });

  test("and so are private buffers outside of one, or beyond the end of private memory", () => {
    const outside = { ...looping([]), instructions: [copy(10, 0, 3)] };
    expect(messageOf(outside)).toMatch(
      /the target is the private buffer 3, which only the turns of a parallel loop have/,
    );
    expect(messageOf(looping([1, 1, 0], copy(11, 0, 3)))).toMatch(/reaches element 10 of buffer 3, which has 10/);
    const words = assembleTest(looping(rows, copy(10, 0, 1)));
    words[8] = 0;
    expect(() => engine.load(words)).toThrow(/ends at byte 40 of private memory, which has 0/);
    words[8] = -1;
    expect(() => engine.load(words)).toThrow(/has -1 private units/);
    words[8] = 0x7fffffff;
    expect(messageOfWords(words)).toMatch(/^$|out of memory/);
  });
});
