/** Constraints: weights as Keras projects them. */
import { describe, test } from "vitest";
import { resolveConstraint } from "../../src/constraints/index.ts";
import type { Configuration } from "../../src/graph/registry.ts";
import { expectGolden, type GoldenCase, type GoldenTensor, named, tensorOf } from "./golden.ts";

type Case = GoldenCase<
  { readonly weights: GoldenTensor },
  Configuration & { readonly constraint: string },
  { readonly result: GoldenTensor }
>;

describe("constraints as in keras", () => {
  test.each(named<Case>("constraints.keras.json"))("%s", async (_, { inputs, options, outputs }) => {
    const { constraint: className, ...config } = options;
    const constraint = resolveConstraint("golden", { className, config });
    await expectGolden("result", constraint.call(tensorOf(inputs.weights)), outputs.result);
  });
});
