/** Initializers: the values, limits and standard deviations that Keras gives the same shapes. */
import { describe, expect, test } from "vitest";
import { sizeOf } from "../../src/graph/shape.ts";
import { resolveInitializer } from "../../src/initializers/index.ts";
import { concatenate } from "../../src/ops/joining.ts";
import { matmul } from "../../src/ops/linear.ts";
import { reshape, transpose } from "../../src/ops/movement.ts";
import type { Tensor } from "../../src/tensor/tensor.ts";
import { expectGolden, type GoldenCase, type GoldenTensor, named } from "./golden.ts";

interface Options {
  readonly initializer: string;
  readonly shape: readonly number[];
  readonly gain?: number;
  readonly value?: number;
}
interface Orthonormal {
  readonly orthonormal: "columns" | "rows";
  /** The product of the matrix with its transpose that is the identity times gain². */
  readonly gram: GoldenTensor;
}
type Distribution = { readonly standardDeviation: number } & (
  | { readonly distribution: "uniform"; readonly limit: number }
  | { readonly distribution: "truncatedNormal"; readonly untruncatedStandardDeviation: number }
);
type Case = GoldenCase<unknown, Options, { readonly value: GoldenTensor } | Orthonormal | Distribution>;

async function expectOrthonormal(weight: Tensor, { orthonormal, gram }: Orthonormal): Promise<void> {
  const matrix = reshape(weight, [sizeOf(weight.shape.slice(0, -1)), weight.shape.at(-1) ?? 1]);
  const transposed = transpose(matrix);
  const met = orthonormal === "columns" ? matmul(transposed, matrix) : matmul(matrix, transposed);
  await expectGolden("the Gram matrix", met, gram);
}

function expectDistributed(values: readonly number[], golden: Distribution): void {
  const limit = golden.distribution === "uniform" ? golden.limit : 2 * golden.untruncatedStandardDeviation;
  const largest = values.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  expect(largest).toBeLessThanOrEqual(limit * (1 + 1e-6));
  expect(largest).toBeGreaterThan(limit * 0.95);
  // Five standard errors, those of a normal sample: they are larger than those of a bounded one.
  const count = values.length;
  const mean = values.reduce((sum, value) => sum + value, 0) / count;
  const deviation = Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / count);
  expect(Math.abs(mean)).toBeLessThan((5 * golden.standardDeviation) / Math.sqrt(count));
  expect(Math.abs(deviation / golden.standardDeviation - 1)).toBeLessThan(5 / Math.sqrt(2 * count));
}

describe("initializers as in Keras", () => {
  test.each(named<Case>("initializers.keras.json"))("%s", async (name, { options, outputs }) => {
    const { initializer: className, shape, ...config } = options;
    const make = (seed: object = {}): Tensor =>
      resolveInitializer("golden", { className, config: { ...config, ...seed } }).call(shape);
    if ("value" in outputs) return expectGolden(name, make(), outputs.value);
    if ("gram" in outputs) return expectOrthonormal(make({ seed: 1 }), outputs);
    const draws = Math.min(100, Math.ceil(10_000 / sizeOf(shape)));
    const samples = Array.from({ length: draws }, (_, seed) => reshape(make({ seed }), [sizeOf(shape)]));
    expectDistributed(Array.from(await concatenate(samples).data()), outputs);
  });
});
