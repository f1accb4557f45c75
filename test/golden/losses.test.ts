/** Losses: values and gradients of Keras and PyTorch, from logits of any size, with weights and every reduction. */
import { describe, test } from "vitest";
import type { Configuration } from "../../src/graph/registry.ts";
import { resolveLoss } from "../../src/losses/index.ts";
import { gradients } from "../../src/ops/gradients.ts";
import { sum } from "../../src/ops/reduce.ts";
import { expectGolden, type GoldenCase, type GoldenTensor, named, tensorOf } from "./golden.ts";

type Case = GoldenCase<
  { readonly targets: GoldenTensor; readonly predictions: GoldenTensor; readonly sampleWeights?: GoldenTensor },
  Configuration & { readonly loss: string },
  { readonly loss: GoldenTensor; readonly gradient: GoldenTensor }
>;

for (const file of [
  "losses.keras",
  "losses.torch",
  "losses-more.keras",
  "losses-more.torch",
  "losses-weighted.torch",
]) {
  describe(`losses as in ${file}`, () => {
    test.each(named<Case>(`${file}.json`))("%s", async (_, { inputs, options, outputs }) => {
      const { loss: className, ...config } = options;
      const predictions = tensorOf(inputs.predictions);
      const weights = inputs.sampleWeights && tensorOf(inputs.sampleWeights);
      const loss = resolveLoss("golden", { className, config }).call(tensorOf(inputs.targets), predictions, weights);
      const [gradient] = gradients(sum(loss), [predictions]);
      await expectGolden("loss", loss, outputs.loss);
      await expectGolden("gradient", gradient, outputs.gradient);
    });
  });
}
