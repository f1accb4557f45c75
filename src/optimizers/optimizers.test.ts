import { describe, expect, test } from "vitest";
import { multiply, square, subtract } from "../ops/elementwise.ts";
import { sum } from "../ops/reduce.ts";
import * as schedules from "../schedules/index.ts";
import { jit } from "../tensor/jit.ts";
import { tensor } from "../tensor/tensor.ts";
import { Variable } from "../tensor/variable.ts";
import * as optimizers from "./index.ts";

const all: readonly (() => optimizers.Optimizer)[] = [
  () => optimizers.sgd({ learningRate: 0.05 }),
  () => optimizers.sgd({ learningRate: 0.02, momentum: 0.9, nesterov: true, weightDecay: 1e-4 }),
  () => optimizers.adam({ learningRate: 0.1 }),
  () => optimizers.adam({ learningRate: 0.1, amsgrad: true, clipNorm: 10 }),
  () => optimizers.adamW({ learningRate: 0.1, weightDecay: 1e-4 }),
  () => optimizers.rmsprop({ learningRate: 0.02, momentum: 0.5, centered: true }),
  () => optimizers.rmsprop({ learningRate: 0.05, globalClipNorm: 5 }),
  () => optimizers.adagrad({ learningRate: 1, clipValue: 2 }),
  () => optimizers.adadelta({ learningRate: 10, rho: 0.9, epsilon: 1e-3 }),
  () => optimizers.adafactor({ learningRate: 0.3 }),
  () => optimizers.adamax({ learningRate: 0.2 }),
  () => optimizers.ftrl({ learningRate: 2, beta: 0.1 }),
  () => optimizers.lamb({ learningRate: schedules.cosineDecay({ initialLearningRate: 0.1, decaySteps: 150 }) }),
  () => optimizers.lion({ learningRate: schedules.cosineDecay({ initialLearningRate: 0.08, decaySteps: 150 }) }),
  () => optimizers.muon({ learningRate: 0.1, excludeFromMuon: ["v"], weightDecay: 0, adamWeightDecay: 0 }),
  () => optimizers.nadam({ learningRate: 0.1 }),
  () => optimizers.sgd({ learningRate: 0.1, gradientAccumulationSteps: 2, learningRateMultipliers: { w: 0.5, v: 2 } }),
  () => optimizers.adam({ learningRate: 0.1, useEma: true, emaMomentum: 0.5, emaOverwriteFrequency: 7 }),
  () => optimizers.sgd({ learningRate: schedules.cosineDecay({ initialLearningRate: 0.1, decaySteps: 100 }) }),
];

describe.each(all.map((make) => ({ make, title: `${make().className} ${JSON.stringify(make().config())}` })))(
  "$title",
  ({ make }) => {
    const quadratic = (optimizer: optimizers.Optimizer) => {
      const w = new Variable(tensor([3, -2]), { name: "w" });
      const step = jit(() => {
        const loss = sum(multiply(square(subtract(w, tensor([1, 1]))), tensor([1, 3])));
        optimizer.minimize(loss, [w]);
        return loss;
      });
      return { w, step };
    };

    test("finds the lowest point of a quadratic", async () => {
      const { w, step } = quadratic(make());
      for (let i = 0; i < 150; i++) step();
      const [a, b] = await w.data();
      expect(Math.abs((a as number) - 1)).toBeLessThan(0.05);
      expect(Math.abs((b as number) - 1)).toBeLessThan(0.05);
    });

    test("continues exactly from its state", async () => {
      const whole = quadratic(make());
      for (let i = 0; i < 6; i++) whole.step();
      const optimizer = make();
      const first = quadratic(optimizer);
      for (let i = 0; i < 3; i++) first.step();
      const resumed = make();
      const second = quadratic(resumed);
      second.w.assign(tensor(await first.w.data()));
      resumed.build([second.w]);
      expect(resumed.variables.map(({ name }) => name)).toEqual(optimizer.variables.map(({ name }) => name));
      for (const [index, variable] of resumed.variables.entries()) {
        const saved = optimizer.variables[index] as Variable;
        variable.assign(tensor(await saved.data(), { shape: saved.shape }));
      }
      for (let i = 0; i < 3; i++) second.step();
      // What is read is float32 here, while the reference device goes on in float64.
      const [expected, actual] = [await whole.w.data(), await second.w.data()];
      for (const [index, value] of expected.entries()) expect(actual[index]).toBeCloseTo(value, 5);
      expect(await resumed.iterations.item()).toBe(6 / resumed.gradientAccumulationSteps);
    });

    test("its configuration makes an equal optimizer", () => {
      const optimizer = make();
      const config = JSON.parse(JSON.stringify(optimizer.config()));
      const copy = optimizers.resolveOptimizer("test", { className: optimizer.className, config });
      expect(copy.constructor).toBe(optimizer.constructor);
      expect(copy.config()).toEqual(optimizer.config());
    });
  },
);

test("the learning rate changes in a compiled program too", async () => {
  const w = new Variable(tensor(0));
  const optimizer = optimizers.sgd({ learningRate: 1 });
  const step = jit(() => optimizer.apply([tensor(1)], [w]));
  step();
  optimizer.setLearningRate(0.25);
  step();
  expect(await w.item()).toBe(-1.25);
  expect(optimizer.config().learningRate).toBe(0.25);
});

test("a schedule is a function of the updates done", async () => {
  const w = new Variable(tensor(0));
  const optimizer = optimizers.sgd({
    learningRate: schedules.piecewiseConstant({ boundaries: [0, 2], values: [1, 10, 100] }),
  });
  const step = jit(() => optimizer.apply([tensor(-1)], [w]));
  const path: number[] = [];
  for (let i = 0; i < 5; i++) {
    step();
    path.push(await w.item());
  }
  expect(path).toEqual([1, 11, 21, 121, 221]);
  expect(() => optimizer.setLearningRate(1)).toThrow("sgd: the learning rate follows the schedule piecewiseConstant");
});

test("the last step's gradients may be clipped by value, by norm, and by their joint norm", async () => {
  const moved = async (options: optimizers.OptimizerOptions) => {
    const [a, b] = [new Variable(tensor([0, 0])), new Variable(tensor([0]))];
    optimizers.sgd({ learningRate: 1, ...options }).apply([tensor([-3, -4]), tensor([-12])], [a, b]);
    return [...(await a.data()), ...(await b.data())];
  };
  expect(await moved({})).toEqual([3, 4, 12]);
  expect(await moved({ clipValue: 3.5 })).toEqual([3, 3.5, 3.5]);
  expect(await moved({ clipNorm: 10 })).toEqual([3, 4, 10]);
  const joint = await moved({ globalClipNorm: 6.5 });
  for (const [index, value] of [1.5, 2, 6].entries()) expect(joint[index]).toBeCloseTo(value, 5);
});

test("weight decay acts apart from the gradient", async () => {
  const w = new Variable(tensor(10));
  optimizers.adamW({ learningRate: 0.1, weightDecay: 0.5 }).apply([tensor(0)], [w]);
  expect(await w.item()).toBeCloseTo(9.5, 6);
});

test("wrong arguments are named", () => {
  const w = new Variable(tensor([1, 2]), { name: "dense/kernel" });
  expect(() => optimizers.sgd().apply([], [w])).toThrow("sgd: got 0 gradients for 1 variables; give one for each");
  expect(() => optimizers.sgd().apply([tensor([1])], [w])).toThrow(
    "sgd: the gradient of dense/kernel has the shape [1], expected [2] as the variable",
  );
  expect(() => optimizers.adam(JSON.parse('{ "learning_rate": 1 }'))).toThrow(
    'adam: unknown option "learning_rate", did you mean "learningRate"?',
  );
  expect(() => optimizers.adam({ beta1: 1 })).toThrow("adam: beta1 is 1, expected a finite number ≥ 0 and < 1");
  expect(() => optimizers.sgd({ clipNorm: 1, clipValue: 1 })).toThrow("exclude each other");
  expect(() => optimizers.resolveOptimizer("compile: optimizer", "adamw2")).toThrow("did you mean");
});

test("AMSGrad keeps the largest mean square", async () => {
  const w = new Variable(tensor(0), { name: "w" });
  const optimizer = optimizers.adam({ amsgrad: true, beta2: 0.5 });
  optimizer.apply([tensor(4)], [w]);
  optimizer.apply([tensor(0)], [w]);
  const slot = async (name: string) =>
    optimizer.variables.find((variable) => variable.name === `adam/${name}/w`)?.item();
  expect(await slot("v")).toBe(4);
  expect(await slot("vMax")).toBe(8);
});
