/** Loops within the turns of a parallel loop: scans of which each worker has some rows. Buffers move in both. */
import { afterEach, describe, expect, test } from "vitest";
import {
  assembleTest,
  body,
  empty,
  engine,
  execute,
  expectSame,
  float32,
  hasThreads,
  type TestInstruction,
  type TestProgram,
} from "./kit.ts";

afterEach(() => expect(engine.statistics()).toMatchObject({ liveBuffers: 0, livePrograms: 0 }));

interface Sums {
  readonly parts: number;
  readonly rows: number;
  readonly length: number;
  readonly columns: number;
}

/** states[0] = x[0] and states[t + 1] = states[t] + x[t], each `rows` x `columns`: every part of the rows by itself, through all steps. */
function runningSums(
  { parts, rows, length, columns }: Sums,
  loop: Partial<Record<"moves" | "inner", number[]>> = {},
): TestProgram {
  const [part, step] = [(rows / parts) * columns, rows * columns];
  const [x, states, before, after, slice] = [0, 1, 2, 3, 4];
  const dims = [part];
  const strides = [1];
  const moves = loop.moves ?? [x, states, before, after, slice].flatMap((buffer) => [buffer, 0, part]);
  const inner = loop.inner ?? [before, 0, step, after, step, step, slice, 0, step];
  return {
    bindings: [
      float32(Float32Array.from({ length: length * step }, (_, i) => (i * 7) % 97)),
      empty("float32", (length + 1) * step),
    ],
    sameAs: [states, states, x],
    instructions: [
      { opcode: "parallelLoop", words: [parts, 3, moves.length / 3, ...moves] },
      {
        opcode: "map",
        words: body({ dims, inputs: [{ buffer: x, strides }], outputs: [{ buffer: states, strides, operand: 0 }] }),
      },
      { opcode: "loop", words: [length, 1, inner.length / 3, ...inner] },
      {
        opcode: "map",
        words: body({
          dims,
          inputs: [
            { buffer: before, strides },
            { buffer: slice, strides },
          ],
          steps: [["add", 0, 0, 1]],
          outputs: [{ buffer: after, strides, operand: 2 }],
        }),
      },
    ],
  };
}

function expectedSums({ bindings }: TestProgram, { rows, length, columns }: Sums): Float32Array {
  const x = bindings[0]?.data ?? [];
  const step = rows * columns;
  const states = new Float32Array((length + 1) * step);
  for (let i = 0; i < step; i++) states[i] = x[i] as number;
  for (let i = 0; i < length * step; i++) states[i + step] = (states[i] as number) + (x[i] as number);
  return states;
}

describe.skipIf(!hasThreads)("with any number of threads", () => {
  const { threads } = engine.info();
  afterEach(() => engine.setThreads(threads));

  test.each([1, 2, 3, 8])("%i: every part of the rows goes through all steps", (count) => {
    engine.setThreads(count);
    for (const parts of [1, 2, 6, 30]) {
      const sizes = { parts, rows: 60, length: 9, columns: 5 };
      const program = runningSums(sizes);
      expectSame(execute(program, 2)[1], expectedSums(program, sizes), `the states in ${parts} parts`);
    }
  });
});

test("pointers are where they were when a program runs again, and a profile counts all turns", () => {
  const sizes = { parts: 4, rows: 8, length: 3, columns: 16 };
  const program = runningSums(sizes);
  expectSame(execute(program, 5)[1], expectedSums(program, sizes), "the states");
});

describe("is refused", () => {
  const messageOf = (program: TestProgram): string => {
    try {
      engine.unload(engine.load(assembleTest(program)));
    } catch (error) {
      return (error as Error).message;
    }
    return "";
  };
  const sizes = { parts: 4, rows: 8, length: 3, columns: 4 };
  const [part, step] = [8, 32];
  const moving = (...buffers: number[]) => buffers.flatMap((buffer) => [buffer, 0, part]);

  test("but not if it is right", () => {
    expect(messageOf(runningSums(sizes))).toBe("");
    // Backwards through time: the states after a step lie in the rows before it.
    const backwards = [2, 3 * step, -step, 3, 2 * step, -step, 4, 2 * step, -step];
    expect(messageOf(runningSums(sizes, { inner: backwards }))).toBe("");
  });

  test.each<[string, TestProgram, RegExp]>([
    [
      "if a part reads rows that another writes",
      runningSums(sizes, { inner: [2, part, step, 3, step, step, 4, 0, step] }),
      /lies in the way of another turn/,
    ],
    [
      "if parts reach into the next step",
      runningSums(sizes, { inner: [2, 0, step - part, 3, step - part, step - part, 4, 0, step] }),
      /lies in the way of another turn/,
    ],
    [
      "if an instruction reads and writes the same in different steps",
      runningSums(sizes, { inner: [2, 0, step / 2, 3, step, step, 4, 0, step] }),
      /output 0 \(buffer 3\) overlaps input 0/,
    ],
    ["if all parts write the same", runningSums(sizes, { moves: moving(0, 1, 4) }), /lies in the way of another turn/],
    [
      "if the steps move a buffer beyond its end",
      runningSums({ ...sizes, length: 3 }, { inner: [2, 0, step, 3, 2 * step, step, 4, 0, step] }),
      /reaches element 128 of buffer 3, which has 128|reaches element \d+ of buffer 3/,
    ],
    ["if a step moves a buffer twice", runningSums(sizes, { inner: [2, 0, step, 2, 0, step] }), /buffer 2 moves twice/],
    [
      "if it has more instructions than the parallel loop",
      {
        ...runningSums(sizes),
        instructions: runningSums(sizes).instructions.map(({ opcode, words }) =>
          opcode === "parallelLoop" ? { opcode, words: [words[0] as number, 2, ...words.slice(2)] } : { opcode, words },
        ),
      },
      /number of its instructions is 1, expected 1 to 0/,
    ],
    [
      "if another loop lies in it",
      {
        ...runningSums(sizes),
        instructions: runningSums(sizes).instructions.flatMap(({ opcode, words }): TestInstruction[] =>
          opcode === "parallelLoop"
            ? [{ opcode, words: [words[0] as number, 4, ...words.slice(2)] }]
            : opcode === "loop"
              ? [
                  { opcode, words: [words[0] as number, 2, ...words.slice(2)] },
                  { opcode, words: [1, 1, 0] },
                ]
              : [{ opcode, words }],
        ),
      },
      /it lies inside of another loop/,
    ],
  ])("%s", (_what, program, message) => {
    expect(messageOf(program)).toMatch(message);
  });
});
