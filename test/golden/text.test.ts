/** Layers that look up texts and integers: what Keras makes of them, with given vocabularies or adapted to data. */
import { describe, expect, test } from "vitest";
import type { Configuration } from "../../src/graph/registry.ts";
import { layerFromConfig } from "../../src/layers/index.ts";
import { IntegerLookup } from "../../src/layers/preprocessing/integer-lookup.ts";
import { TextLayer } from "../../src/layers/preprocessing/text-layer.ts";
import type { NestedText } from "../../src/layers/preprocessing/texts.ts";
import { VocabularyLayer } from "../../src/layers/preprocessing/vocabulary-layer.ts";
import { setDevice } from "../../src/tensor/storage.ts";
import { type NestedArray, type Tensor, tensor } from "../../src/tensor/tensor.ts";
import { devices } from "../support/devices.ts";
import { expectGolden, type GoldenCase, type GoldenTensor, named } from "./golden.ts";

type Inputs<T> = { readonly queries: T; readonly data?: T };
type Outputs = { readonly output: GoldenTensor; readonly vocabulary?: readonly (string | number)[] };
type Case = GoldenCase<Inputs<NestedText> | Inputs<NestedArray>, Configuration & { readonly layer: string }, Outputs>;

const integers = (values: NestedArray): Tensor => tensor(values, { dtype: "int32" });

function areTexts(inputs: Case["inputs"]): inputs is Inputs<NestedText> {
  let part: unknown = inputs.queries;
  while (Array.isArray(part)) part = part[0];
  return typeof part === "string";
}

async function run({
  inputs,
  options,
}: Case): Promise<{ output: Tensor; vocabulary: readonly (string | number)[] | undefined }> {
  const { layer: className, ...config } = options;
  const layer = layerFromConfig({ className, config });
  if (areTexts(inputs)) {
    if (!(layer instanceof TextLayer)) throw new Error(`${className} takes no texts`);
    const looksUp = layer instanceof VocabularyLayer;
    if (looksUp && inputs.data) await layer.adapt(inputs.data);
    return { output: layer.transform(inputs.queries), vocabulary: looksUp ? layer.getVocabulary() : undefined };
  }
  if (!(layer instanceof IntegerLookup)) throw new Error(`${className} takes no integers`);
  if (inputs.data) await layer.adapt(integers(inputs.data));
  const queries = integers(inputs.queries);
  layer.build(queries.shape.slice(1));
  return { output: layer.call(queries), vocabulary: layer.getVocabulary() };
}

describe.each(devices.map((device) => [device.name, device] as const))("on %s", (_, device) => {
  test.each(named<Case>("text.keras.json"))("%s", async (_, golden) => {
    setDevice(device);
    const { output, vocabulary } = await run(golden);
    if (golden.outputs.vocabulary) expect(vocabulary).toEqual(golden.outputs.vocabulary);
    await expectGolden("output", output, golden.outputs.output);
  });
});
