/** Running results: directions, what they begin with, types, gradients through zeros, and programs that do not grow. */
import { expect, test } from "vitest";
import { explain } from "../tensor/jit.ts";
import { tensor } from "../tensor/tensor.ts";
import { cumulativeMax, cumulativeMin, cumulativeProduct, cumulativeSum, linearRecurrence } from "./cumulative.ts";
import { multiply } from "./elementwise.ts";
import { gradients } from "./gradients.ts";
import { reshape } from "./movement.ts";
import { sum } from "./reduce.ts";

const x = tensor([1, 2, 3, 4]);

test("forwards and backwards, with the own element and without it", async () => {
  expect(await cumulativeSum(x).array()).toEqual([1, 3, 6, 10]);
  expect(await cumulativeSum(x, { reverse: true }).array()).toEqual([10, 9, 7, 4]);
  expect(await cumulativeSum(x, { exclusive: true }).array()).toEqual([0, 1, 3, 6]);
  expect(await cumulativeSum(x, { exclusive: true, reverse: true }).array()).toEqual([9, 7, 4, 0]);
  expect(await cumulativeProduct(x, { exclusive: true }).array()).toEqual([1, 1, 2, 6]);
  expect(await cumulativeMax(x, { exclusive: true }).array()).toEqual([Number.NEGATIVE_INFINITY, 1, 2, 3]);
  expect(await cumulativeMin(x, { reverse: true }).array()).toEqual([1, 2, 3, 4]);
});

test("booleans are counted", async () => {
  const counts = cumulativeSum(tensor([1, 0, 1], { dtype: "bool" }));
  expect(counts.dtype).toBe("int32");
  expect(await counts.array()).toEqual([1, 1, 2]);
});

test("a long sum loses nothing", async () => {
  const ones = tensor(new Float32Array(1 << 20).fill(0.1));
  const sums = await cumulativeSum(ones).data();
  expect(Math.abs((sums.at(-1) as number) - Math.fround(0.1) * (1 << 20))).toBeLessThan(0.01);
});

test("gradients: exclusive sums, products through a zero, the first of equal maxima", async () => {
  const weights = tensor([1, 10, 100, 1000]);
  const slope = async (y: ReturnType<typeof cumulativeSum>, of = x) =>
    (await gradients(sum(multiply(y, weights)), [of])[0]?.array()) as number[];
  expect(await slope(cumulativeSum(x, { exclusive: true }))).toEqual([1110, 1100, 1000, 0]);
  const zero = tensor([2, 0, 3, 4]);
  expect(await slope(cumulativeProduct(zero), zero)).toEqual([1, 2 * (10 + 300 + 12000), 0, 0]);
  const equal = tensor([1, 3, 3, 2]);
  expect(await slope(cumulativeMax(equal), equal)).toEqual([1, 1110, 0, 0]);
});

test("a linear recurrence discounts, and its decay learns", async () => {
  const decay = tensor(0.5);
  const y = linearRecurrence(decay, x);
  expect(await y.array()).toEqual([1, 2.5, 4.25, 6.125]);
  expect(await linearRecurrence(decay, x, { reverse: true }).array()).toEqual([3.25, 4.5, 5, 4]);
  // d/da (1 + (a + 2) + (a² + 2a + 3) + (a³ + 2a² + 3a + 4)) at 0.5
  const [slope] = gradients(sum(y), [decay]);
  expect(await slope?.item()).toBeCloseTo(1 + 3 + 0.75 + 2 + 3, 5);
});

test("the program does not grow with the axis", () => {
  const instructions = (length: number) => {
    const text = explain(
      (input) => gradients(sum(cumulativeProduct(input)), [input]),
      tensor(new Float32Array(length)),
    );
    return text.split("\n").length;
  };
  expect(instructions(1000)).toBe(instructions(10));
});

test("what does not fit is refused", () => {
  expect(() => cumulativeSum(x, { axis: 1 })).toThrow(/cumulativeSum: axis 1 is outside/);
  expect(() => Reflect.apply(cumulativeSum, undefined, [x, { reversed: true }])).toThrow('did you mean "reverse"?');
  expect(() => linearRecurrence(reshape(x, [2, 2]), x)).toThrow(/broadcast/);
});
