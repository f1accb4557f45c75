/** Gamma and beta variates: how often they lie below some bounds, as SciPy tells it, and their moments. */
import { expect, test } from "vitest";
import { jit } from "./jit.ts";
import { Generator } from "./random.ts";
import { randomBeta, randomGamma } from "./random-gamma.ts";

const count = 40000;
/** Five standard deviations of a share among so many. */
const tolerance = 5 * Math.sqrt(0.25 / count);

const shareBelow = (values: ArrayLike<number>, bound: number) =>
  Array.from(values).filter((value) => value < bound).length / values.length;

const meanOf = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;

test.each([
  { alpha: 0.2, beta: 0.2, below: [0.29103, 0.4332, 0.5668, 0.70897] },
  { alpha: 1, beta: 1, below: [0.05, 0.3, 0.7, 0.95] },
  { alpha: 0.5, beta: 2, below: [0.32982, 0.73943, 0.96216, 0.99905] },
  { alpha: 3, beta: 4, below: [0.00223, 0.25569, 0.92953, 0.99991] },
])("beta($alpha, $beta)", async ({ alpha, beta, below }) => {
  const values = await randomBeta([200, 200], { alpha, beta, generator: new Generator(1) }).data();
  for (const [index, bound] of [0.05, 0.3, 0.7, 0.95].entries())
    expect(Math.abs(shareBelow(values, bound) - (below[index] as number)), `below ${bound}`).toBeLessThan(tolerance);
  expect(values.every((value) => value >= 0 && value <= 1)).toBe(true);
});

test.each([
  { alpha: 0.1, below: [0.70954, 0.80066, 0.84735, 0.87942] },
  { alpha: 0.3, below: [0.47258, 0.66577, 0.77207, 0.84321] },
  { alpha: 1, below: [0.18127, 0.50341, 0.72747, 0.86466] },
  { alpha: 2.5, below: [0.03743, 0.37661, 0.73944, 0.92476] },
  { alpha: 20, below: [0, 0.0765, 0.90318, 0.99982] },
])("gamma($alpha)", async ({ alpha, below }) => {
  const scale = 3;
  const values = Array.from(await randomGamma([count], { alpha, scale, generator: new Generator(2) }).data());
  for (const [index, bound] of [0.2, 0.7, 1.3, 2].entries())
    expect(
      Math.abs(shareBelow(values, bound * alpha * scale) - (below[index] as number)),
      `below ${bound} means`,
    ).toBeLessThan(tolerance);
  const [mean, variance] = [alpha * scale, alpha * scale ** 2];
  expect(Math.abs(meanOf(values) - mean)).toBeLessThan(5 * Math.sqrt(variance / count));
  const measured = meanOf(values.map((value) => (value - mean) ** 2));
  // The fourth central moment is (3 + 6 / alpha) · variance².
  expect(Math.abs(measured - variance)).toBeLessThan(5 * variance * Math.sqrt((2 + 6 / alpha) / count));
});

test("a tiny shape neither underflows nor gives what is no number", async () => {
  const values = await randomBeta([1000], { alpha: 1e-3, beta: 1e-3, generator: new Generator(3) }).data();
  expect(values.every((value) => value >= 0 && value <= 1)).toBe(true);
  expect(Math.abs(shareBelow(values, 0.5) - 0.5)).toBeLessThan(0.08);
});

test("a jitted function draws anew at each call, and the same after reseed", async () => {
  const generator = new Generator(4);
  const draw = jit(() => randomBeta([5], { alpha: 0.4, beta: 0.4, generator }));
  const [first, second] = [await draw().data(), await draw().data()];
  expect(second).not.toEqual(first);
  generator.reseed(4);
  expect([await draw().data(), await draw().data()]).toEqual([first, second]);
});

test("parameters that are not above 0 are errors", () => {
  expect(() => randomGamma([1], { alpha: 0 })).toThrow("randomGamma: alpha is 0, expected a finite number > 0");
  expect(() => randomBeta([1], { alpha: 1, beta: -1 })).toThrow("randomBeta: beta is -1, expected a finite number > 0");
});
