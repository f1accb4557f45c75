/** Multi-head attention as in Keras: outputs, and gradients for every input and weight. */
import { describe, expect, test } from "vitest";
import type { Configuration } from "../../src/graph/registry.ts";
import { layerFromConfig } from "../../src/layers/index.ts";
import { multiply } from "../../src/ops/elementwise.ts";
import { gradients } from "../../src/ops/gradients.ts";
import { sum } from "../../src/ops/reduce.ts";
import { expectGolden, type GoldenCase, type GoldenTensor, named, tensorOf } from "./golden.ts";

type Weights = Readonly<Record<string, GoldenTensor>>;
type Case = GoldenCase<
  { readonly inputs: readonly GoldenTensor[]; readonly outputGradient: GoldenTensor; readonly weights: Weights },
  Configuration,
  { readonly output: GoldenTensor; readonly inputs: readonly GoldenTensor[]; readonly weights: Weights }
>;

type ScoresCase = GoldenCase<
  { readonly inputs: readonly GoldenTensor[]; readonly mask?: GoldenTensor; readonly weights: Weights },
  Configuration,
  { readonly output: GoldenTensor; readonly scores: GoldenTensor }
>;

describe("attention scores as in Keras", () => {
  test.each(named<ScoresCase>("attention-scores.keras.json"))("%s", async (_, { inputs, options, outputs }) => {
    const layer = layerFromConfig({ className: "multiHeadAttention", config: options });
    const given = [...inputs.inputs, ...(inputs.mask ? [inputs.mask] : [])].map(tensorOf);
    const shapes = given.map(({ shape }) => shape.slice(1));
    layer.buildAll(shapes);
    for (const [name, golden] of Object.entries(inputs.weights)) layer.weight(name).assign(tensorOf(golden));
    const [output, scores] = layer.callOutputs(given, { training: false });
    expect(layer.outputShapes(shapes)).toEqual([output, scores].map((each) => each?.shape.slice(1)));
    await expectGolden("output", output, outputs.output);
    await expectGolden("scores", scores, outputs.scores);
  });
});

describe("multi-head attention as in Keras", () => {
  test.each(named<Case>("multi-head-attention.keras.json"))("%s", async (_, { inputs, options, outputs }) => {
    const layer = layerFromConfig({ className: "multiHeadAttention", config: options });
    layer.buildAll(inputs.inputs.map(({ shape }) => shape.slice(1)));
    for (const [name, golden] of Object.entries(inputs.weights)) layer.weight(name).assign(tensorOf(golden));
    const given = inputs.inputs.map(tensorOf);
    const output = layer.callAll(given, { training: false });
    await expectGolden("output", output, outputs.output);
    const names = Object.keys(outputs.weights);
    const variables = [...given, ...names.map((name) => layer.weight(name))];
    const met = gradients(sum(multiply(output, tensorOf(inputs.outputGradient))), variables);
    for (const [index, golden] of outputs.inputs.entries()) await expectGolden(`input ${index}`, met[index], golden);
    for (const [index, name] of names.entries())
      await expectGolden(name, met[given.length + index], outputs.weights[name]);
  });
});
