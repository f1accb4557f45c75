/** Random bits: the published vectors of Philox4x32-10, and the order in which the elements of a tensor take them. */
import { expect, test } from "vitest";
import { constant, philox4x32, randomBits } from "../../src/graph/primitives/index.ts";
import { expectGolden, type GoldenCase, type GoldenTensor, numbers, readGolden } from "./golden.ts";

type Words = readonly [number, number, number, number];
type Key = readonly [number, number];
type KnownAnswer = GoldenCase<{ counter: Words; key: Key }, unknown, { words: Words }>;
type Stream = GoldenCase<{ key: GoldenTensor }, { stream: number }, { bits: GoldenTensor }>;

const unsigned = (word: number): number => word >>> 0;

for (const { name, inputs, outputs } of readGolden<KnownAnswer>("philox.json")) {
  test(`Philox4x32-10: ${name}`, () => {
    expect(philox4x32(inputs.counter, inputs.key).map(unsigned)).toEqual(outputs.words);
  });
}
