import { beforeEach, describe, expect, test } from "vitest";
import { matmul } from "../ops/linear.ts";
import { reshape, transpose } from "../ops/movement.ts";
import { setSeed } from "../tensor/random.ts";
import * as initializers from "./index.ts";
import { fans } from "./variance-scaling.ts";

beforeEach(() => {
  setSeed(11);
});

const shape = [60, 40];

function moments(values: ArrayLike<number>) {
  const list = Array.from(values);
  const mean = list.reduce((sum, value) => sum + value, 0) / list.length;
  const variance = list.reduce((sum, value) => sum + (value - mean) ** 2, 0) / list.length;
  return { mean, variance, largest: Math.max(...list.map(Math.abs)) };
}

describe.each([
  ["glorotUniform", initializers.glorotUniform(), 2 / 100, Math.sqrt(6 / 100)],
  ["glorotNormal", initializers.glorotNormal(), 2 / 100, (2 * Math.sqrt(2 / 100)) / 0.8796],
  ["heUniform", initializers.heUniform(), 2 / 60, Math.sqrt(6 / 60)],
  ["heNormal", initializers.heNormal(), 2 / 60, (2 * Math.sqrt(2 / 60)) / 0.8796],
  ["lecunUniform", initializers.lecunUniform(), 1 / 60, Math.sqrt(3 / 60)],
  ["lecunNormal", initializers.lecunNormal(), 1 / 60, (2 * Math.sqrt(1 / 60)) / 0.8796],
  ["randomUniform", initializers.randomUniform({ minimum: -1, maximum: 1 }), 1 / 3, 1],
  ["truncatedNormal", initializers.truncatedNormal({ standardDeviation: 1 }), 0.8796 ** 2, 2],
  ["randomNormal", initializers.randomNormal({ standardDeviation: 0.5 }), 0.25, 5],
] as const)("%s", (_name, initializer, variance, limit) => {
  test("has its mean, variance and bounds", async () => {
    const met = moments(await initializer.call(shape).data());
    // Within five standard errors; the fourth moment of none exceeds three squared variances.
    expect(Math.abs(met.mean)).toBeLessThan(5 * Math.sqrt(variance / 2400));
    expect(Math.abs(met.variance / variance - 1)).toBeLessThan(5 * Math.sqrt(2 / 2400));
    expect(met.largest).toBeLessThanOrEqual(limit * 1.0001);
  });
});

test("fans count the receptive field", () => {
  expect(fans([3, 3, 16, 32])).toEqual({ fanIn: 144, fanOut: 288 });
  expect(fans([7])).toEqual({ fanIn: 7, fanOut: 7 });
  expect(fans([])).toEqual({ fanIn: 1, fanOut: 1 });
});

test("a seed repeats the values; the default seed decides those without one", async () => {
  const draw = (seed?: number) =>
    initializers
      .heNormal(seed === undefined ? {} : { seed })
      .call([4, 4])
      .data();
  expect(await draw(1)).toEqual(await draw(1));
  expect(await draw(1)).not.toEqual(await draw(2));
  const first = await draw();
  expect(await draw()).not.toEqual(first);
  setSeed(11);
  expect(await draw()).toEqual(first);
});

test.each([
  [[12, 5], 5],
  [[5, 12], 5],
  [[2, 3, 4], 4],
  [[30, 30], 30],
])("an orthogonal weight of the shape %j has orthonormal columns or rows", async (shape, rank) => {
  const weight = initializers.orthogonal({ gain: 2 }).call(shape);
  const matrix = reshape(weight, [-1, shape.at(-1) as number]);
  const [rows, columns] = matrix.shape as [number, number];
  const product = await (rows >= columns
    ? matmul(transpose(matrix), matrix)
    : matmul(matrix, transpose(matrix))
  ).data();
  for (const [index, value] of product.entries()) expect(value).toBeCloseTo(index % (rank + 1) === 0 ? 4 : 0, 5);
});

test("constants", async () => {
  expect([...(await initializers.constant({ value: 3 }).call([2]).data())]).toEqual([3, 3]);
  expect(await initializers.identity({ gain: 2 }).call([2, 3]).array()).toEqual([
    [2, 0, 0],
    [0, 2, 0],
  ]);
  expect(() => initializers.identity().call([2])).toThrow("identity: the weight's shape is [2], expected two axes");
});

test("every initializer is made again by its configuration", () => {
  for (const initializer of [
    initializers.zeros(),
    initializers.ones(),
    initializers.constant({ value: 2 }),
    initializers.identity(),
    initializers.orthogonal({ gain: 3, seed: 1 }),
    initializers.randomUniform({ seed: 4 }),
    initializers.randomNormal({ mean: 1 }),
    initializers.truncatedNormal(),
    initializers.varianceScaling({ scale: 2, mode: "fanOut", distribution: "untruncatedNormal" }),
    initializers.glorotUniform({ seed: 5 }),
    initializers.heNormal(),
  ]) {
    const config = JSON.parse(JSON.stringify(initializer.config()));
    expect(initializers.resolveInitializer("test", { className: initializer.className, config })).toEqual(initializer);
  }
});
