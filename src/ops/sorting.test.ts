/** Sorting and choosing along an axis: order of equal elements, NaN, types, gradients, and what is refused. */
import { expect, test } from "vitest";
import { type Tensor, tensor } from "../tensor/tensor.ts";
import { cumulativeSum } from "./cumulative.ts";
import { add } from "./elementwise.ts";
import { gradients } from "./gradients.ts";
import { sum } from "./reduce.ts";
import { scan } from "./scan.ts";
import { takeAlongAxis, topK } from "./selection.ts";
import { argsort, sort } from "./sorting.ts";

const { NaN: nan, POSITIVE_INFINITY: infinity } = Number;

test("NaN comes last in both directions, and equal elements keep their order", async () => {
  const x = tensor([2, nan, -0, infinity, 0, 2, -infinity]);
  expect(await argsort(x).array()).toEqual([6, 2, 4, 0, 5, 3, 1]);
  expect(await argsort(x, { descending: true }).array()).toEqual([3, 0, 5, 2, 4, 6, 1]);
  expect(await topK(x, 2).indices.array()).toEqual([3, 0]);
});

test("the first of equal elements comes first among the largest", async () => {
  const { values, indices } = topK(tensor([1, 3, 3, 2, 3]), 3);
  expect(await values.array()).toEqual([3, 3, 3]);
  expect(await indices.array()).toEqual([1, 2, 4]);
});

test("integers and booleans keep their type", async () => {
  const integers = sort(tensor([2147483647, -2147483648, 0], { dtype: "int32" }), { descending: true });
  expect(integers.dtype).toBe("int32");
  expect(await integers.array()).toEqual([2147483647, 0, -2147483648]);
  expect(await sort(tensor([1, 0, 1], { dtype: "bool" })).array()).toEqual([0, 1, 1]);
});

test("a long line is sorted as JavaScript sorts it", async () => {
  const values = Float32Array.from({ length: 100_000 }, (_, index) => Math.sin(index * 7.3) * 1e3);
  const sorted = await sort(tensor(values)).data();
  const expected = Float32Array.from(values).sort();
  expect(expected.every((value, index) => value === sorted[index])).toBe(true);
});

test("takeAlongAxis picks by an index for each place; its gradient adds up where one is picked twice", async () => {
  const x = tensor([
    [1, 2, 3],
    [4, 5, 6],
  ]);
  const indices = tensor(
    [
      [2, 2],
      [0, 1],
    ],
    { dtype: "int32" },
  );
  const picked = takeAlongAxis(x, indices, 1);
  expect(await picked.array()).toEqual([
    [3, 3],
    [4, 5],
  ]);
  const [gradient] = gradients(sum(picked), [x]);
  expect(await gradient?.array()).toEqual([
    [0, 0, 2],
    [1, 1, 0],
  ]);
});

test("what does not fit is refused", async () => {
  const x = tensor([[1, 2, 3]]);
  expect(() => topK(x, 4)).toThrow("topK: k is 4, but axis 1 of [1, 3] has 3 elements");
  expect(() => sort(x, { axis: 2 })).toThrow(/sort: axis 2 is outside/);
  expect(() => Reflect.apply(sort, undefined, [x, { decending: true }])).toThrow('did you mean "descending"?');
  expect(() => takeAlongAxis(x, tensor([[0]]), 1)).toThrow("takeAlongAxis: the indices are float32, expected int32");
  expect(() => takeAlongAxis(x, tensor([0], { dtype: "int32" }), 1)).toThrow("must be equal but for axis 1");
  for (const outside of [-1, 3]) {
    const indices = tensor([[outside]], { dtype: "int32" });
    await expect(takeAlongAxis(x, indices, 1).array()).rejects.toThrow(/outside/);
  }
});

test("lines are sorted and summed inside the turns of a scan too", async () => {
  const x = tensor([
    [3, 1, 2],
    [6, 5, 4],
  ]);
  const { outputs } = scan(
    ([total], [row]) => ({
      carry: [add(total as Tensor, sort(row as Tensor))],
      outputs: [cumulativeSum(add(total as Tensor, sort(row as Tensor)))],
    }),
    [tensor([0, 0, 0])],
    [x],
  );
  expect(await outputs[0]?.array()).toEqual([
    [1, 3, 6],
    [5, 12, 21],
  ]);
  const [gradient] = gradients(sum(outputs[0] as Tensor), [x]);
  expect(await gradient?.array()).toEqual([
    [2, 6, 4],
    [1, 2, 3],
  ]);
});
