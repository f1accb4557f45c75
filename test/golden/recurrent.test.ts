/** Recurrent layers as in Keras: outputs, and gradients for the input and every weight. */
import { describe, test } from "vitest";
import type { Configuration } from "../../src/graph/registry.ts";
import { type GoldenCase, type GoldenTensor, named } from "./golden.ts";
import { expectLayer, type GoldenRun, makeLayer } from "./layer.ts";

type Case = GoldenCase<
  { readonly input: GoldenTensor; readonly outputGradient: GoldenTensor } & Readonly<Record<string, GoldenTensor>>,
  { readonly className: string; readonly config: Configuration },
  GoldenRun
>;

/** Keras's names of activations as ours. */
function inCamelCase(config: Configuration): Configuration {
  const gate = config.recurrentActivation === "hard_sigmoid" ? { recurrentActivation: "hardSigmoid" } : {};
  return { ...config, ...gate };
}

describe("recurrent layers as in Keras", () => {
  test.each(named<Case>("recurrent.keras.json"))("%s", async (_, { inputs, options, outputs }) => {
    const { input, outputGradient, ...weights } = inputs;
    const layer = makeLayer(options.className, inCamelCase(options.config), input, weights);
    await expectLayer(layer, { input, outputGradient }, outputs, false);
  });
});
