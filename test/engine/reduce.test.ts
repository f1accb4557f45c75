/** Reductions of every kind and form against plain loops in double precision. */
import { beforeAll, describe, expect, test } from "vitest";
import { bitsOf, integerFlag, reduceKind } from "../../src/compiler/program.ts";
import type { DType, TypedArray } from "../../src/graph/dtype.ts";
import {
  body,
  bool,
  empty,
  engine,
  execute,
  expectSame,
  float32,
  hasThreads,
  instructionSets,
  int32,
  numbers,
  stridesOf,
} from "./kit.ts";

type Kind = keyof typeof reduceKind;
interface Shape {
  readonly outer: number;
  readonly reduced: number;
  readonly inner: number;
}

/** Reduces `data` as it is, or twice the data plus one if `computed`. */
function reduce(
  kind: Kind,
  { outer, reduced, inner }: Shape,
  source: { dtype: DType; data: TypedArray },
  result: DType,
  computed: boolean,
) {
  const dims = [outer, reduced, inner];
  const integer = source.dtype === "int32";
  const [two, one] = integer ? [2, 1] : [bitsOf(2, "float32"), bitsOf(1, "float32")];
  const words = body({
    dims,
    inputs: [{ buffer: 0, strides: stridesOf(dims) }],
    constants: computed ? [two, one] : [],
    steps: computed
      ? integer
        ? [
            ["mulI", 0, 0, 1],
            ["addI", 0, 3, 2],
          ]
        : [
            ["mul", 0, 0, 1],
            ["add", 0, 3, 2],
          ]
      : [],
    outputs: [{ buffer: -1, strides: [0, 0, 0], operand: computed ? 3 : 0 }],
  });
  const code = reduceKind[kind] + ((kind === "argMax" || kind === "argMin") && integer ? integerFlag : 0);
  const program = {
    bindings: [source, empty(result, outer * inner)],
    instructions: [{ opcode: "reduce" as const, words: [code, outer, reduced, inner, 1, 0, ...words] }],
  };
  return execute(program)[1] as TypedArray;
}

/** Sums through a tail: the sums themselves, and what is in `total` with them added, in place. */
function sumIntoTotals({ outer, reduced, inner }: Shape, data: Float32Array, total: Float32Array): TypedArray[] {
  const dims = [outer, reduced, inner];
  const head = body({
    dims,
    inputs: [{ buffer: 0, strides: stridesOf(dims) }],
    outputs: [{ buffer: -1, strides: [0, 0, 0], operand: 0 }],
  });
  const tail = body({
    dims: [outer * inner],
    inputs: [
      { buffer: -1, strides: [0] },
      { buffer: 1, strides: [1] },
    ],
    steps: [["add", 0, 0, 1]],
    outputs: [
      { buffer: 1, strides: [1], operand: 2 },
      { buffer: 2, strides: [1], operand: 0 },
    ],
  });
  return execute({
    bindings: [float32(data), float32(total), empty("float32", outer * inner)],
    instructions: [{ opcode: "reduce", words: [reduceKind.sum, outer, reduced, inner, -1, 0, ...head, ...tail] }],
  });
}

/** The values that each result is made of, one after the other in a buffer that is used again. */
function* groups({ outer, reduced, inner }: Shape, data: ArrayLike<number>): Generator<Float64Array> {
  const values = new Float64Array(reduced);
  for (let o = 0; o < outer; o++) {
    for (let i = 0; i < inner; i++) {
      for (let r = 0; r < reduced; r++) values[r] = data[(o * reduced + r) * inner + i] as number;
      yield values;
    }
  }
}
type Rule = (values: Float64Array) => number;

const argument = (values: Float64Array, beats: (a: number, b: number) => boolean): number => {
  let best = 0;
  for (let i = 1; i < values.length; i++) {
    const [a, b] = [values[i] as number, values[best] as number];
    if (beats(a, b) || (Number.isNaN(a) && !Number.isNaN(b))) best = i;
  }
  return best;
};
const argMax = (values: Float64Array) => argument(values, (a, b) => a > b);
const argMin = (values: Float64Array) => argument(values, (a, b) => a < b);
const largest = (values: Float64Array) => values.reduce((a, b) => Math.max(a, b), -Infinity);
const smallest = (values: Float64Array) => values.reduce((a, b) => Math.min(a, b), Infinity);

const shapes: readonly Shape[] = [
  { outer: 1, reduced: 1, inner: 1 },
  { outer: 1, reduced: 1000, inner: 1 },
  { outer: 1, reduced: 300_001, inner: 1 }, // chunks and a second phase
  { outer: 128, reduced: 10, inner: 1 },
  { outer: 1200, reduced: 1030, inner: 1 },
  { outer: 7, reduced: 2049, inner: 1 },
  { outer: 2, reduced: 70_000, inner: 1 },
  { outer: 1, reduced: 36_864, inner: 64 }, // a bias's gradient
  { outer: 1, reduced: 50_000, inner: 3 },
  { outer: 1, reduced: 999, inner: 15 },
  { outer: 1, reduced: 77, inner: 17 },
  { outer: 5, reduced: 49, inner: 64 },
  { outer: 300, reduced: 4, inner: 9 },
  { outer: 3, reduced: 5, inner: 5000 },
  { outer: 1, reduced: 3, inner: 100_003 },
  { outer: 2, reduced: 200, inner: 1500 },
  { outer: 4, reduced: 0, inner: 3 },
  { outer: 0, reduced: 5, inner: 3 },
];
const elementsOf = ({ outer, reduced, inner }: Shape): number => outer * reduced * inner;

describe.each(instructionSets)("on %s", (isa) => {
  beforeAll(() => engine.setInstructionSet(isa));

  test.each(shapes)("sums over $outer x $reduced x $inner", (shape) => {
    const random = numbers(2);
    const data = Float32Array.from({ length: elementsOf(shape) }, () => random() * 2 - 0.9);
    for (const computed of [false, true]) {
      const result = reduce("sum", shape, float32(data), "float32", computed);
      const values = computed ? data.map((x) => Math.fround(2 * x) + 1) : data;
      let i = 0;
      for (const group of groups(shape, values)) {
        const expected = group.reduce((a, b) => a + b, 0);
        const magnitude = group.reduce((a, b) => a + Math.abs(b), 0);
        const error = Math.abs((result[i] as number) - expected);
        // Like a pairwise sum: a few roundings of the sum of magnitudes, however many values there are.
        if (!(error <= magnitude * 4e-7 + Math.abs(expected) * 1.2e-7))
          expect.fail(`sum ${i} is off by ${error}, expected ${expected}`);
        i++;
      }
    }
  });

  test.each(shapes)("extremes, products and positions over $outer x $reduced x $inner", (shape) => {
    const random = numbers(3);
    const data = Float32Array.from({ length: elementsOf(shape) }, () => Math.floor(random() * 201) - 100);
    const check = (kind: Kind, result: DType, of: Rule): void => {
      expectSame(reduce(kind, shape, float32(data), result, false), Array.from(groups(shape, data), of), kind);
    };
    check("max", "float32", largest);
    check("min", "float32", smallest);
    check("argMax", "int32", argMax);
    check("argMin", "int32", argMin);
    const integers = Int32Array.from(data);
    const checkInt = (kind: Kind, of: Rule): void => {
      expectSame(
        reduce(kind, shape, int32(integers), "int32", false),
        Array.from(groups(shape, integers), of),
        `${kind} of int32`,
      );
    };
    checkInt("sum", (values) => values.reduce((a, b) => (a + b) | 0, 0));
    checkInt("prod", (values) => values.reduce((a, b) => Math.imul(a, b), 1));
    checkInt("max", (values) => Math.max(largest(values), -2147483648));
    checkInt("min", (values) => Math.min(smallest(values), 2147483647));
    checkInt("argMax", argMax);
    checkInt("argMin", argMin);
    const signs = data.map((x) => (x < 0 ? -1 : 1));
    expectSame(
      reduce("prod", shape, float32(signs), "float32", false),
      Array.from(groups(shape, signs), (values) => values.reduce((a, b) => a * b, 1)),
      "prod",
    );
    const flags = Uint8Array.from(data, (x) => (x > 99 ? 1 : 0));
    expectSame(
      reduce("any", shape, bool(flags), "bool", false),
      Array.from(groups(shape, flags), (values) => (values.some((x) => x !== 0) ? 1 : 0)),
      "any",
    );
    expectSame(
      reduce("all", shape, bool(flags), "bool", false),
      Array.from(groups(shape, flags), (values) => (values.every((x) => x !== 0) ? 1 : 0)),
      "all",
    );
  });

  test.each(shapes)("a tail gets every sum over $outer x $reduced x $inner once", (shape) => {
    const random = numbers(4);
    const data = Float32Array.from({ length: elementsOf(shape) }, () => random() - 0.5);
    const total = Float32Array.from({ length: shape.outer * shape.inner }, () => random());
    const sums = reduce("sum", shape, float32(data), "float32", false);
    const [, totals, passedOn] = sumIntoTotals(shape, data, total);
    expectSame(passedOn, sums, "the sums");
    expectSame(
      totals,
      total.map((value, index) => value + (sums[index] as number)),
      "the totals",
    );
  });

  test("NaN wins, infinities count, the first of equals is the position", () => {
    const length = 100_000;
    const shape = { outer: 1, reduced: length, inner: 1 };
    const data = new Float32Array(length).fill(1);
    data[77_777] = NaN;
    data[90_000] = NaN;
    data[5] = Infinity;
    expect(reduce("max", shape, float32(data), "float32", false)[0]).toBeNaN();
    expect(reduce("min", shape, float32(data), "float32", false)[0]).toBeNaN();
    expect(reduce("argMax", shape, float32(data), "int32", false)[0]).toBe(77_777);
    expect(reduce("argMin", shape, float32(data), "int32", false)[0]).toBe(77_777);
    expect(reduce("sum", shape, float32(data), "float32", false)[0]).toBeNaN();
    data.fill(-2);
    expect(reduce("argMax", shape, float32(data), "int32", false)[0]).toBe(0);
    data[3] = Infinity;
    expect(reduce("sum", shape, float32(data), "float32", false)[0]).toBe(Infinity);
    const columns = { outer: 1, reduced: 50, inner: 20 };
    const table = new Float32Array(1000).fill(-Infinity);
    expect([...reduce("argMax", columns, float32(table), "int32", false)]).toEqual(new Array(20).fill(0));
    table[33 * 20 + 7] = NaN;
    expect(reduce("argMax", columns, float32(table), "int32", false)[7]).toBe(33);
  });

  test("a sum of ten million times 0.1, whose roundings all go the same way, stays within a few ulp", () => {
    const length = 10_000_000;
    const data = new Float32Array(length).fill(0.1);
    const expected = length * Math.fround(0.1);
    const result = reduce("sum", { outer: 1, reduced: length, inner: 1 }, float32(data), "float32", false)[0] as number;
    expect(Math.abs(result / expected - 1)).toBeLessThan(5e-7);
    const columns = reduce("sum", { outer: 1, reduced: length / 10, inner: 10 }, float32(data), "float32", false);
    for (const sum of columns) expect(Math.abs(sum / (expected / 10) - 1)).toBeLessThan(5e-7);
  });

  test.skipIf(!hasThreads)("threads do not change a bit", () => {
    const random = numbers(9);
    const before = engine.info().threads;
    for (const shape of shapes.slice(0, 15)) {
      const data = float32(Float32Array.from({ length: elementsOf(shape) }, () => random() - 0.5));
      engine.setThreads(1);
      const one = reduce("sum", shape, data, "float32", true);
      engine.setThreads(3);
      expectSame(reduce("sum", shape, data, "float32", true), one, JSON.stringify(shape));
    }
    engine.setThreads(before);
  });
});
