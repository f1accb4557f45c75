/** Products for tests of their kernels: A·B + 1, as the engine computes it and as float64 does. */
import { expect } from "vitest";
import { body, empty, execute, float32, numbers } from "./kit.ts";

type Strides = readonly [row: number, column: number];

export interface Product {
  readonly m: number;
  readonly k: number;
  readonly n: number;
  readonly batch?: number;
  readonly transposedA?: boolean;
  readonly transposedB?: boolean;
}

function stridesOf(rows: number, columns: number, transposed = false): Strides {
  return transposed ? [1, rows] : [columns, 1];
}

/** A·B + 1 through a tail, so that the result passes through scratch memory. */
export function multiply(product: Product, precision: number, a: Float32Array, b: Float32Array): Float32Array {
  const { m, k, n, batch = 1, transposedA, transposedB } = product;
  const [strideA, strideB] = [stridesOf(m, k, transposedA), stridesOf(k, n, transposedB)];
  const dims = [batch, m, n];
  const tail = body({
    dims,
    inputs: [{ buffer: -1, strides: [0, 0, 0] }],
    constants: [0x3f800000],
    steps: [["add", 0, 0, 1]],
    outputs: [{ buffer: 2, strides: [m * n, n, 1], operand: 2 }],
  });
  const operands = [0, 0, ...strideA, m * k, 1, 0, ...strideB, k * n];
  const result = execute({
    bindings: [float32(a), float32(b), empty("float32", batch * m * n)],
    instructions: [{ opcode: "matmul", words: [1, batch, m, n, k, precision, ...operands, ...tail] }],
  });
  return result[2] as Float32Array;
}

/** Fails unless each result is within `tolerance` times the sum of its products' magnitudes, of operands as `round` leaves them. */
export function expectProduct(
  product: Product,
  precision: number,
  [a, b]: readonly [Float32Array, Float32Array],
  round: (value: number) => number,
  tolerance: number,
): void {
  const { m, k, n, batch = 1, transposedA, transposedB } = product;
  const actual = multiply(product, precision, a, b);
  const [[rowA, columnA], [rowB, columnB]] = [stridesOf(m, k, transposedA), stridesOf(k, n, transposedB)];
  const rowStep = m * n * k > 1e7 ? 13 : 1; // all tiles of large products are met
  for (let i = 0; i < batch; i++)
    for (let row = 0; row < m; row += rowStep)
      for (let column = 0; column < n; column++) {
        let [sum, magnitude] = [1, 1];
        for (let t = 0; t < k; t++) {
          const left = round(a[i * m * k + row * rowA + t * columnA] as number);
          const right = round(b[i * k * n + t * rowB + column * columnB] as number);
          sum += left * right;
          magnitude += Math.abs(left * right);
        }
        const index = (i * m + row) * n + column;
        const error = Math.abs((actual[index] as number) - sum);
        if (!(error <= tolerance * magnitude))
          expect.fail(`${JSON.stringify(product)}: [${i}, ${row}, ${column}] is ${actual[index]}, expected ${sum}`);
      }
}

/** Operands between -1 and 1. */
export function drawOperands(product: Product): [Float32Array, Float32Array] {
  const random = numbers(7);
  const draw = (count: number) => Float32Array.from({ length: count }, () => random() * 2 - 1);
  const batch = product.batch ?? 1;
  return [draw(batch * product.m * product.k), draw(batch * product.k * product.n)];
}
