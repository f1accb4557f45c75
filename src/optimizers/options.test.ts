/** Options that every optimizer takes: exclusion from weight decay, multipliers, accumulation, moving averages, constraints. */
import { describe, expect, test } from "vitest";
import { maximum, square, subtract } from "../ops/elementwise.ts";
import { matmul } from "../ops/linear.ts";
import { sum } from "../ops/reduce.ts";
import * as schedules from "../schedules/index.ts";
import { zeros } from "../tensor/creation.ts";
import { explain, jit } from "../tensor/jit.ts";
import { getDevice } from "../tensor/storage.ts";
import { type Tensor, tensor } from "../tensor/tensor.ts";
import { Variable } from "../tensor/variable.ts";
import * as optimizers from "./index.ts";

const named = (name: string, value: number) => new Variable(tensor(value), { name });
const valuesOf = (variables: readonly Variable[]) => Promise.all(variables.map((variable) => variable.item()));

describe("weight decay spares", () => {
  const decayed = async (excludeFromWeightDecay: optimizers.NameSelection) => {
    const variables = [named("dense/kernel", 1), named("dense/bias", 1), named("norm/gamma", 1)];
    const optimizer = optimizers.sgd({ learningRate: 1, weightDecay: 0.5, excludeFromWeightDecay });
    optimizer.apply([tensor(0), tensor(0), tensor(0)], variables);
    return { optimizer, values: await valuesOf(variables) };
  };

  test("variables with a part in their names", async () => {
    const { optimizer, values } = await decayed(["bias", "norm/"]);
    expect(values).toEqual([0.5, 1, 1]);
    expect(optimizer.config().excludeFromWeightDecay).toEqual(["bias", "norm/"]);
  });

  test("those a function chooses, which are written down by name", async () => {
    const { optimizer, values } = await decayed((name) => !name.endsWith("/kernel"));
    expect(values).toEqual([0.5, 1, 1]);
    expect(optimizer.config().excludeFromWeightDecay).toEqual(["dense/bias", "norm/gamma"]);
  });

  test("none where the selection is none", () => {
    expect(() => optimizers.sgd(JSON.parse('{ "excludeFromWeightDecay": "bias" }'))).toThrow(
      'sgd: excludeFromWeightDecay is "bias", expected an array of parts of names',
    );
  });
});

test("the learning rate has a factor for each part of names, which weight decay follows", async () => {
  const variables = [named("encoder/kernel", 1), named("encoder/bias", 1), named("head/kernel", 1)];
  const learningRateMultipliers = { "encoder/kernel": 0, encoder: 0.5 };
  const optimizer = optimizers.sgd({ learningRate: 0.5, weightDecay: 0.5, learningRateMultipliers });
  jit(() => optimizer.apply([tensor(1), tensor(1), tensor(1)], variables))();
  expect(await valuesOf(variables)).toEqual([1, 1 - 0.125 - 0.25, 1 - 0.25 - 0.5]);
  expect(() => optimizers.sgd({ learningRateMultipliers: { head: -1 } })).toThrow(
    'sgd: learningRateMultipliers["head"] is -1, expected a finite number ≥ 0',
  );
});

describe("accumulated gradients", () => {
  const learningRate = schedules.piecewiseConstant({ boundaries: [0], values: [1, 10] });

  test("make one update a group, by their mean, and schedules count updates", async () => {
    const w = named("w", 0);
    const optimizer = optimizers.sgd({ learningRate, gradientAccumulationSteps: 2 });
    const step = jit((gradient: Tensor) => optimizer.apply([gradient], [w]));
    const path: number[] = [];
    for (const gradient of [-1, -3, -2, -4]) {
      step(tensor(gradient));
      path.push(await w.item());
    }
    expect(path).toEqual([0, 2, 2, 32]);
    expect(await optimizer.iterations.item()).toBe(2);
  });

  test("of an incomplete group are averaged over those there are, once", async () => {
    const w = named("w", 0);
    const optimizer = optimizers.sgd({ learningRate: 1, gradientAccumulationSteps: 4 });
    for (const gradient of [-1, -5]) optimizer.apply([tensor(gradient)], [w]);
    for (let i = 0; i < 2; i++) optimizer.applyAccumulated([w]);
    expect(await w.item()).toBe(3);
    expect(await optimizer.iterations.item()).toBe(1);
    for (let i = 0; i < 4; i++) optimizer.apply([tensor(-2)], [w]);
    expect(await w.item()).toBe(5);
  });

  test("that are infinite in one group leave no trace in the next", async () => {
    const w = named("w", 0);
    const optimizer = optimizers.sgd({ learningRate: 0, gradientAccumulationSteps: 2, clipValue: 1 });
    for (const gradient of [Number.POSITIVE_INFINITY, 0, 3, 3]) optimizer.apply([tensor(gradient)], [w]);
    expect(await w.item()).toBe(0);
    expect(await optimizer.variables.find(({ name }) => name === "sgd/gradientSum/w")?.item()).toBe(0);
  });
});

describe("the moving average of weights", () => {
  const trained = () => {
    const w = named("w", 4);
    const optimizer = optimizers.sgd({ learningRate: 1, useEma: true, emaMomentum: 0.5 });
    // 4, 2, 0: the average is 2 after the first update, then 1.
    for (let i = 0; i < 2; i++) optimizer.apply([tensor(2)], [w]);
    return { w, optimizer };
  };

  test("is exchanged with them, there and back", async () => {
    const { w, optimizer } = trained();
    optimizer.swapEma([w]);
    expect([await w.item(), optimizer.emaSwapped]).toEqual([1, true]);
    optimizer.swapEma([w]);
    expect([await w.item(), optimizer.emaSwapped]).toEqual([0, false]);
  });

  test("takes their place for good, whether exchanged at the time or not", async () => {
    for (const exchanged of [false, true]) {
      const { w, optimizer } = trained();
      if (exchanged) optimizer.swapEma([w]);
      optimizer.finalizeEma([w]);
      expect(await w.item()).toBe(1);
      optimizer.swapEma([w]);
      expect(await w.item()).toBe(1);
    }
  });

  test("starts from the value of a variable that joins later", async () => {
    const { optimizer } = trained();
    const late = named("late", 8);
    optimizer.build([late]);
    optimizer.apply([tensor(4)], [late]);
    optimizer.finalizeEma([late]);
    expect(await late.item()).toBe(6);
  });

  test("must be asked for", () => {
    expect(() => optimizers.sgd().swapEma([])).toThrow("sgd: keeps no moving average of the weights");
    expect(() => optimizers.sgd({ emaMomentum: 0.9 })).toThrow("sgd: emaMomentum has no effect without useEma: true");
  });
});

test("a variable's constraint is restored after every update", async () => {
  const constraint = { call: (value: Tensor) => maximum(value, 0) };
  const w = new Variable(tensor([1, 3]), { name: "w", constraint });
  optimizers.sgd({ learningRate: 1 }).apply([tensor([2, 2])], [w]);
  expect(await w.array()).toEqual([0, 1]);
});

// The reference device compiles nothing.
test.skipIf(getDevice().name === "reference").each(["adadelta", "adamax", "lion", "nadam", "adam"] as const)(
  "%s is the tail of the product that computes its gradient",
  (name) => {
    const w = new Variable(zeros([16, 8]), { name: "w" });
    const optimizer = optimizers.resolveOptimizer("test", { className: name, config: { useEma: true } });
    const text = explain(
      (x: Tensor) => {
        optimizer.minimize(sum(square(subtract(matmul(x, w), 1))), [w]);
      },
      zeros([32, 16]),
    );
    const touching = text.split("\n").filter((line) => line.split("→")[1]?.includes("[16, 8]"));
    expect(touching).toHaveLength(1);
    expect(touching[0]).toContain("matmul [16, 32]·[32, 8] +");
  },
);
