/** Scaled dot-product attention as in PyTorch. */
import { describe, test } from "vitest";
import { scaledDotProductAttention } from "../../src/ops/attention.ts";
import { cast, greater, multiply } from "../../src/ops/elementwise.ts";
import { gradients } from "../../src/ops/gradients.ts";
import { sum } from "../../src/ops/reduce.ts";
import type { Tensor } from "../../src/tensor/tensor.ts";
import { expectGolden, type GoldenCase, type GoldenTensor, named, tensorOf } from "./golden.ts";

const names = ["query", "key", "value"] as const;
type Inputs = Record<(typeof names)[number], GoldenTensor>;
type Case = GoldenCase<
  Inputs & { readonly outputGradient: GoldenTensor; readonly mask?: GoldenTensor },
  { readonly causal?: boolean; readonly scale?: number; readonly booleanMask?: boolean },
  { readonly output: GoldenTensor; readonly gradients: Inputs }
>;

describe("attention as in torch", () => {
  test.each(named<Case>("attention.torch.json"))("%s", async (_, { inputs, options, outputs }) => {
    const [query, key, value] = names.map((name) => tensorOf(inputs[name])) as [Tensor, Tensor, Tensor];
    const { booleanMask, ...rest } = options;
    const given = inputs.mask && tensorOf(inputs.mask);
    const mask = given && (booleanMask ? cast(greater(given, 0), "bool") : given);
    const output = scaledDotProductAttention(query, key, value, { ...rest, ...(mask && { mask }) });
    await expectGolden("output", output, outputs.output);
    const slopes = gradients(sum(multiply(output, tensorOf(inputs.outputGradient))), [query, key, value]);
    for (const [index, name] of names.entries())
      await expectGolden(`gradient of ${name}`, slopes[index] as Tensor, outputs.gradients[name]);
  });
});
