/** Loops: buffers that move from turn to turn, what is counted, and faults. */
import { afterEach, describe, expect, test } from "vitest";
import { body, empty, engine, errorOf, execute, float32, int32, load, type TestProgram } from "./kit.ts";

afterEach(() => expect(engine.statistics()).toMatchObject({ liveBuffers: 0, livePrograms: 0 }));

describe("a loop", () => {
  /** Turn t adds row t of a 3 by 2 matrix to a total, and stores that in row 2 - t of another, so often. */
  const runningSum = (turns: number): TestProgram => ({
    bindings: [float32([1, 2, 3, 4, 5, 6]), float32([10, 20]), empty("float32", 6)],
    instructions: [
      { opcode: "loop", words: [turns, 2, 2, 0, 0, 2, 2, (turns - 1) * 2, -2] },
      {
        opcode: "map",
        words: body({
          dims: [2],
          inputs: [
            { buffer: 0, strides: [1] },
            { buffer: 1, strides: [1] },
          ],
          steps: [["add", 0, 0, 1]],
          outputs: [{ buffer: 1, strides: [1], operand: 2 }],
        }),
      },
      { opcode: "copy", words: [1, 2, 1, 0, 1, 2, 0, 1] },
    ],
  });

  test("runs its instructions over buffers that move, from the start in every run", () => {
    expect(execute(runningSum(3)).map((data) => [...data])).toEqual([
      [1, 2, 3, 4, 5, 6],
      [19, 32],
      [19, 32, 14, 26, 11, 22],
    ]);
    expect([...(execute(runningSum(3), 3)[1] ?? [])]).toEqual([37, 56]);
    expect([...(execute(runningSum(1))[2] ?? [])]).toEqual([11, 22, 0, 0, 0, 0]);
  });

  test("counts the work of all turns", () => {
    const work = (turns: number) => {
      const { id, release } = load(runningSum(turns));
      const { flops, bytes } = engine.describe(id)[1] as { flops: number; bytes: number };
      release();
      return [flops, bytes];
    };
    expect(work(3)).toEqual(work(1).map((amount) => 3 * amount));
  });

  test("begins at its start again after a fault in a later turn", () => {
    const { id, handles, release } = load({
      bindings: [float32([1, 2, 3]), int32([0, 1, 7]), empty("float32", 3)],
      instructions: [
        { opcode: "loop", words: [3, 1, 2, 1, 0, 1, 2, 0, 1] },
        { opcode: "gather", words: [1, 3, 1, 1, 0, 0, 1, 0, 2, 0] },
      ],
    });
    expect(errorOf(() => engine.run(id, handles, 1)).code).toBe("RAPPEL_FAULT");
    engine.write(handles[1] as number, 0, Int32Array.of(2, 1, 0));
    engine.run(id, handles, 1);
    const result = new Float32Array(3);
    engine.read(handles[2] as number, 0, result);
    expect([...result]).toEqual([3, 2, 1]);
    release();
  });
});
