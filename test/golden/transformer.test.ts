/** Blocks of transformers, shared heads, masks and rotary positions: outputs, and gradients for every input and weight. */
import { describe, test } from "vitest";
import type { Configuration } from "../../src/graph/registry.ts";
import { layerFromConfig } from "../../src/layers/index.ts";
import { multiply } from "../../src/ops/elementwise.ts";
import { gradients } from "../../src/ops/gradients.ts";
import { sum } from "../../src/ops/reduce.ts";
import { expectGolden, type GoldenCase, type GoldenTensor, named, tensorOf } from "./golden.ts";
import { expectLayer, type GoldenRun, makeLayer } from "./layer.ts";

type Weights = Readonly<Record<string, GoldenTensor>>;
type Case = GoldenCase<
  { readonly inputs: readonly GoldenTensor[]; readonly outputGradient: GoldenTensor; readonly weights: Weights },
  Configuration & { readonly className?: string },
  { readonly output: GoldenTensor; readonly inputs: readonly GoldenTensor[]; readonly weights: Weights }
>;

async function expectCase({ inputs, options, outputs }: Case): Promise<void> {
  const { className = "multiHeadAttention", ...config } = options;
  const layer = layerFromConfig({ className, config });
  layer.buildAll(inputs.inputs.map(({ shape }) => shape.slice(1)));
  for (const [name, golden] of Object.entries(inputs.weights)) layer.weight(name).assign(tensorOf(golden));
  const given = inputs.inputs.map(tensorOf);
  const output = layer.callAll(given, { training: false });
  await expectGolden("output", output, outputs.output);
  const names = Object.keys(outputs.weights);
  // Masks come last and have no gradients.
  const sequences = given.slice(0, outputs.inputs.length);
  const variables = [...sequences, ...names.map((name) => layer.weight(name))];
  const met = gradients(sum(multiply(output, tensorOf(inputs.outputGradient))), variables);
  for (const [index, golden] of outputs.inputs.entries()) await expectGolden(`input ${index}`, met[index], golden);
  for (const [index, name] of names.entries())
    await expectGolden(name, met[sequences.length + index], outputs.weights[name]);
}

describe("blocks of transformers as in PyTorch", () => {
  test.each(named<Case>("transformer.torch.json"))("%s", (_, golden) => expectCase(golden));
});

describe("shared heads and masks as in Keras", () => {
  test.each(named<Case>("grouped-attention.keras.json"))("%s", (_, golden) => expectCase(golden));
});

type RotaryCase = GoldenCase<
  { readonly input: GoldenTensor; readonly outputGradient: GoldenTensor },
  Configuration,
  GoldenRun
>;

describe("rotary positions as in PyTorch's complex numbers", () => {
  test.each(named<RotaryCase>("rotary.torch.json"))("%s", async (_, { inputs, options, outputs }) => {
    await expectLayer(makeLayer("rotaryEmbedding", options, inputs.input, {}), inputs, outputs, false);
  });
});
