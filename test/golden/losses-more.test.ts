/** Further losses: values and gradients of Keras and PyTorch. */
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

for (const file of ["losses-more.keras.json", "losses-more.torch.json", "losses-weighted.torch.json"]) {
  describe(`losses as in ${file}`, () => {
    test.each(named<Case>(file))("%s", async (_, { inputs, options, outputs }) => {
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
