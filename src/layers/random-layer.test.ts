/** Layers that draw random numbers: what they do to mean and variance, what they draw again, and what they leave alone. */
import { beforeEach, describe, expect, test } from "vitest";
import { mean, variance } from "../ops/reduce.ts";
import { fill } from "../tensor/creation.ts";
import { jit } from "../tensor/jit.ts";
import { Generator, randomNormal, setSeed } from "../tensor/random.ts";
import type { Tensor } from "../tensor/tensor.ts";
import * as layers from "./index.ts";
import type { Layer } from "./layer.ts";

beforeEach(() => {
  setSeed(1);
});

const training = { training: true };
const inference = { training: false };

function built<L extends Layer>(layer: L, shape: readonly number[]): L {
  layer.build(shape);
  return layer;
}

describe.each([
  {
    name: "gaussianNoise",
    make: (seed?: number) => layers.gaussianNoise({ standardDeviation: 0.5, ...(seed !== undefined && { seed }) }),
  },
  {
    name: "gaussianDropout",
    make: (seed?: number) => layers.gaussianDropout({ rate: 0.3, ...(seed !== undefined && { seed }) }),
  },
  {
    name: "alphaDropout",
    make: (seed?: number) => layers.alphaDropout({ rate: 0.3, ...(seed !== undefined && { seed }) }),
  },
  {
    name: "spatialDropout1d",
    make: (seed?: number) => layers.spatialDropout1d({ rate: 0.3, ...(seed !== undefined && { seed }) }),
  },
])("$name", ({ make }) => {
  const x = fill([2, 3, 40], 1.5);

  test("draws anew at each call of a jitted function, and the same after reseed", async () => {
    const layer = built(make(3), [3, 40]);
    const call = jit((input: Tensor) => layer.call(input, training));
    const [first, second] = [await call(x).data(), await call(x).data()];
    expect(second).not.toEqual(first);
    layer.reseed(3);
    expect([await call(x).data(), await call(x).data()]).toEqual([first, second]);
  });

  test("two layers draw different numbers, which the default seed decides", async () => {
    const draw = () => Promise.all([make(), make()].map((layer) => built(layer, [3, 40]).call(x, training).data()));
    setSeed(7);
    const [first, second] = await draw();
    expect(second).not.toEqual(first);
    setSeed(7);
    expect(await draw()).toEqual([first, second]);
  });

  test("leaves its input alone in inference", async () => {
    expect(await built(make(), [3, 40]).call(x, inference).data()).toEqual(await x.data());
  });
});

test("gaussian noise has the standard deviation asked for", async () => {
  const out = built(layers.gaussianNoise({ standardDeviation: 0.5, seed: 1 }), [10000]).call(
    fill([1, 10000], 2),
    training,
  );
  expect(await mean(out).item()).toBeCloseTo(2, 1);
  expect(await variance(out).item()).toBeCloseTo(0.25, 1);
});

test("gaussian dropout keeps the mean and has the variance of dropout", async () => {
  const out = built(layers.gaussianDropout({ rate: 0.2, seed: 1 }), [10000]).call(fill([1, 10000], 1), training);
  expect(await mean(out).item()).toBeCloseTo(1, 1);
  expect(await variance(out).item()).toBeCloseTo(0.25, 1);
});

test("alpha dropout keeps mean 0 and variance 1, and gives one value for all that it replaces", async () => {
  const x = randomNormal([1, 20000], { generator: new Generator(4) });
  const out = built(layers.alphaDropout({ rate: 0.25, seed: 1 }), [20000]).call(x, training);
  expect(Math.abs(await mean(out).item())).toBeLessThan(0.05);
  expect(Math.abs((await variance(out).item()) - 1)).toBeLessThan(0.05);
  const counts = new Map<number, number>();
  for (const value of await out.data()) counts.set(value, (counts.get(value) ?? 0) + 1);
  expect(Math.abs(Math.max(...counts.values()) / 20000 - 0.25)).toBeLessThan(0.02);
});

test.each([
  { layer: layers.spatialDropout1d({ rate: 0.5, seed: 2 }), shape: [4, 6] },
  { layer: layers.spatialDropout2d({ rate: 0.5, seed: 2 }), shape: [2, 3, 6] },
])("spatial dropout drops whole channels, each example's own: $shape", async ({ layer, shape }) => {
  const batch = 8;
  const out = await built(layer, shape)
    .call(fill([batch, ...shape], 1), training)
    .data();
  const pixels = out.length / batch / 6;
  const masks = new Set<string>();
  for (let example = 0; example < batch; example++) {
    const rows = Array.from({ length: pixels }, (_, pixel) => {
      const start = (example * pixels + pixel) * 6;
      return [...out.slice(start, start + 6)].join();
    });
    expect(new Set(rows).size).toBe(1);
    masks.add(rows[0] as string);
  }
  expect(masks.size).toBeGreaterThan(1);
  expect(new Set(out)).toEqual(new Set([0, 2]));
});

test("rates and deviations out of range are errors", () => {
  expect(() => layers.gaussianNoise({ standardDeviation: -1 })).toThrow(
    "gaussianNoise: standardDeviation is -1, expected a finite number ≥ 0",
  );
  expect(() => layers.gaussianDropout({ rate: 1 })).toThrow(
    "gaussianDropout: rate is 1, expected a finite number ≥ 0 and < 1",
  );
  expect(() => layers.alphaDropout({ rate: 1 })).toThrow(
    "alphaDropout: rate is 1, expected a finite number ≥ 0 and < 1",
  );
  expect(() => layers.spatialDropout2d({ rate: 2 })).toThrow(
    "spatialDropout2d: rate is 2, expected a finite number ≥ 0 and ≤ 1",
  );
  expect(() => layers.gaussianNoise({ standardDeviation: 1, seed: 0.5 })).toThrow(
    "gaussianNoise: seed is 0.5, expected an integer",
  );
});
