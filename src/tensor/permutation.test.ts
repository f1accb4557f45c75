import { expect, test } from "vitest";
import { permutation } from "./permutation.ts";

test("every integer occurs once", () => {
  for (const length of [0, 1, 2, 7, 1000])
    expect([...permutation(length, 3)].sort((a, b) => a - b)).toEqual(Array.from({ length }, (_, index) => index));
});

test("seed and stream decide the order", () => {
  expect(permutation(100, 1)).toEqual(permutation(100, 1));
  expect(permutation(100, 1)).not.toEqual(permutation(100, 2));
  expect(permutation(100, 1, 0)).not.toEqual(permutation(100, 1, 1));
});

test("all orders of three are equally likely", () => {
  const counts = new Map<string, number>();
  for (let seed = 0; seed < 6000; seed++) {
    const order = permutation(3, seed).join();
    counts.set(order, (counts.get(order) ?? 0) + 1);
  }
  expect(counts.size).toBe(6);
  // Chi-squared with five degrees of freedom exceeds 20.5 once in a thousand.
  const statistic = [...counts.values()].reduce((sum, count) => sum + (count - 1000) ** 2 / 1000, 0);
  expect(statistic).toBeLessThan(20.5);
});

test("a wrong length is an error that says so", () => {
  expect(() => permutation(1.5, 0)).toThrow("permutation: length is 1.5, expected an integer in [0, 2^32]");
  expect(() => permutation(2, Number.NaN)).toThrow("permutation: seed is NaN, expected an integer");
});
