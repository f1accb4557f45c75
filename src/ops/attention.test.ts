/** Positions and heads; attention itself is held to PyTorch in test/golden. */
import { describe, expect, test } from "vitest";
import { randomNormal } from "../tensor/random.ts";
import { tensor } from "../tensor/tensor.ts";
import {
  mergeHeads,
  rotaryPositions,
  scaledDotProductAttention,
  sinusoidalPositions,
  splitHeads,
} from "./attention.ts";
import { multiply } from "./elementwise.ts";
import { expandDims } from "./movement.ts";
import { sum } from "./reduce.ts";

test("sinusoidal positions are sines and cosines of falling frequencies", async () => {
  const table = await sinusoidalPositions(3, 4).array();
  const row = (p: number) => [Math.sin(p), Math.cos(p), Math.sin(p / 100), Math.cos(p / 100)];
  expect(table).toEqual([0, 1, 2].map((p) => row(p).map((value) => expect.closeTo(value, 6))));
});

describe("rotary positions", () => {
  test("turn the pairs (i, i + width / 2) by position / base^(2i / width)", async () => {
    const turned = await rotaryPositions(
      tensor([
        [1, 2, 3, 4],
        [1, 2, 3, 4],
      ]),
    ).array();
    const angle = [1, 1 / 100];
    const expected = [0, 1, 2, 3].map((column) => {
      const [a, i] = [angle[column % 2] as number, column % 2];
      const [low, high] = [1 + i, 3 + i];
      return column < 2 ? low * Math.cos(a) - high * Math.sin(a) : high * Math.cos(a) + low * Math.sin(a);
    });
    expect(turned).toEqual([[1, 2, 3, 4], expected.map((value) => expect.closeTo(value, 5))]);
  });

  test("make the product of a query and a key depend on their distance alone", async () => {
    const row = randomNormal([1, 8]);
    const everywhere = multiply(expandDims(tensor(new Float32Array(6).fill(1)), -1), row);
    const turned = rotaryPositions(everywhere);
    const product = async (p: number, q: number) => {
      const rows = (await turned.array()) as number[][];
      return (rows[p] as number[]).reduce((total, value, i) => total + value * ((rows[q] as number[])[i] as number), 0);
    };
    expect(await product(0, 2)).toBeCloseTo(await product(3, 5), 4);
  });
});

test("heads are split and merged again", async () => {
  const x = randomNormal([2, 3, 8]);
  expect(splitHeads(x, 4).shape).toEqual([2, 4, 3, 2]);
  expect(await mergeHeads(splitHeads(x, 4)).array()).toEqual(await x.array());
});

test("a causal query does not see what comes after it", async () => {
  const [q, k] = [randomNormal([1, 4, 2]), randomNormal([1, 4, 2])];
  const value = tensor([
    [
      [1, 0],
      [1, 0],
      [1, 0],
      [0, 100],
    ],
  ]);
  const output = (await scaledDotProductAttention(q, k, value, { causal: true }).array()) as number[][][];
  expect(output[0]?.slice(0, 3)).toEqual([0, 1, 2].map(() => [expect.closeTo(1, 5), 0]));
  expect(await sum(tensor(output[0]?.[3] as number[])).item()).toBeGreaterThan(1);
});

test("what does not fit is named", () => {
  const x = randomNormal([2, 3, 5]);
  expect(() => scaledDotProductAttention(x, randomNormal([2, 3, 4]), x)).toThrow(
    /query \[2, 3, 5\], key \[2, 3, 4\] and value \[2, 3, 5\] do not fit/,
  );
  expect(() => splitHeads(x, 2)).toThrow(/cannot be split into 2 heads/);
  expect(() => rotaryPositions(x)).toThrow(/the width is 5, expected an even number/);
  expect(() => scaledDotProductAttention(x, x, x, { mask: randomNormal([1, 7]) })).toThrow(
    /mask has the shape \[1, 7\], expected one that broadcasts to \[2, 3, 3\], \[..., queries, keys\]; a mask of keys alone/,
  );
  // @ts-expect-error: the option is misspelt on purpose
  expect(() => scaledDotProductAttention(x, x, x, { casual: true })).toThrow(/did you mean "causal"/);
});
