/** Functional models predict and take a training step as in Keras. */
import { describe, expect, test } from "vitest";
import type { Configuration } from "../../src/graph/registry.ts";
import "../../src/layers/registry.ts"; // The golden models are data, whose layers are found by name.
import * as losses from "../../src/losses/index.ts";
import { FunctionalModel } from "../../src/models/networks/functional.ts";
import * as optimizers from "../../src/optimizers/index.ts";
import { expectGolden, type GoldenCase, type GoldenTensor, named, tensorOf, trajectory } from "./golden.ts";

type Tensors = Readonly<Record<string, GoldenTensor>>;
type Case = GoldenCase<
  { readonly x: Tensors; readonly y: Tensors; readonly weights: Tensors },
  {
    readonly model: Configuration;
    readonly loss: Readonly<Record<string, "meanSquaredError" | "sparseCategoricalCrossentropy">>;
    readonly lossWeights?: Readonly<Record<string, number>>;
    readonly metrics: Readonly<Record<string, readonly string[]>>;
  },
  { readonly predictions: Tensors; readonly logs: Readonly<Record<string, number>>; readonly weights: Tensors }
>;

const lossOf = {
  meanSquaredError: losses.meanSquaredError(),
  sparseCategoricalCrossentropy: losses.sparseCategoricalCrossentropy({ fromLogits: true }),
};
const tensorsOf = (golden: Tensors) =>
  Object.fromEntries(Object.entries(golden).map(([name, each]) => [name, tensorOf(each)]));

describe("functional models as in Keras", () => {
  test.each(named<Case>("functional.keras.json"))("%s", async (_, { inputs, options, outputs }) => {
    const model = FunctionalModel.fromConfig(options.model);
    const weights = new Map(model.variables.map((variable) => [variable.name, variable]));
    const weightOf = (name: string) => weights.get(`${model.name}/${name}`);
    expect(weights.size).toBe(Object.keys(inputs.weights).length);
    for (const [name, golden] of Object.entries(inputs.weights)) weightOf(name)?.assign(tensorOf(golden));

    const predictions = await model.predictAll(tensorsOf(inputs.x));
    for (const [name, golden] of Object.entries(outputs.predictions))
      await expectGolden(name, predictions[name], golden, trajectory);

    model.compile({
      optimizer: optimizers.sgd({ learningRate: 0.1, momentum: 0.9 }),
      loss: Object.fromEntries(Object.entries(options.loss).map(([name, kind]) => [name, lossOf[kind]])),
      metrics: options.metrics,
      ...(options.lossWeights && { lossWeights: options.lossWeights }),
    });
    const logs = await model.trainOnBatch(tensorsOf(inputs.x), tensorsOf(inputs.y));
    expect(Object.keys(logs).sort()).toEqual(Object.keys(outputs.logs).sort());
    for (const [name, value] of Object.entries(outputs.logs)) expect(logs[name], name).toBeCloseTo(value, 5);
    for (const [name, golden] of Object.entries(outputs.weights))
      await expectGolden(name, weightOf(name), golden, trajectory);
  });
});
