/** Bodies of fused elementwise kernels, of every form, against a plain interpreter. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { bitsOf, type Operator } from "../../src/compiler/program.ts";
import type { DType, TypedArray } from "../../src/graph/dtype.ts";
import {
  assembleTest,
  type BodyStep,
  body,
  bool,
  empty,
  engine,
  execute,
  expectSame,
  float32,
  forEachIndex,
  hasThreads,
  instructionSets,
  int32,
  numbers,
  position,
  stridesOf,
  testsWasm,
  uint8,
} from "./kit.ts";

describe.each(instructionSets)("on %s", (isa) => {
  beforeAll(() => engine.setInstructionSet(isa));
  afterAll(() => expect(engine.statistics()).toMatchObject({ liveBuffers: 0, livePrograms: 0 }));

  test("views: any strides, any type, in and out", () => {
    const random = numbers(7);
    const pick = (n: number): number => Math.floor(random() * n);
    const makers: Record<DType, (data: ArrayLike<number>) => { dtype: DType; data: TypedArray }> = {
      float32,
      int32,
      uint8,
      bool,
    };
    for (let round = 0; round < 300; round++) {
      const rank = 1 + pick(4);
      const dims = Array.from({ length: rank }, () => (pick(12) === 0 ? 1 : 1 + pick(round % 10 === 0 ? 40 : 9)));
      const dtype = (["float32", "int32", "uint8", "bool"] as const)[pick(4)] as DType;
      const elements = dims.reduce((a, b) => a * b, 1);
      // A view of a larger array: dimensions in any order, some reversed, some repeated (in the source only).
      const view = (repeats: boolean) => {
        const order = dims.map((_, d) => d).sort(() => random() - 0.5);
        const strides = dims.map(() => 0);
        let step = 1;
        let offset = pick(5);
        for (const d of order) {
          if (repeats && pick(3) === 0) continue;
          strides[d] = pick(5) === 0 ? -step : step;
          if ((strides[d] as number) < 0) offset += step * ((dims[d] as number) - 1);
          step *= (dims[d] as number) + (pick(4) === 0 ? 1 : 0);
        }
        return { offset, strides, size: offset + step + 3 };
      };
      const source = view(true);
      const target = view(false);
      const limit = { float32: 1000, int32: 1000, uint8: 256, bool: 2 }[dtype];
      const values = Array.from({ length: source.size }, () => pick(limit));
      const words = body({
        dims,
        inputs: [{ buffer: 0, offset: source.offset, strides: source.strides }],
        outputs: [{ buffer: 1, offset: target.offset, strides: target.strides, operand: 0 }],
      });
      const [, result] = execute({
        bindings: [makers[dtype](values), empty(dtype, target.size)],
        instructions: [{ opcode: "map", words }],
      });
      const expected = Array.from({ length: target.size }, () => 0);
      forEachIndex(dims, (index) => {
        expected[position(index, target.offset, target.strides)] = values[
          position(index, source.offset, source.strides)
        ] as number;
      });
      expectSame(result as TypedArray, expected, `${dtype} [${dims}] ${JSON.stringify({ source, target, elements })}`);
    }
  });

  test("random bodies: slots reused, uniform values, several outputs, in place, any length", () => {
    const random = numbers(11);
    const pick = (n: number): number => Math.floor(random() * n);
    for (let round = 0; round < 200; round++) {
      const columns = [1, 3, 10, 64, 100, 600, 1000][pick(7)] as number;
      const rows = columns > 500 ? 1 + pick(4) : 1 + pick(40);
      const dims = [rows, columns];
      const contiguous = stridesOf(dims);
      // Whole array, bias, column, scalar, and two arrays that are also written.
      const inputs = [
        { buffer: 0, strides: contiguous },
        { buffer: 1, strides: [0, 1] },
        { buffer: 2, strides: [1, 0] },
        { buffer: 3, strides: [0, 0] },
        { buffer: 4, strides: contiguous },
        { buffer: 5, strides: contiguous },
      ];
      const sizes = [rows * columns, columns, rows, 1, rows * columns, rows * columns];
      const data = sizes.map((size) => Float32Array.from({ length: size }, () => pick(17) - 8));
      const constants = [2, -0.5];
      const slotCount = 2 + pick(4);
      const firstSlot = inputs.length + constants.length;
      const written = new Set<number>();
      const operand = (): number => {
        const slots = [...written];
        const n = pick(firstSlot + slots.length * 2);
        return n < firstSlot ? n : firstSlot + (slots[(n - firstSlot) % slots.length] as number);
      };
      const steps: BodyStep[] = Array.from({ length: 1 + pick(10) }, () => {
        const op = (["add", "sub", "mul", "max", "neg", "fma"] as const)[pick(6)] as Operator;
        const step: BodyStep = [op, pick(slotCount), operand(), operand(), operand()];
        written.add(step[1]);
        return step;
      });
      const results = [4, 5, 6].map((buffer) => ({ buffer, strides: contiguous, operand: operand() }));
      const bindings = [...data.map((values) => float32(values)), empty("float32", rows * columns)];
      const words = body({
        dims,
        inputs,
        constants: constants.map((value) => bitsOf(value, "float32")),
        steps,
        outputs: results,
      });
      const after = execute({ bindings, instructions: [{ opcode: "map", words }] });
      const expected = results.map(() => new Float32Array(rows * columns));
      forEachIndex(dims, (index, linear) => {
        const registers = [
          ...inputs.map(({ buffer, strides }) => data[buffer]?.[position(index, 0, strides)] as number),
          ...constants,
        ];
        const get = (n: number | undefined): number => registers[n as number] as number;
        for (const [op, slot, a, b, c] of steps) {
          const [x, y, z] = [get(a), get(b), get(c)];
          const value = { add: x + y, sub: x - y, mul: x * y, max: Math.max(x, y), neg: -x, fma: x * y + z }[
            op as string
          ];
          registers[firstSlot + slot] = Math.fround(value as number);
        }
        for (const [i, { operand }] of results.entries()) (expected[i] as Float32Array)[linear] = get(operand);
      });
      for (const [i, { buffer }] of results.entries()) {
        const actual = after[buffer] as TypedArray;
        for (let e = 0; e < actual.length; e++) {
          const a = actual[e] as number;
          const x = (expected[i] as Float32Array)[e] as number;
          // Small integers are exact; long chains of products are not, and fma rounds once.
          if (!(Math.abs(a - x) <= 1e-5 * Math.abs(x) || Object.is(a, x) || !Number.isFinite(x))) {
            expect.fail(
              `round ${round}, output ${i}, element ${e} is ${a}, expected ${x}: ${JSON.stringify({ dims, steps, results })}`,
            );
          }
        }
      }
    }
  });

  test("two variables change places", () => {
    const a = Float32Array.from({ length: 1500 }, (_, i) => i);
    const b = a.map((x) => -x);
    const words = body({
      dims: [1500],
      inputs: [
        { buffer: 0, strides: [1] },
        { buffer: 1, strides: [1] },
      ],
      outputs: [
        { buffer: 0, strides: [1], operand: 1 },
        { buffer: 1, strides: [1], operand: 0 },
      ],
    });
    const result = execute({ bindings: [float32(a), float32(b)], instructions: [{ opcode: "map", words }] });
    expect(result).toEqual([b, a]);
  });

  test("iota counts by period and modulus from any index", () => {
    for (const [elements, period, modulus] of [
      [1000, 1, 7],
      [1000, 1, 2000],
      [777, 10, 3],
      [2000, 600, 5],
      [5, 1, 1],
    ] as const) {
      const words = body({
        dims: [elements],
        inputs: [],
        steps: [["iota", 0, period, modulus]],
        outputs: [{ buffer: 0, strides: [1], operand: 0 }],
      });
      const [result] = execute({ bindings: [empty("int32", elements)], instructions: [{ opcode: "map", words }] });
      expectSame(
        result as TypedArray,
        Array.from({ length: elements }, (_, i) => Math.floor(i / period) % modulus),
        "iota",
      );
    }
  });

  test("nothing happens over no elements, one element is one element", () => {
    const of = (dims: number[]) =>
      body({
        dims,
        inputs: [{ buffer: 0, strides: stridesOf(dims) }],
        outputs: [{ buffer: 1, strides: stridesOf(dims), operand: 0 }],
      });
    const run = (dims: number[]) =>
      execute({ bindings: [float32([5]), empty("float32", 1)], instructions: [{ opcode: "map", words: of(dims) }] })[1];
    expect(run([0])).toEqual(Float32Array.of(0));
    expect(run([3, 0, 2])).toEqual(Float32Array.of(0));
    expect(run([])).toEqual(Float32Array.of(5));
    expect(run([1, 1, 1])).toEqual(Float32Array.of(5));
  });

  test.skipIf(testsWasm)(
    "results too large for caches, of any length, beside smaller ones and one that is computed with again",
    () => {
      const elements = 8 * 2 ** 20 + 12_345;
      const x = Float32Array.from({ length: elements }, (_, index) => (index % 1009) - 500);
      const words = body({
        dims: [elements],
        inputs: [{ buffer: 0, strides: [1] }],
        steps: [
          ["abs", 0, 0],
          ["mul", 1, 0, 1],
        ],
        outputs: [
          { buffer: 1, strides: [1], operand: 1 },
          { buffer: 2, strides: [1], operand: 2 },
        ],
      });
      const results = execute({
        bindings: [float32(x), empty("float32", elements), empty("float32", elements)],
        instructions: [{ opcode: "map", words }],
      });
      const [absolute, product] = [results[1], results[2]] as [Float32Array, Float32Array];
      let wrong = 0;
      for (let index = 0; index < elements; index++) {
        const value = x[index] as number;
        if (absolute[index] !== Math.abs(value) || product[index] !== value * Math.abs(value)) wrong++;
      }
      expect(wrong).toBe(0);
    },
  );

  test.skipIf(!hasThreads)("threads do not change a bit", () => {
    const elements = 300_007;
    const random = numbers(3);
    const data = Float32Array.from({ length: elements }, () => random() * 20 - 10);
    const words = body({
      dims: [elements],
      inputs: [{ buffer: 0, strides: [1] }],
      steps: [
        ["tanh", 0, 0],
        ["exp", 1, 1],
        ["mul", 0, 1, 2],
      ],
      outputs: [{ buffer: 1, strides: [1], operand: 1 }],
    });
    const program = {
      bindings: [float32(data), empty("float32", elements)],
      instructions: [{ opcode: "map" as const, words }],
    };
    const id = engine.load(assembleTest(program));
    expect(engine.describe(id)[0]?.tasks).toBeGreaterThan(1);
    engine.unload(id);
    const before = engine.info().threads;
    engine.setThreads(1);
    const one = execute(program)[1];
    engine.setThreads(4);
    const four = execute(program)[1];
    engine.setThreads(before);
    expect(four).toEqual(one);
  });
});
