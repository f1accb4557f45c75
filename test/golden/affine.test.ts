/** Images seen through affine maps: Keras's results. */
import { test } from "vitest";
import { type AffineTransformOptions, affineTransform } from "../../src/ops/affine.ts";
import { expectGolden, type GoldenCase, type GoldenTensor, named, tensorOf } from "./golden.ts";

type Inputs = Readonly<Record<"images" | "transforms", GoldenTensor>>;
type Case = GoldenCase<Inputs, AffineTransformOptions, { readonly output: GoldenTensor }>;

test.each(named<Case>("affine.keras.json"))("%s", async (_, { inputs, options, outputs }) => {
  const output = affineTransform(tensorOf(inputs.images), tensorOf(inputs.transforms), options);
  await expectGolden("output", output, outputs.output);
});
