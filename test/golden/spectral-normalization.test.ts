/** Spectral normalization in training: outputs and singular vectors as in Keras and PyTorch, gradients as in PyTorch. */
import { describe, expect, test } from "vitest";
import type { Configuration } from "../../src/graph/registry.ts";
import { multiply } from "../../src/ops/elementwise.ts";
import { gradients } from "../../src/ops/gradients.ts";
import { sum } from "../../src/ops/reduce.ts";
import { expectGolden, type GoldenCase, type GoldenTensor, named, tensorOf } from "./golden.ts";
import { makeLayer } from "./layer.ts";

type Tensors = Readonly<Record<string, GoldenTensor>>;
type Case = GoldenCase<
  { readonly input: GoldenTensor; readonly outputGradient?: GoldenTensor } & Tensors,
  Configuration,
  { readonly output: GoldenTensor; readonly vectorU: GoldenTensor; readonly gradients?: Tensors }
>;

for (const origin of ["keras", "torch"]) {
  describe(`spectral normalization as in ${origin}`, () => {
    test.each(named<Case>(`spectral-normalization.${origin}.json`))("%s", async (_, { inputs, options, outputs }) => {
      const { input, outputGradient, ...weights } = inputs;
      const layer = makeLayer("spectralNormalization", options, input, weights);
      const x = tensorOf(input);
      const output = layer.call(x, { training: true });
      await expectGolden("output", output, outputs.output);
      await expectGolden("vectorU", layer.weight("vectorU"), outputs.vectorU);
      expect(outputGradient === undefined).toBe(outputs.gradients === undefined);
      if (!outputGradient || !outputs.gradients) return;
      const names = Object.keys(outputs.gradients);
      const variables = names.map((name) => (name === "input" ? x : layer.weight(name)));
      const met = gradients(sum(multiply(output, tensorOf(outputGradient))), variables);
      for (const [index, name] of names.entries())
        await expectGolden(`gradient of ${name}`, met[index], outputs.gradients[name]);
    });
  });
}
