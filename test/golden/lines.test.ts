/** Sorting, the largest elements and running results along an axis as in PyTorch: values, positions and gradients. */
import { describe, test } from "vitest";
import { cumulativeMax, cumulativeMin, cumulativeProduct, cumulativeSum } from "../../src/ops/cumulative.ts";
import { multiply } from "../../src/ops/elementwise.ts";
import { gradients } from "../../src/ops/gradients.ts";
import { sum } from "../../src/ops/reduce.ts";
import { topK } from "../../src/ops/selection.ts";
import { argsort, sort } from "../../src/ops/sorting.ts";
import type { Tensor } from "../../src/tensor/tensor.ts";
import { expectGolden, type GoldenCase, type GoldenTensor, named, tensorOf } from "./golden.ts";

type Case = GoldenCase<
  { readonly x: GoldenTensor; readonly outputGradient: GoldenTensor },
  { readonly function: string; readonly k?: number; readonly axis?: number; readonly [option: string]: unknown },
  { readonly output: GoldenTensor; readonly gradient: GoldenTensor; readonly positions?: GoldenTensor }
>;

const running = { cumulativeSum, cumulativeProduct, cumulativeMax, cumulativeMin };

function compute(x: Tensor, { function: name, k = 0, ...options }: Case["options"]): [Tensor, Tensor?] {
  if (name === "sort") return [sort(x, options), argsort(x, options)];
  if (name === "topK") {
    const { values, indices } = topK(x, k, options);
    return [values, indices];
  }
  return [running[name as keyof typeof running](x, options)];
}

describe("along an axis as in torch", () => {
  test.each(named<Case>("lines.torch.json"))("%s", async (_, { inputs, options, outputs }) => {
    const x = tensorOf(inputs.x);
    const [output, positions] = compute(x, options);
    await expectGolden("output", output, outputs.output);
    if (outputs.positions) await expectGolden("positions", positions, outputs.positions);
    const [gradient] = gradients(sum(multiply(output, tensorOf(inputs.outputGradient))), [x]);
    await expectGolden("gradient", gradient, outputs.gradient);
  });
});
