import { expect, test } from "vitest";
import * as layers from "../layers/index.ts";
import { layerFromConfig } from "../layers/registry.ts";
import * as optimizers from "../optimizers/index.ts";
import { ones, zeros } from "../tensor/creation.ts";
import { tensor } from "../tensor/tensor.ts";
import * as constraints from "./index.ts";

test("a norm of 0 stays 0", async () => {
  for (const constraint of [constraints.maxNorm(), constraints.unitNorm(), constraints.minMaxNorm({ minValue: 1 })])
    expect(await constraint.call(zeros([2, 1])).array()).toEqual([[0], [0]]);
});

test("each is made again by its configuration", () => {
  for (const constraint of [
    constraints.maxNorm({ maxValue: 3, axis: [0, 1, 2] }),
    constraints.minMaxNorm({ minValue: 1, maxValue: 3, rate: 0.5, axis: 1 }),
    constraints.nonNegative(),
    constraints.unitNorm({ axis: -1 }),
  ]) {
    const config = JSON.parse(JSON.stringify(constraint.config()));
    expect(constraints.resolveConstraint("test", { className: constraint.className, config })).toEqual(constraint);
  }
});

test("wrong options are named", () => {
  expect(() => constraints.maxNorm({ maxValue: 0 })).toThrow("maxNorm: maxValue is 0, expected a finite number > 0");
  expect(() => constraints.minMaxNorm({ minValue: 2 })).toThrow("maxValue is 1, expected a finite number ≥ 2");
  expect(() => constraints.resolveConstraint("dense: kernelConstraint", "maxnorm")).toThrow('did you mean "maxNorm"?');
  expect(() => constraints.maxNorm({ axis: 2 }).call(ones([2, 2]))).toThrow(
    "maxNorm: axis 2 is none of a weight of the shape [2, 2]",
  );
});

test("a layer's weights keep theirs in training, and written down too", async () => {
  const layer = layers.dense({
    units: 1,
    kernelInitializer: "ones",
    kernelConstraint: "unitNorm",
    biasConstraint: constraints.nonNegative(),
  });
  const again = layerFromConfig({ className: layer.className, config: JSON.parse(JSON.stringify(layer.config())) });
  expect(again.config()).toEqual(layer.config());
  layer.build([2]);
  const [kernel, bias] = [layer.weight("kernel"), layer.weight("bias")];
  optimizers.sgd({ learningRate: 1 }).apply([tensor([[-2], [-3]]), tensor([5])], [kernel, bias]);
  const [a, b] = await kernel.data();
  expect(a).toBeCloseTo(0.6, 6);
  expect(b).toBeCloseTo(0.8, 6);
  expect(await bias.array()).toEqual([0]);
  expect(() => layers.dense({ units: 1, kernelConstraint: JSON.parse('"unit"') })).toThrow("dense: kernelConstraint");
});
