/** Random bits: the published vectors of Philox4x32-10, and the order in which the elements of a tensor take them. */
import { expect, test } from "vitest";
import { philox4x32, randomBits } from "../../src/graph/primitives/index.ts";
import { Tensor } from "../../src/tensor/tensor.ts";
import { type GoldenCase, type GoldenTensor, numbers, readGolden, tensorOf } from "./golden.ts";

type Words = readonly [number, number, number, number];
type KnownAnswer = GoldenCase<{ counter: Words; key: readonly [number, number] }, unknown, { words: Words }>;
type RandomBits = GoldenCase<{ key: GoldenTensor }, { stream: number }, { bits: GoldenTensor }>;

for (const { name, inputs, outputs } of readGolden<KnownAnswer>("philox.json")) {
  test(`Philox4x32-10: ${name}`, () => {
    expect(philox4x32(inputs.counter, inputs.key).map((word) => word >>> 0)).toEqual(outputs.words);
  });
}

for (const { name, inputs, options, outputs } of readGolden<RandomBits>("random-bits.json")) {
  test(`random bits: ${name}`, async () => {
    const bits = new Tensor(randomBits(tensorOf(inputs.key).node, outputs.bits.shape, options.stream));
    expect(await bits.data()).toEqual(numbers(outputs.bits));
  });
}
