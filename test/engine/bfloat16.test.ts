/** Products in bfloat16 on every instruction set: against sums in float64 of operands rounded to bfloat16. */
import { afterAll, describe, expect, test } from "vitest";
import { roundToBfloat16 } from "../../src/graph/precision.ts";
import { engine, instructionSets } from "./kit.ts";
import { drawOperands, expectProduct, multiply, type Product } from "./product.ts";

const bfloat16 = 1;
const original = engine.info().isa;
afterAll(() => engine.setInstructionSet(original));

describe.each(instructionSets)("bfloat16 on %s", (isa) => {
  // Products of bfloat16 are exact in float32, so only its sums round.
  const product = (sizes: Product): void => {
    engine.setInstructionSet(isa);
    expectProduct(sizes, bfloat16, drawOperands(sizes), roundToBfloat16, 2 ** -21);
  };

  test.each([1, 2, 15, 16, 17, 31, 32, 33, 47, 65])("odd sizes around %i, transposed and not", (size) => {
    for (const other of [1, 16, 17, 33])
      for (const [transposedA, transposedB] of [
        [false, false],
        [true, false],
        [false, true],
        [true, true],
      ] as const) {
        product({ m: size, k: other, n: 33, transposedA, transposedB });
        product({ m: 17, k: size, n: other, transposedA, transposedB });
        product({ m: other, k: 33, n: size, transposedA, transposedB });
      }
  });

  test("a reduction of length 0 is 0", () => product({ m: 3, k: 0, n: 5 }));
  test("batches", () => {
    product({ m: 7, k: 11, n: 5, batch: 9 });
    product({ m: 64, k: 33, n: 40, batch: 3, transposedB: true });
  });
  test("reductions in several parts", () => product({ m: 40, k: 1100, n: 50, transposedA: true }));
  test("a split reduction", () => product({ m: 20, k: 4200, n: 30, transposedA: true }));
  test("operands that several blocks share", () => product({ m: 300, k: 520, n: 1056 }));

  test("ties go to the even neighbour, and what is beyond the largest to infinity", () => {
    engine.setInstructionSet(isa);
    // 1 + 2^-8 lies between 1 and 1 + 2^-7, 1 + 3·2^-8 between 1 + 2^-7 and 1 + 2^-6.
    const values = Float32Array.of(1 + 2 ** -8, 1 + 3 * 2 ** -8, -(1 + 2 ** -8), 1 + 2 ** -8 + 2 ** -20, 3.4e38);
    const one = Float32Array.of(1);
    const rounded = values.map(roundToBfloat16);
    expect([...rounded]).toEqual([1, 1 + 2 ** -6, -1, 1 + 2 ** -7, Number.POSITIVE_INFINITY]);
    const sums = rounded.map((value) => value + 1);
    expect([...multiply({ m: 5, k: 1, n: 1 }, bfloat16, values, one)]).toEqual([...sums]);
    expect([...multiply({ m: 1, k: 1, n: 5 }, bfloat16, one, values)]).toEqual([...sums]);
  });

  test("NaN and infinities spread along their row or column and nowhere else", () => {
    engine.setInstructionSet(isa);
    const [m, k, n] = [17, 33, 18];
    const a = new Float32Array(m * k).fill(0.5);
    const b = new Float32Array(k * n).fill(0.25);
    a[2 * k + 5] = Number.NaN;
    // A NaN whose only set bit would be cut off.
    new Uint32Array(a.buffer)[4 * k + 32] = 0x7f800001;
    a[9 * k] = Number.POSITIVE_INFINITY;
    b[3 * n + 17] = Number.NEGATIVE_INFINITY;
    const result = multiply({ m, k, n }, bfloat16, a, b);
    for (let row = 0; row < m; row++)
      for (let column = 0; column < n; column++) {
        const isNaNRow = row === 2 || row === 4 || (row === 9 && column === 17);
        const infinite = column === 17 ? Number.NEGATIVE_INFINITY : row === 9 ? Number.POSITIVE_INFINITY : 1 + k / 8;
        expect(result[row * n + column], `[${row}, ${column}]`).toBe(isNaNRow ? Number.NaN : infinite);
      }
  });
});
