/** Windows, gathers, copies, fills, random bits, and the tails of products, against plain loops. */
import { beforeAll, describe, expect, test } from "vitest";
import { bitsOf } from "../../src/compiler/program.ts";
import type { DType, TypedArray } from "../../src/graph/dtype.ts";
import {
  body,
  empty,
  engine,
  execute,
  expectSame,
  float32,
  forEachIndex,
  instructionSets,
  int32,
  numbers,
  position,
  stridesOf,
  uint8,
} from "./kit.ts";

interface Window {
  readonly batch: number;
  readonly size: readonly [number, number];
  readonly channels: number;
  readonly out: readonly [number, number];
  readonly window: readonly [number, number];
  readonly stride: readonly [number, number];
  readonly pad: readonly [number, number];
  readonly dilation: readonly [number, number];
}

const windows: readonly Window[] = [
  { batch: 2, size: [6, 8], channels: 16, out: [3, 4], window: [2, 2], stride: [2, 2], pad: [0, 0], dilation: [1, 1] },
  { batch: 1, size: [7, 7], channels: 3, out: [4, 4], window: [3, 3], stride: [2, 2], pad: [1, 1], dilation: [1, 1] },
  { batch: 3, size: [5, 9], channels: 37, out: [5, 9], window: [3, 3], stride: [1, 1], pad: [1, 1], dilation: [1, 1] },
  { batch: 1, size: [9, 9], channels: 5, out: [3, 5], window: [2, 3], stride: [3, 1], pad: [0, 0], dilation: [2, 2] },
  {
    batch: 2,
    size: [20, 20],
    channels: 1,
    out: [1, 1],
    window: [20, 20],
    stride: [1, 1],
    pad: [0, 0],
    dilation: [1, 1],
  },
  {
    batch: 64,
    size: [14, 14],
    channels: 64,
    out: [7, 7],
    window: [2, 2],
    stride: [2, 2],
    pad: [0, 0],
    dilation: [1, 1],
  },
  { batch: 1, size: [3, 3], channels: 4, out: [2, 2], window: [2, 2], stride: [3, 3], pad: [0, 0], dilation: [1, 1] },
];

/** Calls `visit` for every place of every window that lies within the image. */
function forEachPlace(w: Window, visit: (source: number, result: number, place: number) => void): void {
  forEachIndex([w.batch, w.out[0], w.out[1], w.channels], ([b, y, x, c], result) => {
    forEachIndex(w.window, ([ky, kx], place) => {
      const row = (y as number) * w.stride[0] - w.pad[0] + (ky as number) * w.dilation[0];
      const column = (x as number) * w.stride[1] - w.pad[1] + (kx as number) * w.dilation[1];
      if (row < 0 || row >= w.size[0] || column < 0 || column >= w.size[1]) return;
      visit((((b as number) * w.size[0] + row) * w.size[1] + column) * w.channels + (c as number), result, place);
    });
  });
}
const payload = (w: Window): number[] => [
  w.batch,
  ...w.size,
  w.channels,
  ...w.out,
  ...w.window,
  ...w.stride,
  ...w.pad,
  ...w.dilation,
];
const large = (w: Window): number => w.batch * w.size[0] * w.size[1] * w.channels;
const small = (w: Window): number => w.batch * w.out[0] * w.out[1] * w.channels;

describe.each(instructionSets)("on %s", (isa) => {
  beforeAll(() => engine.setInstructionSet(isa));

  test.each(windows)(
    "windows $window over $size x $channels, stride $stride, padding $pad, dilation $dilation",
    (w) => {
      const random = numbers(4);
      const source = Float32Array.from({ length: large(w) }, () => Math.floor(random() * 50) - 25);
      const gradient = Float32Array.from({ length: small(w) }, () => Math.floor(random() * 50) - 25);
      const positionType: DType = w.window[0] * w.window[1] > 256 ? "int32" : "uint8";
      const best = new Float32Array(small(w)).fill(-Infinity);
      const positions = (positionType === "uint8" ? new Uint8Array(small(w)) : new Int32Array(small(w))) as TypedArray;
      const sums = new Float32Array(small(w));
      const spread = new Float32Array(large(w));
      const sourceOf = new Int32Array(small(w)).fill(-1);
      forEachPlace(w, (from, to, place) => {
        if (sourceOf[to] === -1 || (source[from] as number) > (best[to] as number)) {
          best[to] = source[from] as number;
          positions[to] = place;
          sourceOf[to] = from;
        }
        sums[to] = (sums[to] as number) + (source[from] as number);
        spread[from] = (spread[from] as number) + (gradient[to] as number);
      });
      // A window that lies in the padding altogether has nothing to gather.
      const gathered = best.map((value, to) => (sourceOf[to] === -1 ? 0 : value));
      const scattered = new Float32Array(large(w));
      for (const [to, from] of sourceOf.entries())
        scattered[from] = (scattered[from] as number) + (gradient[to] as number);
      const result = execute({
        bindings: [
          float32(source),
          float32(gradient),
          empty("float32", small(w)),
          empty(positionType, small(w)),
          empty("float32", small(w)),
          empty("float32", small(w)),
          empty("float32", large(w)),
          empty("float32", large(w)),
        ],
        instructions: [
          { opcode: "windowMax", words: [...payload(w), 0, 0, 2, 0, 3, 0] },
          { opcode: "windowGather", words: [...payload(w), 0, 0, 3, 0, 4, 0] },
          { opcode: "windowSum", words: [...payload(w), 0, 0, -1, 0, 5, 0] },
          { opcode: "windowScatter", words: [...payload(w), 1, 0, 3, 0, 6, 0] },
          { opcode: "windowSpread", words: [...payload(w), 1, 0, -1, 0, 7, 0] },
        ],
      });
      expectSame(result[2], best, "windowMax");
      expectSame(result[3], positions, "positions");
      expectSame(result[4], gathered, "windowGather");
      expectSame(result[5], sums, "windowSum");
      expectSame(result[6], scattered, "windowScatter");
      expectSame(result[7], spread, "windowSpread");
    },
  );

  test("the largest of a window with NaN is the first NaN", () => {
    const w: Window = {
      batch: 1,
      size: [2, 2],
      channels: 1,
      out: [1, 1],
      window: [2, 2],
      stride: [1, 1],
      pad: [0, 0],
      dilation: [1, 1],
    };
    const result = execute({
      bindings: [float32([5, NaN, NaN, 9]), empty("float32", 1), empty("uint8", 1)],
      instructions: [{ opcode: "windowMax", words: [...payload(w), 0, 0, 1, 0, 2, 0] }],
    });
    expect(result[1]).toEqual(Float32Array.of(NaN));
    expect(result[2]).toEqual(Uint8Array.of(1));
  });

  test.each([
    { outer: 1, axisSize: 10, count: 25, inner: 1 },
    { outer: 3, axisSize: 7, count: 5, inner: 13 },
    { outer: 1, axisSize: 1000, count: 4096, inner: 128 },
    { outer: 2, axisSize: 4, count: 0, inner: 3 },
    { outer: 2, axisSize: 4, count: 9, inner: 0 },
  ])("gather and scatterAdd: $outer x $axisSize -> $count x $inner", ({ outer, axisSize, count, inner }) => {
    const random = numbers(6);
    const indices = Int32Array.from({ length: count }, () => Math.floor(random() * axisSize));
    const source = Float32Array.from({ length: outer * axisSize * inner }, (_, i) => i % 1000);
    const added = Float32Array.from({ length: outer * count * inner }, (_, i) => (i % 7) - 3);
    const bytes = Uint8Array.from(source, (x) => x & 255);
    const gathered = new Float32Array(added.length);
    const scattered = new Float32Array(source.length);
    forEachIndex([outer, count, inner], ([o, n, i], linear) => {
      const at = ((o as number) * axisSize + (indices[n as number] as number)) * inner + (i as number);
      gathered[linear] = source[at] as number;
      scattered[at] = (scattered[at] as number) + (added[linear] as number);
    });
    const sizes = [outer, axisSize, count, inner];
    const result = execute({
      bindings: [
        float32(source),
        int32(indices),
        empty("float32", added.length),
        float32(added),
        empty("float32", source.length),
        uint8(bytes),
        empty("uint8", added.length),
        int32(Int32Array.from(added)),
        empty("int32", source.length),
      ],
      instructions: [
        { opcode: "gather", words: [...sizes, 0, 0, 1, 0, 2, 0] },
        { opcode: "scatterAdd", words: [...sizes, 3, 0, 1, 0, 4, 0] },
        { opcode: "gather", words: [...sizes, 5, 0, 1, 0, 6, 0] },
        { opcode: "scatterAdd", words: [...sizes, 7, 0, 1, 0, 8, 0] },
      ],
    });
    expectSame(result[2], gathered, "gather");
    expectSame(result[4], scattered, "scatterAdd");
    expectSame(
      result[6],
      gathered.map((x) => x & 255),
      "gather of bytes",
    );
    expectSame(result[8], scattered, "scatterAdd of int32");
  });

  test("copy: any strides, in particular transposes", () => {
    const random = numbers(8);
    const pick = (n: number): number => Math.floor(random() * n);
    const shapes = [
      [100, 70],
      [64, 64],
      [5, 33, 17],
      [3, 20, 4, 19],
      [1, 500],
      [1000],
      [16, 16],
      [2, 300, 300],
      [7, 1, 9],
    ];
    for (let round = 0; round < 120; round++) {
      const dims = shapes[round % shapes.length] as number[];
      const view = (repeats: boolean) => {
        const order = dims.map((_, d) => d).sort(() => random() - 0.5);
        const strides = dims.map(() => 0);
        let [step, offset] = [1, pick(3)];
        for (const d of order) {
          if (repeats && pick(8) === 0) continue;
          const size = dims[d] as number;
          strides[d] = pick(6) === 0 ? -step : step;
          if ((strides[d] as number) < 0) offset += step * (size - 1);
          step *= size + (pick(5) === 0 ? 1 : 0);
        }
        return { offset, strides, size: offset + step + 2 };
      };
      const [from, to] = [view(true), view(false)];
      const dtype = (["float32", "uint8"] as const)[pick(2)] as DType;
      const values = Array.from({ length: from.size }, (_, i) => i % 251);
      const source = dtype === "float32" ? float32(values) : uint8(values);
      const words = [dims.length, ...dims, 0, from.offset, ...from.strides, 1, to.offset, ...to.strides];
      const result = execute({
        bindings: [source, empty(dtype, to.size)],
        instructions: [{ opcode: "copy", words }],
      })[1];
      const expected = empty(dtype, to.size).data;
      forEachIndex(dims, (index) => {
        expected[position(index, to.offset, to.strides)] = values[position(index, from.offset, from.strides)] as number;
      });
      expectSame(result, expected, JSON.stringify({ dims, from, to, dtype }));
    }
  });

  test("fill sets every element to the given bits", () => {
    const result = execute({
      bindings: [empty("float32", 100_001), empty("uint8", 777), empty("int32", 0)],
      instructions: [
        { opcode: "fill", words: [100_001, 0, 0, bitsOf(1.5, "float32")] },
        { opcode: "fill", words: [777, 1, 0, 0x1207] },
        { opcode: "fill", words: [0, 2, 0, 9] },
      ],
    });
    expectSame(result[0], new Float32Array(100_001).fill(1.5), "float32");
    expectSame(result[1], new Uint8Array(777).fill(7), "uint8");
  });

  test("random bits are those of Philox4x32-10, wherever a task begins", () => {
    const [key0, key1] = [0x243f6a88 | 0, 0x85a308d3 | 0];
    const stream = 5;
    const elements = 100_003;
    const words = body({
      dims: [elements],
      inputs: [{ buffer: 0, offset: 1, strides: [0] }],
      steps: [["random", 0, 0, stream]],
      outputs: [{ buffer: 1, strides: [1], operand: 1 }],
    });
    const result = execute({
      bindings: [int32([9, key0, key1]), empty("int32", elements)],
      instructions: [{ opcode: "map", words }],
    })[1] as TypedArray;
    for (const element of [0, 1, 15, 16, 63, 64, 511, 512, 16_384, 99_999, 100_002]) {
      const counter = [Math.floor(element / 64) * 16 + (element % 16), stream, 0, 0];
      expect(result[element]).toBe(philox(counter, [key0, key1])[Math.floor(element / 16) % 4]);
    }
  });

  test("a product's tail sees every element once, in its place", () => {
    const random = numbers(12);
    for (const [batch, m, n, k] of [
      [1, 5, 7, 3],
      [1, 33, 10, 128],
      [2, 64, 64, 32],
      [1, 200, 300, 50],
      [3, 1, 17, 0],
      [1, 128, 256, 784],
    ] as const) {
      const a = Float32Array.from({ length: batch * m * k }, () => random() - 0.5);
      const b = Float32Array.from({ length: batch * k * n }, () => random() - 0.5);
      const bias = Float32Array.from({ length: n }, () => random() - 0.5);
      const residual = Float32Array.from({ length: batch * m * n }, () => random() - 0.5);
      const dims = [batch, m, n];
      const contiguous = stridesOf(dims);
      const tail = body({
        dims,
        inputs: [
          { buffer: -1, strides: [0, 0, 0] },
          { buffer: 2, strides: [0, 0, 1] },
          { buffer: 3, strides: contiguous },
        ],
        constants: [bitsOf(0, "float32")],
        steps: [
          ["add", 0, 0, 1],
          ["max", 1, 4, 3],
          ["add", 1, 5, 2],
        ],
        outputs: [
          { buffer: 4, strides: contiguous, operand: 5 },
          { buffer: 5, strides: [m * n, 1, m], operand: 4 },
        ],
      });
      const matrices = [0, 0, k, 1, m * k, 1, 0, n, 1, k * n];
      const result = execute({
        bindings: [
          float32(a),
          float32(b),
          float32(bias),
          float32(residual),
          empty("float32", batch * m * n),
          empty("float32", batch * m * n),
        ],
        instructions: [{ opcode: "matmul", words: [1, batch, m, n, k, 0, ...matrices, ...tail] }],
      });
      forEachIndex(dims, ([i, row, column], linear) => {
        let sum = 0;
        for (let l = 0; l < k; l++) {
          sum +=
            (a[((i as number) * m + (row as number)) * k + l] as number) *
            (b[((i as number) * k + l) * n + (column as number)] as number);
        }
        const biased = sum + (bias[column as number] as number);
        const error = (result[4]?.[linear] as number) - (Math.max(biased, 0) + (residual[linear] as number));
        const transposed = (i as number) * m * n + (column as number) * m + (row as number);
        const transposedError = (result[5]?.[transposed] as number) - biased;
        if (!(Math.max(Math.abs(error), Math.abs(transposedError)) < 2e-5)) {
          expect.fail(`[${[batch, m, n, k]}]: element ${linear} is off by ${error} and ${transposedError}`);
        }
      });
    }
  });
});

/** Philox4x32-10 as its paper defines it, one counter at a time. */
function philox(counter: readonly number[], key: readonly number[]): number[] {
  let [c0, c1, c2, c3] = counter.map((word) => BigInt(word >>> 0)) as [bigint, bigint, bigint, bigint];
  let [k0, k1] = key.map((word) => BigInt(word >>> 0)) as [bigint, bigint];
  const mask = 0xffffffffn;
  for (let round = 0; round < 10; round++) {
    const [p0, p1] = [0xd2511f53n * c0, 0xcd9e8d57n * c2];
    [c0, c1, c2, c3] = [(p1 >> 32n) ^ c1 ^ k0, p1 & mask, (p0 >> 32n) ^ c3 ^ k1, p0 & mask];
    k0 = (k0 + 0x9e3779b9n) & mask;
    k1 = (k1 + 0xbb67ae85n) & mask;
  }
  return [c0, c1, c2, c3].map((word) => Number(word) | 0);
}
