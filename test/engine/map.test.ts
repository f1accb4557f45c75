/** Fused elementwise kernels: every operator against plain arithmetic, and bodies of every form against a plain interpreter. */
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
  flushed,
  forEachIndex,
  instructionSets,
  int32,
  numbers,
  position,
  stridesOf,
  uint8,
} from "./kit.ts";

/** Applies one operator to whole arrays. */
function applyOperator(
  op: Operator,
  operands: readonly { dtype: DType; data: TypedArray }[],
  result: DType,
): TypedArray {
  const length = (operands[0] as { data: TypedArray }).data.length;
  const words = body({
    dims: [length],
    inputs: operands.map((_, buffer) => ({ buffer, strides: [1] })),
    steps: [[op, 0, 0, 1 % operands.length, 2 % operands.length]],
    outputs: [{ buffer: operands.length, strides: [1], operand: operands.length }],
  });
  const program = { bindings: [...operands, empty(result, length)], instructions: [{ opcode: "map" as const, words }] };
  return execute(program).at(-1) as TypedArray;
}

const specials = [
  NaN,
  Infinity,
  -Infinity,
  0,
  -0,
  1,
  -1,
  0.5,
  -0.5,
  1.5,
  2.5,
  -2.5,
  3.7,
  -3.7,
  1e10,
  -3e38,
  8388609,
  1e-30,
];
const integers = [0, 1, -1, 2, -2, 7, -7, 31, 32, 33, 255, 256, 65537, 2147483647, -2147483648, 1 << 30];
/** Every pair of the values. */
const pairs = (values: readonly number[]): readonly [number[], number[]] => [
  values.flatMap((a) => values.map(() => a)),
  values.flatMap(() => [...values]),
];

const halfEven = (x: number): number => {
  const floor = Math.floor(x);
  if (x - floor !== 0.5) return Object.is(Math.round(x), -0) || x < 0 ? -Math.round(-x) : Math.round(x);
  return (floor % 2 === 0 ? floor : floor + 1) || 0 * x;
};
const flooredMod = (a: number, b: number): number => {
  if (!Number.isFinite(a) || b === 0 || Number.isNaN(b)) return NaN;
  const rest = a % b;
  if (rest === 0) return b < 0 || Object.is(b, -0) ? -0 : 0;
  return rest < 0 === b < 0 ? rest : rest + b;
};
const mask = (condition: boolean): number => (condition ? 1 : 0);

const floatUnary: Partial<Record<Operator, (x: number) => number>> = {
  neg: (x) => -x,
  abs: Math.abs,
  sign: Math.sign,
  sqrt: Math.sqrt,
  floor: Math.floor,
  ceil: Math.ceil,
  round: halfEven,
  reciprocal: (x) => 1 / x,
};
const floatBinary: Partial<Record<Operator, (a: number, b: number) => number>> = {
  add: (a, b) => a + b,
  sub: (a, b) => a - b,
  mul: (a, b) => a * b,
  div: (a, b) => a / b,
  mod: flooredMod,
  max: Math.max,
  min: Math.min,
};
const floatCompare: Partial<Record<Operator, (a: number, b: number) => number>> = {
  eq: (a, b) => mask(a === b),
  ne: (a, b) => mask(a !== b),
  lt: (a, b) => mask(a < b),
  le: (a, b) => mask(a <= b),
};
const intUnary: Partial<Record<Operator, (x: number) => number>> = {
  negI: (x) => -x | 0,
  absI: (x) => Math.abs(x) | 0,
  signI: Math.sign,
};
const intBinary: Partial<Record<Operator, (a: number, b: number) => number>> = {
  addI: (a, b) => (a + b) | 0,
  subI: (a, b) => (a - b) | 0,
  mulI: Math.imul,
  divI: (a, b) => (b === 0 ? 0 : Math.trunc(a / b) | 0),
  modI: (a, b) => (b === 0 ? 0 : a - Math.floor(a / b) * b),
  maxI: Math.max,
  minI: Math.min,
  and: (a, b) => a & b,
  or: (a, b) => a | b,
  xor: (a, b) => a ^ b,
  shiftLeft: (a, b) => a << (b & 31),
  shiftRight: (a, b) => (a >>> (b & 31)) | 0,
};
const intCompare: Partial<Record<Operator, (a: number, b: number) => number>> = {
  eqI: (a, b) => mask(a === b),
  neI: (a, b) => mask(a !== b),
  ltI: (a, b) => mask(a < b),
  leI: (a, b) => mask(a <= b),
};

const names = <T>(table: Partial<Record<Operator, T>>): [Operator, T][] => Object.entries(table) as [Operator, T][];

describe.each(instructionSets)("on %s", (isa) => {
  beforeAll(() => engine.setInstructionSet(isa));
  afterAll(() => expect(engine.statistics()).toMatchObject({ liveBuffers: 0, livePrograms: 0 }));

  describe("operators", () => {
    const values = Float32Array.from([...specials, ...specials, ...specials, 0.25]); // no whole number of vectors
    test.each(names(floatUnary))("%s", (op, of) => {
      const result = applyOperator(op, [float32(values)], "float32");
      expectSame(
        result,
        Array.from(values, (x) => flushed(of(x))),
        op,
      );
      if (["neg", "sqrt", "floor", "ceil", "round"].includes(op)) {
        for (const [i, x] of values.entries())
          if (x === 0) expect(result[i], `${op}(${x}) keeps the sign of zero`).toBe(of(x));
      }
    });
    const [floatsA, floatsB] = pairs(specials.map(Math.fround));
    test.each(names(floatBinary))("%s", (op, of) => {
      const expected = floatsA.map((a, i) => flushed(of(a, floatsB[i] as number)));
      expectSame(applyOperator(op, [float32(floatsA), float32(floatsB)], "float32"), expected, op);
    });
    test.each(names(floatCompare))("%s", (op, of) => {
      const expected = floatsA.map((a, i) => of(a, floatsB[i] as number));
      expectSame(applyOperator(op, [float32(floatsA), float32(floatsB)], "bool"), expected, op);
    });
    test("mod of a huge quotient is exact", () => {
      const a = [1e30, -1e30, 3e38, 12345678, 1e20];
      const b = [7, 7, 0.3, -1e-10, 3].map(Math.fround);
      const result = applyOperator("mod", [float32(a), float32(b)], "float32");
      expectSame(
        result,
        a.map((x, i) => Math.fround(flooredMod(Math.fround(x), b[i] as number))),
        "mod",
      );
    });
    test("fma and select", () => {
      const random = numbers(1);
      const [a, b, c] = [0, 1, 2].map(() => Float32Array.from({ length: 100 }, () => random() * 4 - 2)) as [
        Float32Array,
        Float32Array,
        Float32Array,
      ];
      const fused = applyOperator("fma", [float32(a), float32(b), float32(c)], "float32");
      for (let i = 0; i < 100; i++) {
        expect(Math.abs((fused[i] as number) - ((a[i] as number) * (b[i] as number) + (c[i] as number)))).toBeLessThan(
          1e-6,
        );
      }
      const condition = Array.from(a, (x) => mask(x > 0));
      const chosen = applyOperator("select", [bool(condition), float32(b), float32(c)], "float32");
      expectSame(
        chosen,
        Array.from(b, (x, i) => (condition[i] ? x : (c[i] as number))),
        "select",
      );
    });
    test.each(names(intUnary))("%s", (op, of) => {
      expectSame(applyOperator(op, [int32(integers)], "int32"), integers.map(of), op);
    });
    const [intsA, intsB] = pairs(integers);
    test.each(names(intBinary))("%s", (op, of) => {
      const expected = intsA.map((a, i) => of(a, intsB[i] as number) | 0);
      expectSame(applyOperator(op, [int32(intsA), int32(intsB)], "int32"), expected, op);
    });
    test.each(names(intCompare))("%s", (op, of) => {
      expectSame(
        applyOperator(op, [int32(intsA), int32(intsB)], "bool"),
        intsA.map((a, i) => of(a, intsB[i] as number)),
        op,
      );
    });
    test("and, or, xor of bools", () => {
      const [a, b] = pairs([0, 1]);
      expectSame(applyOperator("and", [bool(a), bool(b)], "bool"), [0, 0, 0, 1], "and");
      expectSame(applyOperator("or", [bool(a), bool(b)], "bool"), [0, 1, 1, 1], "or");
      expectSame(applyOperator("xor", [bool(a), bool(b)], "bool"), [0, 1, 1, 0], "xor");
    });
    test("casts", () => {
      const reals = [NaN, Infinity, -Infinity, 3e9, -3e9, 2147483648, -2147483648, 2147483520, 1.9, -1.9, 0, -0, 0.1];
      expectSame(
        applyOperator("floatToInt", [float32(reals)], "int32"),
        [0, 2147483647, -2147483648, 2147483647, -2147483648, 2147483647, -2147483648, 2147483520, 1, -1, 0, 0, 0],
        "floatToInt",
      );
      expectSame(
        applyOperator("floatToBool", [float32(reals)], "bool"),
        reals.map((x) => mask(x !== 0)),
        "floatToBool",
      );
      expectSame(applyOperator("intToFloat", [int32(integers)], "float32"), integers.map(Math.fround), "intToFloat");
      expectSame(applyOperator("intToFloat", [uint8([0, 7, 255])], "float32"), [0, 7, 255], "uint8 to float");
      expectSame(
        applyOperator("intToBool", [int32(integers)], "bool"),
        integers.map((x) => mask(x !== 0)),
        "intToBool",
      );
      expectSame(applyOperator("boolToFloat", [bool([0, 1, 1, 0, 1])], "float32"), [0, 1, 1, 0, 1], "boolToFloat");
      expectSame(applyOperator("boolToInt", [bool([0, 1, 1, 0, 1])], "int32"), [0, 1, 1, 0, 1], "boolToInt");
      expectSame(
        applyOperator("toUInt8", [int32(integers)], "uint8"),
        integers.map((x) => x & 255),
        "toUInt8",
      );
    });
  });

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

  test("threads do not change a bit", () => {
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
