/** Layers that heed masks, and a masked model's loss, metrics and training step, as in Keras. */
import { describe, expect, test } from "vitest";
import type { Configuration, SerializedObject } from "../../src/graph/registry.ts";
import { layerFromConfig } from "../../src/layers/index.ts";
import { sequential } from "../../src/models/networks/sequential.ts";
import { cast, multiply } from "../../src/ops/elementwise.ts";
import { gradients } from "../../src/ops/gradients.ts";
import { sum } from "../../src/ops/reduce.ts";
import * as optimizers from "../../src/optimizers/index.ts";
import type { Tensor } from "../../src/tensor/tensor.ts";
import { expectGolden, type GoldenCase, type GoldenTensor, named, numbers, tensorOf, trajectory } from "./golden.ts";

type Tensors = Readonly<Record<string, GoldenTensor>>;
type LayerCase = GoldenCase<
  {
    readonly inputs: readonly GoldenTensor[];
    readonly masks: readonly (GoldenTensor | null)[];
    readonly outputGradient: GoldenTensor;
    readonly weights: Tensors;
  },
  { readonly className: string; readonly config: Configuration; readonly training: boolean },
  {
    readonly output: GoldenTensor;
    readonly mask: GoldenTensor | null;
    readonly inputs: readonly GoldenTensor[];
    readonly weights: Tensors;
    readonly state: Tensors;
  }
>;
type ModelCase = GoldenCase<
  {
    readonly x: GoldenTensor;
    readonly y: GoldenTensor;
    readonly sampleWeight?: GoldenTensor;
    readonly weights: Tensors;
  },
  {
    readonly layers: readonly SerializedObject[];
    readonly loss: SerializedObject;
    readonly metrics?: readonly string[];
    readonly weightedMetrics?: readonly string[];
  },
  { readonly predictions: GoldenTensor; readonly logs: Readonly<Record<string, number>>; readonly weights: Tensors }
>;

const maskOf = (golden: GoldenTensor | null) => (golden ? cast(tensorOf(golden), "bool") : undefined);

describe("layers as in Keras", () => {
  test.each(named<LayerCase>("masks.keras.json"))("%s", async (_, { inputs, options, outputs }) => {
    const { className, config, training } = options;
    const layer = layerFromConfig({ className, config });
    layer.buildAll(inputs.inputs.map(({ shape }) => shape.slice(1)));
    for (const [name, golden] of Object.entries(inputs.weights)) layer.weight(name).assign(tensorOf(golden));
    const given = inputs.inputs.map(tensorOf);
    const names = Object.keys(outputs.weights);
    const { outputs: met, masks } = layer.run(given, { training, masks: inputs.masks.map(maskOf) });
    const output = met[0] as Tensor;
    const variables = [...given, ...names.map((name) => layer.weight(name))];
    const slopes = gradients(sum(multiply(output, tensorOf(inputs.outputGradient))), variables);
    await expectGolden("output", output, outputs.output);
    expect((await masks[0]?.data())?.length).toBe(outputs.mask?.data.length);
    if (masks[0] && outputs.mask) await expectGolden("mask", masks[0], outputs.mask);
    for (const [index, golden] of outputs.inputs.entries())
      await expectGolden(`gradient of input ${index}`, slopes[index], golden);
    for (const [index, name] of names.entries())
      await expectGolden(`gradient of ${name}`, slopes[given.length + index], outputs.weights[name]);
    for (const [name, golden] of Object.entries(outputs.state)) await expectGolden(name, layer.weight(name), golden);
  });
});

describe("masked models as in Keras", () => {
  test.each(named<ModelCase>("masked-model.keras.json"))("%s", async (_, { inputs, options, outputs }) => {
    const { layers, loss, ...judged } = options;
    const model = sequential([
      layerFromConfig({ className: "input", config: { inputShape: [5], dtype: "int32" } }),
      ...layers.map(layerFromConfig),
    ]);
    const weights = new Map(model.variables.map((variable) => [variable.name, variable]));
    const weightOf = (name: string) => weights.get(`${model.name}/${name}`);
    for (const [name, golden] of Object.entries(inputs.weights)) weightOf(name)?.assign(tensorOf(golden));
    const x = { data: numbers(inputs.x), shape: inputs.x.shape };
    await expectGolden("predictions", await model.predict(x), outputs.predictions, trajectory);
    model.compile({ optimizer: optimizers.sgd({ learningRate: 0.1 }), loss, ...judged });
    const y = { data: numbers(inputs.y), shape: inputs.y.shape };
    const { sampleWeight } = inputs;
    const logs = await model.trainOnBatch(x, y, sampleWeight ? { sampleWeight: numbers(sampleWeight) } : {});
    expect(Object.keys(logs).sort()).toEqual(Object.keys(outputs.logs).sort());
    for (const [name, value] of Object.entries(outputs.logs)) expect(logs[name], name).toBeCloseTo(value, 5);
    for (const [name, golden] of Object.entries(outputs.weights))
      await expectGolden(name, weightOf(name), golden, trajectory);
  });
});
