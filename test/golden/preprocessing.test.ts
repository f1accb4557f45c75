/** Preprocessing layers: what Keras makes of data with given state, or with state adapted to other data. */
import { expect, test } from "vitest";
import type { Configuration } from "../../src/graph/registry.ts";
import { layerFromConfig } from "../../src/layers/index.ts";
import { Normalization } from "../../src/layers/preprocessing/normalization.ts";
import { expectGolden, type GoldenCase, type GoldenTensor, named, tensorOf } from "./golden.ts";

type Inputs = { readonly input: GoldenTensor; readonly data?: GoldenTensor };
type Case = GoldenCase<Inputs, Configuration & { readonly layer: string }, { readonly output: GoldenTensor }>;

test.each(named<Case>("preprocessing.keras.json"))("%s", async (_, { inputs, options, outputs }) => {
  const { layer: className, ...config } = options;
  const layer = layerFromConfig({ className, config });
  if (inputs.data) {
    expect(layer).toBeInstanceOf(Normalization);
    if (layer instanceof Normalization) layer.adapt(tensorOf(inputs.data));
  } else layer.build(inputs.input.shape.slice(1));
  await expectGolden("output", layer.call(tensorOf(inputs.input), { training: false }), outputs.output);
});
