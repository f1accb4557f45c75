/** Tails that begin with additions, which products do by themselves (leaveAddends in engine/plan_body.cc), against the same in float64. */
import { beforeAll, describe, expect, test } from "vitest";
import { columnSumKind } from "../../src/compiler/column-sums.ts";
import { bitsOf } from "../../src/compiler/program.ts";
import {
  type BodyStep,
  body,
  empty,
  engine,
  execute,
  float32,
  hasThreads,
  instructionSets,
  scattered,
  type TestProgram,
} from "./kit.ts";

interface Tail {
  readonly name: string;
  /** On the product (0), an array (1), a bias (2), the constant 1.5 (3) and slots (from 4 on). */
  readonly steps: readonly BodyStep[];
  /** What is stored: the value of this operand. */
  readonly result: number;
  /** Another operand that is stored in buffer 5. */
  readonly second?: number;
  /** Whether the column sums of the result are asked for, in buffer 6. */
  readonly sums?: boolean;
  /** The result overwrites the array. */
  readonly inPlace?: boolean;
  /** How the array lies: its columns may be adjacent, and its elements may begin later. */
  readonly transposed?: boolean;
  readonly offset?: number;
}

const tails: readonly Tail[] = [
  { name: "an array", steps: [["add", 0, 0, 1]], result: 4 },
  { name: "an array, the other way round", steps: [["add", 0, 1, 0]], result: 4 },
  { name: "an array at an offset", steps: [["add", 0, 0, 1]], result: 4, offset: 3 },
  { name: "an array that the result overwrites", steps: [["add", 0, 0, 1]], result: 4, inPlace: true },
  { name: "a transposed array", steps: [["add", 0, 0, 1]], result: 4, transposed: true },
  { name: "a bias", steps: [["add", 0, 0, 2]], result: 4 },
  {
    name: "a bias and an array",
    steps: [
      ["add", 0, 0, 2],
      ["add", 1, 4, 1],
    ],
    result: 5,
  },
  {
    name: "an array that the result overwrites and a bias, in one slot",
    steps: [
      ["add", 0, 1, 0],
      ["add", 0, 2, 4],
    ],
    result: 4,
    inPlace: true,
  },
  {
    name: "an array twice and a bias",
    steps: [
      ["add", 0, 0, 1],
      ["add", 0, 4, 1],
      ["add", 0, 4, 2],
    ],
    result: 4,
  },
  { name: "a constant", steps: [["add", 0, 0, 3]], result: 4 },
  { name: "itself", steps: [["add", 0, 0, 0]], result: 4 },
  {
    name: "a bias before an activation",
    steps: [
      ["add", 0, 0, 2],
      ["max", 1, 4, 3],
    ],
    result: 5,
  },
  {
    name: "a bias before an activation that is kept, too",
    steps: [
      ["add", 0, 0, 2],
      ["mul", 1, 4, 4],
    ],
    result: 5,
    second: 4,
  },
  {
    name: "an array to a product that is kept, too",
    steps: [["add", 0, 0, 1]],
    result: 4,
    second: 0,
  },
  {
    name: "an array to a product that is read again",
    steps: [
      ["add", 0, 0, 1],
      ["mul", 1, 4, 0],
    ],
    result: 5,
  },
  {
    name: "a bias to a slot that is written again",
    steps: [
      ["add", 0, 0, 2],
      ["mul", 1, 4, 4],
      ["add", 0, 5, 1],
    ],
    result: 4,
  },
  {
    name: "an array to twice the product",
    steps: [
      ["mul", 0, 0, 3],
      ["add", 1, 4, 1],
    ],
    result: 5,
  },
  { name: "a bias before column sums", steps: [["add", 0, 0, 2]], result: 4, sums: true },
];

type Size = readonly [m: number, k: number, n: number];
const sizes: readonly Size[] = [
  [1, 1, 1],
  [5, 3, 7],
  [0, 4, 5],
  [6, 0, 5],
  [1, 40, 65],
  [37, 29, 33],
  [16, 128, 512],
  [70, 300, 130], // the reduction in two parts
  [33, 1700, 50], // in chunks
  [20, 530, 310], // few rows
  [130, 200, 1100], // strips
  [600, 70, 60], // packed panels
];

function program(tail: Tail, [m, k, n]: Size): TestProgram {
  const { offset = 0, transposed = false, inPlace = false } = tail;
  const strides = transposed ? [1, m] : [n, 1];
  const outputs = [{ buffer: inPlace ? 2 : 4, offset: inPlace ? offset : 0, strides: [n, 1], operand: tail.result }];
  if (tail.second !== undefined) outputs.push({ buffer: 5, offset: 0, strides: [n, 1], operand: tail.second });
  const words = body({
    dims: [m, n],
    inputs: [
      { buffer: -1, strides: [0, 0] },
      { buffer: 2, offset, strides },
      { buffer: 3, strides: [0, 1] },
    ],
    constants: [bitsOf(1.5, "float32")],
    steps: tail.steps,
    outputs,
  });
  const sums = tail.sums && m > 0 ? [columnSumKind.sum, n, 6, 0, tail.result] : [];
  return {
    bindings: [
      float32(scattered(m * k, 1)),
      float32(scattered(k * n, 2)),
      float32(scattered(m * n + offset, 3)),
      float32(scattered(n, 4)),
      empty("float32", m * n),
      empty("float32", m * n),
      empty("float32", n),
    ],
    instructions: [{ opcode: "matmul", words: [0, m, n, k, 0, 0, 0, k, 1, 1, 0, n, 1, ...words, ...sums] }],
  };
}

/** Products in float64, of the operands of `program`. */
const products = new Map<Size, Float64Array>();

function productOf(size: Size, a: Float32Array, b: Float32Array): Float64Array {
  const known = products.get(size);
  if (known) return known;
  const [m, k, n] = size;
  const product = new Float64Array(m * n);
  for (let row = 0; row < m; row++)
    for (let t = 0; t < k; t++) {
      const factor = a[row * k + t] as number;
      for (let column = 0; column < n; column++)
        product[row * n + column] = (product[row * n + column] as number) + factor * (b[t * n + column] as number);
    }
  products.set(size, product);
  return product;
}

/** Fails unless a program's results are those of its tail in float64, to the rounding of sums of k products. */
function expectTail(tail: Tail, size: Size): void {
  const [m, k, n] = size;
  const made = program(tail, size);
  const [a, b, array, bias] = made.bindings.map(({ data }) => data) as Float32Array[] as [
    Float32Array,
    Float32Array,
    Float32Array,
    Float32Array,
  ];
  const results = execute(made) as Float32Array[];
  const result = (tail.inPlace ? results[2]?.subarray(tail.offset ?? 0) : results[4]) as Float32Array;
  const product = productOf(size, a, b);
  const columnSums = new Float64Array(n);
  const tolerance = 2e-6 * (1 + Math.sqrt(k));
  for (let row = 0; row < m; row++)
    for (let column = 0; column < n; column++) {
      const place = tail.transposed ? column * m + row : row * n + column;
      const sum = product[row * n + column] as number;
      const values = [sum, array[place + (tail.offset ?? 0)] as number, bias[column] as number, 1.5];
      for (const [op, slot, x = 0, y = 0] of tail.steps) {
        const [left, right] = [values[x] as number, values[y] as number];
        values[4 + slot] = op === "add" ? left + right : op === "mul" ? left * right : Math.max(left, right);
      }
      const expected = values[tail.result] as number;
      const where = `${tail.name}, ${size}: [${row}, ${column}]`;
      const bound = tolerance * (1 + Math.abs(sum)) ** 2;
      const expectNear = (actual: number | undefined, wanted: number) => {
        if (!(Math.abs((actual as number) - wanted) <= bound)) expect.fail(`${where} is ${actual}, expected ${wanted}`);
      };
      expectNear(result[row * n + column], expected);
      if (tail.second !== undefined) expectNear(results[5]?.[row * n + column], values[tail.second] as number);
      columnSums[column] = (columnSums[column] as number) + (result[row * n + column] as number);
    }
  if (!tail.sums || m === 0) return;
  for (let column = 0; column < n; column++) expect(results[6]?.[column]).toBeCloseTo(columnSums[column] as number, 2);
}

describe.each(instructionSets)("on %s", (isa) => {
  beforeAll(() => engine.setInstructionSet(isa));

  test.each(tails)("$name", (tail) => {
    for (const size of sizes) expectTail(tail, size);
  });

  test.runIf(hasThreads)("the same bits with one thread and with two", () => {
    for (const tail of tails)
      for (const size of sizes) {
        const [one, two] = [1, 2].map((threads) => {
          engine.setThreads(threads);
          return execute(program(tail, size)).slice(2);
        });
        one?.forEach((array, index) => {
          const same = Buffer.from(array.buffer).equals(Buffer.from(two?.[index]?.buffer as ArrayBuffer));
          expect(same, `${tail.name}, ${size}, buffer ${index + 2}`).toBe(true);
        });
      }
  });

  test("what is not finite", () => {
    const made = program(tails[0] as Tail, [3, 2, 40]);
    const array = made.bindings[2]?.data as Float32Array;
    array.set([NaN, Infinity, -Infinity]);
    const result = execute(made)[4] as Float32Array;
    expect([...result.subarray(0, 3)]).toEqual([NaN, Infinity, -Infinity]);
    expect(result.subarray(3).every(Number.isFinite)).toBe(true);
  });

  test("in each turn of a loop, of an array that moves", () => {
    const [turns, m, k, n] = [5, 16, 24, 96];
    const shape = { rows: m * k, weights: k * n, results: m * n };
    const moves = [0, 2, 4].flatMap((buffer) => [buffer, 0, buffer === 0 ? shape.rows : shape.results]);
    const tail = body({
      dims: [m * n],
      inputs: [
        { buffer: -1, strides: [1] },
        { buffer: 2, strides: [1] },
      ],
      steps: [["add", 0, 0, 1]],
      outputs: [{ buffer: 4, strides: [1], operand: 2 }],
    });
    const [rows, weights, array] = [
      scattered(turns * shape.rows, 1),
      scattered(shape.weights, 2),
      scattered(turns * shape.results, 3),
    ];
    const product = (addend: Float32Array, loops: boolean, first: number) =>
      execute({
        bindings: [
          float32(rows.subarray(first * shape.rows)),
          float32(weights),
          float32(addend),
          float32([0]),
          empty("float32", addend.length),
        ],
        instructions: [
          ...(loops ? [{ opcode: "loop" as const, words: [turns, 1, 3, ...moves] }] : []),
          { opcode: "matmul", words: [0, m, n, k, 0, 0, 0, k, 1, 1, 0, n, 1, ...tail] },
        ],
      })[4];
    const all = product(array, true, 0) as Float32Array;
    for (let turn = 0; turn < turns; turn++) {
      const part = [turn * shape.results, (turn + 1) * shape.results] as const;
      expect(all.slice(...part)).toEqual(product(array.slice(...part), false, turn));
    }
  });
});
