/** Scans: running sums, captured tensors, directions, and gradients equal to those of the loop written out. */
import { expect, test } from "vitest";
import { zeros } from "../tensor/creation.ts";
import { jit } from "../tensor/jit.ts";
import { randomNormal } from "../tensor/random.ts";
import { type Tensor, tensor } from "../tensor/tensor.ts";
import { Variable } from "../tensor/variable.ts";
import { add, multiply, subtract, tanh } from "./elementwise.ts";
import { gradients } from "./gradients.ts";
import { matmul } from "./linear.ts";
import { reshape } from "./movement.ts";
import { sum } from "./reduce.ts";
import { scan } from "./scan.ts";
import { flip, sliceAxis } from "./slicing.ts";

const rows = tensor([
  [1, 2],
  [3, 4],
  [5, 6],
]);
const repeated = tensor([
  [10, 20],
  [30, 40],
  [50, 60],
]);
const runningSum = ([total]: readonly Tensor[], [row]: readonly Tensor[]) => {
  const next = add(total as Tensor, row as Tensor);
  return { carry: [next], outputs: [next] };
};

test("the running sum of rows, forwards and backwards", async () => {
  const forwards = scan(runningSum, [zeros([2])], [rows]);
  expect(await forwards.carry[0]?.array()).toEqual([9, 12]);
  expect(await forwards.outputs[0]?.array()).toEqual([
    [1, 2],
    [4, 6],
    [9, 12],
  ]);
  const backwards = scan(runningSum, [zeros([2])], [rows], { reverse: true });
  expect(await backwards.outputs[0]?.array()).toEqual([
    [9, 12],
    [8, 10],
    [5, 6],
  ]);
});

test("a recurrent network learns through a scan as through the loop written out", async () => {
  const [x, h0] = [randomNormal([4, 3, 2]), randomNormal([3, 5])];
  const [w, u, b] = [[2, 5], [5, 5], [5]].map((shape) => new Variable(randomNormal(shape))) as [
    Variable,
    Variable,
    Variable,
  ];
  const turn = (h: Tensor, slice: Tensor) => tanh(add(add(matmul(slice, w), matmul(h, u)), b));
  const scanned = () => {
    const { carry, outputs } = scan(
      ([h], [slice]) => {
        const next = turn(h as Tensor, slice as Tensor);
        return { carry: [next], outputs: [multiply(next, next)] };
      },
      [h0],
      [x],
    );
    return add(sum(carry[0] as Tensor), sum(outputs[0] as Tensor));
  };
  const writtenOut = () => {
    let h: Tensor = h0;
    let total = zeros([]);
    for (let time = 0; time < 4; time++) {
      h = turn(h, reshape(sliceAxis(x, 0, time, time + 1), [3, 2]));
      total = add(total, sum(multiply(h, h)));
    }
    return add(sum(h), total);
  };
  for (const index of [0, 1, 2, 3]) {
    const of = [w, u, b, x][index] as Tensor;
    const [a, e] = [jit(() => gradients(scanned(), [of])[0] as Tensor)(), gradients(writtenOut(), [of])[0] as Tensor];
    expect(await sum(multiply(subtract(a, e), subtract(a, e))).item()).toBeLessThan(1e-8);
  }
});

test("states exchange places, begin as views, and come out as they were before a turn", async () => {
  const results = jit(() => {
    const [first, second] = [0, 1].map((row) => reshape(sliceAxis(rows, 0, row, row + 1), [2])) as [Tensor, Tensor];
    const turn = ([a, b]: readonly Tensor[], [row]: readonly Tensor[]) => ({
      carry: [b as Tensor, a as Tensor],
      outputs: [a as Tensor, add(b as Tensor, row as Tensor)],
    });
    const { carry, outputs } = scan(turn, [first, second], [flip(repeated, 0)]);
    return [...carry, ...outputs];
  })();
  const [last, lastButOne, before, sums] = await Promise.all(results.map((result) => result.array()));
  expect([last, lastButOne]).toEqual([
    [3, 4],
    [1, 2],
  ]);
  expect(before).toEqual([
    [1, 2],
    [3, 4],
    [1, 2],
  ]);
  expect(sums).toEqual([
    [53, 64],
    [31, 42],
    [13, 24],
  ]);
});

test("what does not fit is named", () => {
  expect(() => scan(runningSum, [zeros([2])], [])).toThrow(/expected at least one/);
  expect(() => scan(runningSum, [zeros([2])], [rows, zeros([4, 2])])).toThrow(/\[3, 2\], \[4, 2\]/);
  expect(() => scan(([c]) => ({ carry: [sum(c as Tensor)] }), [zeros([2])], [rows])).toThrow(
    /carry 0 begins as float32\[2\] and a turn leaves float32\[\]/,
  );
});
