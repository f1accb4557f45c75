import { expect, test } from "vitest";
import { gradients } from "../ops/gradients.ts";
import { type Tensor, tensor } from "../tensor/tensor.ts";
import * as regularizers from "./index.ts";

test("penalties and their gradients follow the formulas", async () => {
  const x = tensor([1, -2, 0]);
  const check = async (regularizer: regularizers.Regularizer, penalty: number, gradient: number[]) => {
    expect(await regularizer.call(x).item()).toBeCloseTo(penalty, 6);
    const met = await (gradients(regularizer.call(x), [x])[0] as Tensor).data();
    for (const [index, value] of gradient.entries()) expect(met[index]).toBeCloseTo(value, 6);
  };
  await check(regularizers.l1({ l1: 0.5 }), 1.5, [0.5, -0.5, 0]);
  await check(regularizers.l2(), 0.05, [0.02, -0.04, 0]);
  await check(regularizers.l1l2({ l1: 1, l2: 2 }), 13, [5, -9, 0]);
});

test("every regularizer is made again by its configuration", () => {
  for (const regularizer of [regularizers.l1(), regularizers.l2({ l2: 3 }), regularizers.l1l2({ l1: 1, l2: 2 })])
    expect(
      regularizers.resolveRegularizer("test", { className: regularizer.className, config: regularizer.config() }),
    ).toEqual(regularizer);
  expect(() => regularizers.l2({ l2: -1 })).toThrow("l2: l2 is -1, expected a finite number ≥ 0");
  expect(() => regularizers.resolveRegularizer("dense: kernelRegularizer", JSON.parse('"L2"'))).toThrow(
    'did you mean "l2"?',
  );
});
