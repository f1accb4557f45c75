/** Running: buffers and their bounds, repetitions, faults, cancelling, threads, and programs that outlive their release. */
import { afterEach, describe, expect, test } from "vitest";
import {
  body,
  counting,
  empty,
  engine,
  errorOf,
  execute,
  expectSame,
  float32,
  hasThreads,
  int32,
  load,
  numbers,
  type TestProgram,
} from "./kit.ts";

const gathering = (index: number): TestProgram => ({
  bindings: [float32([1, 2, 3]), int32([0, index, 2, index]), empty("float32", 4)],
  instructions: [
    { opcode: "fill", words: [4, 2, 0, 0] },
    { opcode: "gather", words: [1, 3, 4, 1, 0, 0, 1, 0, 2, 0] },
  ],
});

afterEach(() => expect(engine.statistics()).toMatchObject({ liveBuffers: 0, livePrograms: 0 }));

describe("buffers", () => {
  test("hold what was written, anywhere", () => {
    const handle = engine.allocate(16);
    engine.write(handle, 0, Float32Array.of(1, 2, 3, 4));
    engine.write(handle, 4, Float32Array.of(20, 30));
    const all = new Float32Array(4);
    engine.read(handle, 0, all);
    expect([...all]).toEqual([1, 20, 30, 4]);
    const bytes = new Uint8Array(4);
    engine.read(handle, 12, bytes);
    expect(new Float32Array(bytes.buffer)[0]).toBe(4);
    engine.release(handle);
  });

  test("are not read or written outside of their bounds", () => {
    const handle = engine.allocate(16);
    const error = errorOf(() => engine.write(handle, 4, new Float32Array(4)));
    expect(error.code).toBe("RAPPEL_RANGE");
    expect(error.message).toMatch(/bytes 4 to 20 are outside buffer \d+, which has 16 bytes/);
    expect(() => engine.read(handle, 17, new Float32Array(0))).toThrow(RangeError);
    expect(() => engine.read(handle, 2 ** 52, new Float32Array(1))).toThrow(RangeError);
    expect(() => engine.read(handle, -1, new Float32Array(1))).toThrow(/byteOffset must be an integer/);
    engine.release(handle);
  });

  test("are unknown after their release, also when others are allocated since", () => {
    const handle = engine.allocate(4);
    engine.release(handle);
    const others = Array.from({ length: 200 }, () => engine.allocate(4));
    expect(others).not.toContain(handle);
    expect(errorOf(() => engine.write(handle, 0, new Float32Array(1))).code).toBe("RAPPEL_HANDLE");
    expect(errorOf(() => engine.release(handle)).code).toBe("RAPPEL_HANDLE");
    for (const other of others) engine.release(other);
  });

  test("are refused when memory is short, with the sizes", () => {
    const error = errorOf(() => engine.allocate(2 ** 52));
    expect(error).toBeInstanceOf(RangeError);
    expect(error.message).toMatch(/out of memory: 4503599627370496 bytes were asked for while 0 buffers hold 0 bytes/);
  });

  test("count in the statistics, with the highest level", () => {
    const before = engine.statistics().peakBytes;
    const handle = engine.allocate(50_000_000);
    expect(engine.statistics()).toMatchObject({ liveBuffers: 1, liveBytes: 50_000_000 });
    engine.release(handle);
    expect(engine.statistics().liveBytes).toBe(0);
    expect(engine.statistics().peakBytes).toBeGreaterThanOrEqual(Math.max(before, 50_000_000));
  });
});

describe("a run", () => {
  test("happens as often as asked", () => {
    expect(execute(counting(1000), 7)[0]).toEqual(new Float32Array(1000).fill(7));
    expect(execute(counting(1000), 0)[0]).toEqual(new Float32Array(1000));
  });

  test("is refused for bindings that do not fit", () => {
    const { id, handles, release } = load(counting(10));
    const small = engine.allocate(36);
    expect(errorOf(() => engine.run(id, Int32Array.of(small), 1))).toMatchObject({
      code: "RAPPEL_BINDING",
      message: "binding 0 has 36 bytes, the program needs 40 (10 elements of float32)",
    });
    expect(errorOf(() => engine.run(id, Int32Array.of(), 1)).message).toBe("the program has 1 bindings, 0 were given");
    expect(errorOf(() => engine.run(id, Int32Array.of(123456), 1)).code).toBe("RAPPEL_HANDLE");
    expect(errorOf(() => engine.run(id + 1, handles, 1)).code).toBe("RAPPEL_HANDLE");
    expect(() => engine.run(id, handles, -1)).toThrow(/times must be an integer/);
    expect(() => engine.run(id, new Float32Array(1) as unknown as Int32Array, 1)).toThrow(
      /handles must be an Int32Array/,
    );
    engine.release(small);
    release();
  });

  test("is refused if memory that is written is bound twice", () => {
    const { id, handles, release } = load(gathering(1));
    const twice = Int32Array.of(handles[0] as number, handles[1] as number, handles[2] as number);
    engine.run(id, twice, 1);
    const result = engine.allocate(16);
    expect(errorOf(() => engine.run(id, Int32Array.of(result, handles[1] as number, result), 1)).message).toMatch(
      /bindings 0 and 2 are the same memory, and the program writes to binding 2/,
    );
    engine.release(result);
    release();
  });

  test.each([3, -1, 2147483647, -2147483648])("stops at the index %d out of range and says where", (index) => {
    const { id, handles, release } = load(gathering(index));
    expect(errorOf(() => engine.run(id, handles, 5))).toMatchObject({
      code: "RAPPEL_FAULT",
      message: `instruction 1 (Gather): index ${index} at position 1 of its indices is outside [0, 3)`,
      instruction: 1,
      position: 1,
      index,
    });
    release();
  });

  test("goes to new memory when other memory is bound", () => {
    const { id, handles, release } = load(counting(100));
    const other = engine.allocate(400);
    engine.write(other, 0, new Float32Array(100).fill(50));
    engine.run(id, handles, 3);
    engine.run(id, Int32Array.of(other), 2);
    engine.run(id, handles, 1);
    const result = new Float32Array(100);
    engine.read(handles[0] as number, 0, result);
    expect(result[99]).toBe(4);
    engine.read(other, 0, result);
    expect(result[99]).toBe(52);
    engine.release(other);
    release();
  });

  test("is timed instruction by instruction", () => {
    const { id, handles, release } = load(gathering(1));
    const nanoseconds = engine.profile(id, handles, 100);
    expect(nanoseconds).toHaveLength(2);
    for (const value of nanoseconds) expect(value).toBeGreaterThan(0);
    expect(engine.describe(id).map(({ opcode }) => opcode)).toEqual(["Fill", "Gather"]);
    release();
  });
});

describe("an asynchronous run", () => {
  test("happens in order and leaves the event loop free", async () => {
    const { id, handles, release } = load(counting(300_000));
    let ticks = 0;
    const timer = setInterval(() => ticks++, 1);
    const runs = await Promise.all([10, 20, 500].map((times) => engine.runAsync(id, handles, times)));
    clearInterval(timer);
    expect(runs).toEqual([10, 20, 500]);
    expect(ticks).toBeGreaterThan(0);
    const result = new Float32Array(300_000);
    engine.read(handles[0] as number, 0, result);
    expectSame(result, new Float32Array(300_000).fill(530), "the count");
    release();
  });

  test("keeps what it needs alive", async () => {
    const { id, handles, release } = load(counting(1000));
    const first = engine.runAsync(id, handles, 100_000);
    const second = engine.runAsync(id, handles, 5);
    release();
    expect(engine.statistics().liveBuffers).toBe(0);
    expect(engine.statistics().liveBytes).toBeGreaterThan(0);
    expect(await Promise.all([first, second])).toEqual([100_000, 5]);
    expect(engine.statistics().liveBytes).toBe(0);
  });

  test("can be cancelled, with all behind it", async () => {
    const { id, handles, release } = load(counting(1000));
    const long = engine.runAsync(id, handles, 1e12);
    const next = engine.runAsync(id, handles, 1e12);
    setTimeout(() => engine.cancel(), 20);
    const done = await long;
    expect(done).toBeLessThan(1e12);
    expect(await next).toBe(0);
    const result = new Float32Array(1000);
    engine.read(handles[0] as number, 0, result);
    expect(result[0]).toBe(Math.min(done, 2 ** 24));
    release();
  });

  test("is not disturbed: whatever would is refused", async () => {
    const { id, handles, release } = load(counting(1000));
    const run = engine.runAsync(id, handles, 20_000);
    expect(errorOf(() => engine.run(id, handles, 1)).code).toBe("RAPPEL_BUSY");
    expect(errorOf(() => engine.write(handles[0] as number, 0, new Float32Array(1))).code).toBe("RAPPEL_BUSY");
    expect(errorOf(() => engine.read(handles[0] as number, 0, new Float32Array(1))).code).toBe("RAPPEL_BUSY");
    expect(errorOf(() => engine.setThreads(1)).code).toBe("RAPPEL_BUSY");
    const other = engine.allocate(4);
    engine.write(other, 0, new Float32Array(1));
    engine.release(other);
    await run;
    release();
  });

  test("rejects on a fault", async () => {
    const { id, handles, release } = load(gathering(9));
    await expect(engine.runAsync(id, handles, 3)).rejects.toMatchObject({
      code: "RAPPEL_FAULT",
      position: 1,
      index: 9,
    });
    release();
  });
});

test.skipIf(!hasThreads).each([
  ["float32", 0],
  ["bfloat16", 1],
] as const)(
  "a program of everything has the same bits for any number of threads, products in %s",
  (_name, precision) => {
    const random = numbers(21);
    const [rows, columns] = [700, 300];
    const whole = [columns, 1];
    const program: TestProgram = {
      bindings: [
        float32(Float32Array.from({ length: rows * columns }, () => random() - 0.5)),
        float32(Float32Array.from({ length: columns * columns }, () => random() - 0.5)),
        empty("float32", rows * columns),
        empty("float32", columns),
        empty("float32", columns * columns),
      ],
      instructions: [
        {
          opcode: "matmul",
          words: [
            ...[0, rows, columns, columns, precision, 0, 0, columns, 1, 1, 0, columns, 1],
            ...body({
              dims: [rows, columns],
              inputs: [
                { buffer: -1, strides: [0, 0] },
                { buffer: 1, strides: [0, 1] },
              ],
              steps: [
                ["add", 0, 0, 1],
                ["tanh", 0, 2],
              ],
              outputs: [{ buffer: 2, strides: whole, operand: 2 }],
            }),
          ],
        },
        {
          opcode: "reduce",
          words: [
            ...[0, 1, rows, columns, 3, 0],
            ...body({
              dims: [rows, columns],
              inputs: [{ buffer: 2, strides: whole }],
              steps: [["exp", 0, 0]],
              outputs: [{ buffer: -1, strides: [0, 0], operand: 1 }],
            }),
          ],
        },
        {
          opcode: "matmul",
          words: [
            ...[0, columns, columns, rows, precision, 0, 0, 1, columns, 2, 0, columns, 1],
            ...body({
              dims: [columns, columns],
              inputs: [{ buffer: -1, strides: [0, 0] }],
              outputs: [{ buffer: 4, strides: whole, operand: 0 }],
            }),
          ],
        },
      ],
    };
    const threads = engine.info().threads;
    const results = [1, 2, 3, 8].map((count) => {
      engine.setThreads(count);
      return execute(program, 3);
    });
    engine.setThreads(threads);
    for (const result of results) {
      for (const [buffer, data] of result.entries()) expectSame(data, results[0]?.[buffer] ?? [], `binding ${buffer}`);
    }
  },
);
