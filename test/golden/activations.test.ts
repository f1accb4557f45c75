/** Activations: values and slopes of Keras and PyTorch, where they saturate and at their kinks too. */
import { describe, test } from "vitest";
import { type ActivationName, activationOf } from "../../src/layers/activations/activation-names.ts";
import { multiply } from "../../src/ops/elementwise.ts";
import { gradients } from "../../src/ops/gradients.ts";
import { sum } from "../../src/ops/reduce.ts";
import { elementwise, expectGolden, type GoldenCase, type GoldenTensor, named, tensorOf } from "./golden.ts";

type Case = GoldenCase<
  { readonly input: GoldenTensor; readonly outputGradient: GoldenTensor },
  { readonly activation: ActivationName },
  { readonly output: GoldenTensor; readonly gradients: { readonly input: GoldenTensor } }
>;

for (const file of ["activations.keras", "activations.torch", "activations-more.keras", "activations-more.torch"]) {
  describe(`activations as in ${file}`, () => {
    test.each(named<Case>(`${file}.json`))("%s", async (_, { inputs, options, outputs }) => {
      const input = tensorOf(inputs.input);
      const output = activationOf("golden", options.activation)(input);
      const [gradient] = gradients(sum(multiply(output, tensorOf(inputs.outputGradient))), [input]);
      await expectGolden("output", output, outputs.output, elementwise);
      await expectGolden("gradient", gradient, outputs.gradients.input, elementwise);
    });
  });
}
