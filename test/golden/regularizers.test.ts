/** Regularizers: the penalties that Keras gives the same weights, and their gradients. */
import { describe, test } from "vitest";
import { gradients } from "../../src/ops/gradients.ts";
import { resolveRegularizer } from "../../src/regularizers/index.ts";
import { expectGolden, type GoldenCase, type GoldenTensor, named, tensorOf } from "./golden.ts";

type Case = GoldenCase<
  { readonly weights: GoldenTensor },
  { readonly regularizer: string; readonly l1?: number; readonly l2?: number },
  { readonly penalty: GoldenTensor; readonly gradient: GoldenTensor }
>;

describe("regularizers as in Keras", () => {
  test.each(named<Case>("regularizers.keras.json"))("%s", async (_, { inputs, options, outputs }) => {
    const { regularizer, ...config } = options;
    const weights = tensorOf(inputs.weights);
    const penalty = resolveRegularizer("test", { className: regularizer, config }).call(weights);
    await expectGolden("penalty", penalty, outputs.penalty);
    const [gradient] = gradients(penalty, [weights]);
    await expectGolden("gradient", gradient, outputs.gradient);
  });
});
