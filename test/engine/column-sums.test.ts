/** Column sums: what tails of products and convolutions add up over their rows, against float64 sums of what they store. */
import { beforeAll, describe, expect, test } from "vitest";
import { columnSumKind } from "../../src/compiler/column-sums.ts";
import { bitsOf, convolutionKind } from "../../src/compiler/program.ts";
import {
  assembleTest,
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

/** Words of the sum and the squared deviations of the columns of operand `operand`, into buffers 3 and 4. */
const bothSums = (columns: number, operand: number) => [
  ...[columnSumKind.sum, columns, 3, 0, operand],
  ...[columnSumKind.deviations, columns, 4, 0, operand],
];

/** A tail that adds a constant, or nothing, and stores the result in buffer 2. */
function tail(elements: number, columns: number, shift: number | undefined): number[] {
  const accumulator = { buffer: -1, strides: [1] };
  const identity = body({
    dims: [elements],
    inputs: [accumulator],
    outputs: [{ buffer: 2, strides: [1], operand: 0 }],
  });
  if (shift === undefined) return [...identity, ...bothSums(columns, 0)];
  const shifted = body({
    dims: [elements],
    inputs: [accumulator],
    constants: [bitsOf(shift, "float32")],
    steps: [["add", 0, 0, 1]],
    outputs: [{ buffer: 2, strides: [1], operand: 2 }],
  });
  return [...shifted, ...bothSums(columns, 2)];
}

function matmul(m: number, k: number, n: number, shift?: number): TestProgram {
  return {
    bindings: [
      float32(scattered(m * k, 1)),
      float32(scattered(k * n, 2)),
      empty("float32", m * n),
      empty("float32", n),
      empty("float32", n),
    ],
    instructions: [{ opcode: "matmul", words: [0, m, n, k, 0, 0, 0, k, 1, 1, 0, n, 1, ...tail(m * n, n, shift)] }],
  };
}

interface Convolution {
  readonly kind: keyof typeof convolutionKind;
  readonly batch: number;
  readonly size: number;
  readonly channels: readonly [number, number];
  readonly kernel: number;
  readonly stride?: number;
  readonly groups?: number;
}

function convolution(
  { kind, batch, size, channels, kernel, stride = 1, groups = 1 }: Convolution,
  shift?: number,
): TestProgram {
  const [inputs, outputs] = channels;
  const out = Math.ceil(size / stride);
  const pad = Math.floor((kernel - 1) / 2);
  const [of, from, filter] = [
    batch * size * size * inputs,
    batch * out * out * outputs,
    (kernel * kernel * inputs * outputs) / groups,
  ];
  const [a, b, result, columns] = {
    output: [of, filter, from, outputs] as const,
    inputGradient: [from, filter, of, inputs] as const,
    filterGradient: [of, from, filter, outputs] as const,
  }[kind];
  const geometry = [
    batch,
    size,
    size,
    inputs,
    out,
    out,
    outputs,
    kernel,
    kernel,
    stride,
    stride,
    pad,
    pad,
    1,
    1,
    groups,
  ];
  return {
    bindings: [
      float32(scattered(a, 1)),
      float32(scattered(b, 2)),
      empty("float32", result),
      empty("float32", columns),
      empty("float32", columns),
    ],
    instructions: [
      {
        opcode: "convolution",
        words: [convolutionKind[kind], ...geometry, 0, 0, 1, 0, ...tail(result, columns, shift)],
      },
    ],
  };
}

function expectSums(program: TestProgram) {
  const [, , stored, sums, deviations] = execute(program) as Float32Array[] as [
    never,
    never,
    Float32Array,
    Float32Array,
    Float32Array,
  ];
  const columns = sums.length;
  const rows = stored.length / columns;
  for (let column = 0; column < columns; column++) {
    const values = Array.from({ length: rows }, (_, row) => stored[row * columns + column] as number);
    const sum = values.reduce((total, value) => total + value, 0);
    const magnitude = values.reduce((total, value) => total + Math.abs(value), 0);
    const squares = values.reduce((total, value) => total + (value - sum / rows) ** 2, 0);
    expect(Math.abs((sums[column] as number) - sum), `sum ${column}`).toBeLessThanOrEqual(1e-6 * magnitude + 1e-6);
    expect(Math.abs((deviations[column] as number) - squares), `deviations ${column}`).toBeLessThanOrEqual(
      1e-5 * squares + 1e-9 * magnitude,
    );
  }
}

const matrices: readonly (readonly [m: number, k: number, n: number])[] = [
  [1, 1, 1],
  [1, 7, 40],
  [100, 5, 1],
  [3000, 8, 3],
  [2050, 8, 33],
  [300, 70, 700],
  [50, 16, 3000],
  [32, 4100, 16],
  [4096, 64, 16],
  [0, 4, 5],
];
const convolutions: readonly Convolution[] = [
  { kind: "output", batch: 8, size: 16, channels: [16, 16], kernel: 3 },
  { kind: "inputGradient", batch: 3, size: 15, channels: [32, 16], kernel: 3 },
  { kind: "output", batch: 2, size: 9, channels: [3, 5], kernel: 3, stride: 2 },
  { kind: "inputGradient", batch: 5, size: 13, channels: [7, 33], kernel: 3, stride: 2 },
  { kind: "inputGradient", batch: 3, size: 14, channels: [1, 64], kernel: 4, stride: 2 },
  { kind: "output", batch: 4, size: 16, channels: [16, 48], kernel: 1 },
  { kind: "output", batch: 4, size: 12, channels: [24, 24], kernel: 3, groups: 24 },
  { kind: "filterGradient", batch: 4, size: 12, channels: [16, 16], kernel: 3 },
  { kind: "filterGradient", batch: 4, size: 12, channels: [3, 20], kernel: 3, stride: 2 },
];

describe.each(instructionSets)("on %s", (isa) => {
  beforeAll(() => engine.setInstructionSet(isa));

  // With a mean far from zero the squares of the values themselves would leave nothing of the deviations.
  test.each([undefined, 0.5, 1000])("tails that add %s", (shift) => {
    for (const [m, k, n] of matrices) expectSums(matmul(m, k, n, shift));
    for (const geometry of convolutions) expectSums(convolution(geometry, shift));
  });

  test.runIf(hasThreads)("the same bits with one thread and with two", () => {
    for (const program of [
      matmul(3000, 8, 3),
      matmul(300, 70, 700, 0.5),
      ...convolutions.map((geometry) => convolution(geometry, 0.5)),
    ]) {
      const [one, two] = [1, 2].map((threads) => {
        engine.setThreads(threads);
        return execute(program).slice(2);
      });
      expect(two).toEqual(one);
    }
  });
});

test("what is not finite stays in its column", () => {
  const program = matmul(2000, 1, 3);
  const rows = program.bindings[0]?.data as Float32Array;
  const row = program.bindings[1]?.data as Float32Array;
  rows.fill(1);
  row.set([NaN, 2, Infinity]);
  const [, , , sums, deviations] = execute(program);
  expect([...(sums as Float32Array)]).toEqual([NaN, 4000, Infinity]);
  expect([...(deviations as Float32Array)]).toEqual([NaN, 0, NaN]);
});

describe("a program is refused whose column sums", () => {
  const words = (instruction: readonly number[]): TestProgram => ({
    ...matmul(6, 2, 4),
    instructions: [{ opcode: "matmul", words: instruction }],
  });
  const product = [0, 6, 4, 2, 0, 0, 0, 2, 1, 1, 0, 4, 1];
  const identity = body({
    dims: [24],
    inputs: [{ buffer: -1, strides: [1] }],
    outputs: [{ buffer: 2, strides: [1], operand: 0 }],
  });
  const doubled = body({
    dims: [24],
    inputs: [
      { buffer: -1, strides: [1] },
      { buffer: 3, strides: [0] },
    ],
    steps: [["add", 0, 0, 1]],
    outputs: [{ buffer: 2, strides: [1], operand: 2 }],
  });
  test.each<[string, readonly number[], RegExp]>([
    ["are of an unknown kind", [...product, ...identity, 2, 4, 3, 0, 0], /kind of a column sum is 2/],
    ["have columns that do not fit", [...product, ...identity, 0, 5, 2, 0, 0], /24 elements are no rows of 5 columns/],
    ["have too many columns", [...product, ...identity, 0, 4097, 3, 0, 0], /columns of a sum is 4097/],
    ["take an operand that there is not", [...product, ...identity, 0, 4, 3, 0, 1], /column sum's operand is 1/],
    ["take an input", [...product, ...doubled, 0, 4, 4, 0, 1], /no float32 accumulator or slot/],
    ["lie over what is stored", [...product, ...identity, 0, 4, 2, 0, 0], /overlaps another result/],
    ["lie over an input", [...product, ...doubled, 0, 4, 3, 0, 2], /overlaps an input/],
    ["lie over a matrix", [...product, ...identity, 0, 4, 1, 0, 0], /overlaps matrix B/],
    ["lie over each other", [...product, ...identity, 0, 4, 3, 0, 0, 0, 4, 3, 0, 0], /overlaps another result/],
    ["do not fit their buffer", [...product, ...identity, 0, 4, 3, 1, 0], /a column sum/],
    ["end too early", [...product, ...identity, 0, 4, 3, 0], /words/],
  ])("%s", (_, instruction, message) => {
    expect(() => engine.unload(engine.load(assembleTest(words(instruction))))).toThrow(message);
  });

  test("lie in a loop", () => {
    const program = words([...product, ...identity, 0, 4, 3, 0, 0]);
    const loop = { opcode: "loop", words: [2, 1, 0] } as const;
    expect(() => engine.load(assembleTest({ ...program, instructions: [loop, ...program.instructions] }))).toThrow(
      /no column sums/,
    );
  });
});
