/** The elementary functions against double precision: at most 2 ulp over all of float32, special cases as in C. */
import { beforeAll, describe, expect, test } from "vitest";
import type { Operator } from "../../src/compiler/program.ts";
import { body, empty, engine, execute, float32, instructionSets, ulp } from "./kit.ts";

function apply(op: Operator, operands: readonly Float32Array[]): Float32Array {
  const length = (operands[0] as Float32Array).length;
  const result = execute({
    bindings: [...operands.map((values) => float32(values)), empty("float32", length)],
    instructions: [
      {
        opcode: "map",
        words: body({
          dims: [length],
          inputs: operands.map((_, buffer) => ({ buffer, strides: [1] })),
          steps: [[op, 0, 0, 1 % operands.length]],
          outputs: [{ buffer: operands.length, strides: [1], operand: operands.length }],
        }),
      },
    ],
  });
  return result[operands.length] as Float32Array;
}

/** The series near 0 and the continued fraction of the complement beyond, to double precision. */
function erf(x: number): number {
  const a = Math.abs(x);
  if (Number.isNaN(x)) return x;
  if (a > 6) return Math.sign(x);
  if (a < 2.5) {
    let [term, sum] = [x, x];
    for (let k = 1; Math.abs(term) > 1e-18 * Math.abs(sum); k++) {
      term *= (-x * x) / k;
      sum += term / (2 * k + 1);
    }
    return (sum * 2) / Math.sqrt(Math.PI);
  }
  let fraction = 0;
  for (let k = 60; k >= 1; k--) fraction = k / 2 / (a + fraction);
  return Math.sign(x) * (1 - Math.exp(-a * a) / Math.sqrt(Math.PI) / (a + fraction));
}
const sigmoid = (x: number): number => (x >= 0 ? 1 / (1 + Math.exp(-x)) : Math.exp(x) / (1 + Math.exp(x)));
// ECMAScript says NaN where C says 1.
const pow = (x: number, y: number): number => (x === 1 || (x === -1 && Math.abs(y) === Infinity) ? 1 : x ** y);

const functions: readonly (readonly [Operator, (x: number) => number])[] = [
  ["exp", Math.exp],
  ["expm1", Math.expm1],
  ["log", Math.log],
  ["log1p", Math.log1p],
  ["sqrt", Math.sqrt],
  ["rsqrt", (x) => 1 / Math.sqrt(x)],
  ["sin", Math.sin],
  ["cos", Math.cos],
  ["tanh", Math.tanh],
  ["erf", erf],
  ["sigmoid", sigmoid],
];

const specials = [
  NaN,
  Infinity,
  -Infinity,
  0,
  -0,
  1,
  -1,
  88.72,
  88.73,
  -87.33,
  -103.9,
  1e-30,
  -1e-30,
  3.4e38,
  -3.4e38,
  1e10,
  1.5707964,
];

/** Numbers of every magnitude, close steps where functions change their formula, and the special ones. */
function samples(): Float32Array {
  const bits = new Uint32Array(1 << 17);
  const values = new Float32Array(bits.buffer);
  for (let i = 0; i < bits.length; i++) {
    if (i % 2 === 0) bits[i] = Math.imul(i, 0x9e3779b1) >>> 0;
    else values[i] = ((i / bits.length) * 2 - 1) * (i % 4 === 1 ? 12 : 110);
  }
  // Subnormal numbers are zero in the engine.
  for (const [i, x] of values.entries()) if (Math.abs(x) < 2 ** -126) values[i] = 0 * Math.sign(x);
  values.set(specials);
  return values;
}

/** Fails where a result is more than `limit` ulp away; near the smallest normal number, where intermediate results are flushed to zero, anything small will do. */
function expectWithin(
  limit: number,
  what: string,
  result: Float32Array,
  expected: (i: number) => number,
  describeInput: (i: number) => string,
) {
  for (let i = 0; i < result.length; i++) {
    const actual = result[i] as number;
    const exact = expected(i);
    const rounded = Math.fround(exact);
    if (Object.is(actual, rounded)) continue;
    const tiny = Math.abs(exact) < 2 ** -122 && Math.abs(actual) < 2 ** -122;
    const error = Math.abs(actual - exact) / ulp(exact);
    if (!(tiny || error <= limit))
      expect.fail(`${what}(${describeInput(i)}) is ${actual}, expected ${exact}: ${error} ulp`);
  }
}

describe.each(instructionSets)("on %s", (isa) => {
  beforeAll(() => engine.setInstructionSet(isa));
  const values = samples();

  test.each(functions)("%s", (op, of) => {
    expectWithin(
      2,
      op,
      apply(op, [values]),
      (i) => of(values[i] as number),
      (i) => String(values[i]),
    );
  });

  test("quotients and square roots are the nearest floats", () => {
    // Pairs of magnitudes between which quotients neither overflow nor underflow; below 2^-100 the last bit may be the neighbouring one.
    const isOrdinary = (x: number) => Math.abs(x) > 2 ** -100 && Math.abs(x) < 2 ** 100;
    const x = values.filter(isOrdinary);
    const y = Float32Array.from(x, (_, i) => x[(i * 7919) % x.length] as number);
    const isInRange = (_: number, i: number) => isOrdinary((x[i] as number) / (y[i] as number));
    const [dividends, divisors] = [x.filter(isInRange), y.filter(isInRange)];
    expect(apply("div", [dividends, divisors])).toEqual(
      Float32Array.from(dividends, (dividend, i) => dividend / (divisors[i] as number)),
    );
    expect(apply("reciprocal", [dividends])).toEqual(Float32Array.from(dividends, (divisor) => 1 / divisor));
    expect(apply("sqrt", [x.map(Math.abs)])).toEqual(Float32Array.from(x, (value) => Math.sqrt(Math.abs(value))));
  });

  test("quotients of zeros, infinities, huge and tiny numbers", () => {
    const numbers = [0, -0, 1, -1, 3e38, -3e38, 1.2e-38, -1.2e-38, Infinity, -Infinity, NaN].map(Math.fround);
    const x = Float32Array.from(numbers.flatMap((number) => numbers.map(() => number)));
    const y = Float32Array.from(numbers.flatMap(() => numbers));
    // Beside ordinary numbers, and alone in a vector.
    for (const padding of [0, 31]) {
      const beside = (list: Float32Array) =>
        Float32Array.from([...list].flatMap((number) => [number, ...new Float32Array(padding).fill(1)]));
      const quotients = apply("div", [beside(x), beside(y)]).filter((_, i) => i % (padding + 1) === 0);
      const expected = x
        .map((number, i) => number / (y[i] as number))
        .map((number) => (Math.abs(number) < 2 ** -126 ? 0 * Math.sign(number) : number));
      for (const [i, quotient] of quotients.entries())
        if (!Object.is(quotient, expected[i]) && !(expected[i] === 0 && quotient === 0))
          expect.fail(`${x[i]} / ${y[i]} is ${quotient}`);
      const signs = (list: Float32Array) =>
        [...list].flatMap((number, i) => (x[i] === 0 && y[i] !== 0 ? [Object.is(number, -0)] : []));
      // WebAssembly flushes what is subnormal or zero to positive zero.
      if (!isa.startsWith("wasm")) expect(signs(quotients)).toEqual(signs(expected));
    }
  });

  test("odd functions keep the sign of zero", () => {
    for (const op of ["expm1", "log1p", "sin", "tanh", "erf", "sqrt"] as const) {
      expect([...apply(op, [Float32Array.of(0, -0)])], op).toEqual([0, -0]);
    }
  });

  test("pow, with all its special cases", () => {
    const bases = [...specials, 2, -2, 3, -3, 0.5, -0.5, 1.0000001, 0.9999999, 10, 1e-10, -1.5].map(Math.fround);
    const exponents = [
      ...specials,
      2,
      -2,
      3,
      -3,
      0.5,
      -0.5,
      1 / 3,
      16777215,
      16777216,
      33554434,
      1e-10,
      -7.5,
      127,
      -126,
    ].map(Math.fround);
    const x = Float32Array.from(bases.flatMap((base) => exponents.map(() => base)));
    const y = Float32Array.from(bases.flatMap(() => exponents));
    const of = (i: number): number => pow(x[i] as number, y[i] as number);
    expectWithin(1, "pow", apply("pow", [x, y]), of, (i) => `${x[i]}, ${y[i]}`);
    const positive = values.map(Math.abs);
    const powers = values.map((_, i) => Math.fround(Math.sin(i) * 8));
    expectWithin(
      1,
      "pow",
      apply("pow", [positive, powers]),
      (i) => pow(positive[i] as number, powers[i] as number),
      (i) => `${positive[i]}, ${powers[i]}`,
    );
  });
});
