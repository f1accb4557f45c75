/** Large products in float32 on every instruction set, where some multiply by parts of numbers: against sums in float64. */
import { afterAll, describe, expect, test } from "vitest";
import { engine, hasThreads, instructionSets } from "./kit.ts";
import { drawOperands, expectProduct, multiply, type Product } from "./product.ts";

const float32 = 0;
const same = (value: number): number => value;
const original = engine.info().isa;
afterAll(() => engine.setInstructionSet(original));

describe.each(instructionSets)("float32 products on %s", (isa) => {
  const expectClose = (product: Product, scaleA = 1, scaleB = 1): void => {
    engine.setInstructionSet(isa);
    const [a, b] = drawOperands(product);
    expectProduct(
      product,
      float32,
      [a.map((value) => value * scaleA), b.map((value) => value * scaleB)],
      same,
      2 ** -21,
    );
  };

  test.each([
    [false, false],
    [true, false],
    [false, true],
    [true, true],
  ])("sizes around whole tiles, A transposed: %s, B transposed: %s", (transposedA, transposedB) => {
    for (const m of [128, 161])
      for (const k of [96, 127]) for (const n of [128, 150]) expectClose({ m, k, n, transposedA, transposedB });
  });
  test("batches", () => expectClose({ m: 96, k: 64, n: 160, batch: 3, transposedB: true }));
  test("reductions in several parts", () => expectClose({ m: 160, k: 1100, n: 290, transposedA: true }));
  test("a split reduction", () => expectClose({ m: 120, k: 4200, n: 130, transposedA: true }));
  test("halves of few rows' reduction", () => expectClose({ m: 128, k: 800, n: 256 }));
  test("operands that several blocks share", () => expectClose({ m: 300, k: 520, n: 1056 }));
  test("small times large numbers", () => {
    expectClose({ m: 128, k: 128, n: 128 }, 1e-28, 1e28);
    expectClose({ m: 128, k: 128, n: 128 }, 1e30, 1e-30);
  });

  test.skipIf(!hasThreads)("any number of threads gives the same bits", () => {
    engine.setInstructionSet(isa);
    const product = { m: 300, k: 520, n: 320, transposedA: true };
    const [a, b] = drawOperands(product);
    const { threads } = engine.info();
    const [one, two] = [1, 2].map((count) => {
      engine.setThreads(count);
      return multiply(product, float32, a, b);
    });
    engine.setThreads(threads);
    expect(one).toEqual(two);
  });

  test("numbers that only 24 bits tell apart", () => {
    engine.setInstructionSet(isa);
    const size = 128;
    const a = new Float32Array(size * size);
    const b = new Float32Array(size * size);
    for (let i = 0; i < size; i++) {
      a[i * size + i] = 1 + (i * 65537) / 2 ** 23;
      b[i * size + i] = 1;
    }
    b[1] = 2 ** -20;
    const result = multiply({ m: size, k: size, n: size }, float32, a, b);
    for (let i = 0; i < size; i++) expect(result[i * size + i]).toBe(Math.fround((a[i * size + i] as number) + 1));
    expect(result[1]).toBe(Math.fround(1 + 2 ** -20));
  });

  test("NaN, infinities and the largest numbers count as in any sum, in their rows and columns and nowhere else", () => {
    engine.setInstructionSet(isa);
    const [m, k, n] = [130, 70, 140];
    const a = new Float32Array(m * k).fill(0.5);
    const b = new Float32Array(k * n).fill(0.25);
    a[2 * k + 5] = Number.NaN;
    new Uint32Array(a.buffer)[4 * k + 32] = 0x7f800001; // a NaN whose only set bit is the last
    new Uint32Array(a.buffer)[5 * k + 33] = 0xffffffff; // and one of all bits
    a[9 * k] = Number.POSITIVE_INFINITY;
    a[11 * k + 1] = 3.4028234663852886e38; // rounds to an infinity in 8 bits
    a[12 * k + 1] = 3e38;
    a[12 * k + 2] = -3e38;
    b[3 * n + 17] = Number.NEGATIVE_INFINITY;
    const result = multiply({ m, k, n }, float32, a, b);
    const nanRows = [2, 4, 5];
    for (let row = 0; row < m; row++)
      for (let column = 0; column < n; column++) {
        const value = result[row * n + column] as number;
        const what = `[${row}, ${column}]`;
        if (nanRows.includes(row) || (row === 9 && column === 17)) expect(value, what).toBeNaN();
        else if (column === 17) expect(value, what).toBe(Number.NEGATIVE_INFINITY);
        else if (row === 9) expect(value, what).toBe(Number.POSITIVE_INFINITY);
        else if (row === 11) expect(value, what).toBe(3.4028234663852886e38 / 4);
        // What is left of the small terms beside the large ones depends on the order of the sum.
        else if (row === 12) expect(Math.abs(value - 1), what).toBeLessThanOrEqual(k / 8);
        else expect(value, what).toBe(1 + k / 8);
      }
  });
});
