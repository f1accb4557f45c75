/** Every operator of a MapBody against plain arithmetic, on ordinary and on special values. */
import { beforeAll, describe, expect, test } from "vitest";
import type { Operator } from "../../src/compiler/program.ts";
import type { DType, TypedArray } from "../../src/graph/dtype.ts";
import {
  body,
  bool,
  empty,
  engine,
  execute,
  expectSame,
  float32,
  flushed,
  instructionSets,
  int32,
  numbers,
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
  // A moment that no gradient feeds any more, and what a softmax leaves of masked scores.
  test("products, multiply-adds, quotients and powers that fade away are zero", () => {
    const small = Array.from({ length: 11 }, (_, i) => (i + 1) * 9e-21);
    const [zeros, sizes] = [0, 1e20].map((x) => small.map(() => x)) as [number[], number[]];
    const vanish = (op: Operator, ...operands: (readonly number[])[]) =>
      expectSame(applyOperator(op, operands.map(float32), "float32"), zeros, op);
    vanish("mul", small, small);
    vanish("fma", small, small, zeros);
    vanish("div", small, sizes);
    vanish(
      "exp",
      small.map((_, i) => -87.7 - 2 ** i),
    );
    const [inf, nan] = applyOperator("mul", [float32([Infinity, NaN, -1e-30]), float32([2, 2, 3])], "float32");
    expect([inf, nan]).toEqual([Infinity, NaN]);
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
