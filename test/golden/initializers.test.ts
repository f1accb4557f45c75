/** Initializers: the values, limits and standard deviations that Keras gives the same shapes. */
import { describe, expect, test } from "vitest";
import { type InitializerName, resolveInitializer } from "../../src/initializers/index.ts";
import { matmul } from "../../src/ops/linear.ts";
import { concatenate, reshape, transpose } from "../../src/ops/movement.ts";
import { expectGolden, type GoldenCase, type GoldenTensor, readGolden } from "./golden.ts";

interface Options {
  readonly initializer: InitializerName;
  readonly shape: readonly number[];
  readonly gain?: number;
  readonly value?: number;
}
type Outputs =
  | { readonly value: GoldenTensor }
  | { readonly orthonormal: "columns" | "rows"; readonly gram: GoldenTensor }
  | { readonly distribution: "uniform"; readonly limit: number; readonly standardDeviation: number }
  | {
      readonly distribution: "truncatedNormal";
      readonly untruncatedStandardDeviation: number;
      readonly standardDeviation: number;
    };

const drawn = 10_000;

describe("initializers as in Keras", () => {
  for (const { name, options, outputs } of readGolden<GoldenCase<unknown, Options, Outputs>>(
    "initializers.keras.json",
  )) {
    const { initializer, shape, ...settings } = options;
    const make = (more: { seed?: number } = {}) =>
      resolveInitializer("test", { className: initializer, config: { ...settings, ...more } });

    test(name, async () => {
      if ("value" in outputs) {
        await expectGolden(name, make().call(shape), outputs.value);
      } else if ("gram" in outputs) {
        const columns = shape.at(-1) ?? 1;
        const matrix = reshape(make({ seed: 1 }).call(shape), [shape.slice(0, -1).reduce((a, b) => a * b, 1), columns]);
        const transposed = transpose(matrix);
        const gram = outputs.orthonormal === "columns" ? matmul(transposed, matrix) : matmul(matrix, transposed);
        await expectGolden(name, gram, outputs.gram);
      } else {
        const size = shape.reduce((a, b) => a * b, 1);
        const samples = Array.from({ length: Math.min(100, Math.ceil(drawn / size)) }, (_, seed) =>
          reshape(make({ seed }).call(shape), [size]),
        );
        const values = Array.from(await concatenate(samples).data());
        const count = values.length;
        const limit = outputs.distribution === "uniform" ? outputs.limit : 2 * outputs.untruncatedStandardDeviation;
        const largest = values.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
        expect(largest).toBeLessThanOrEqual(limit * (1 + 1e-6));
        expect(largest).toBeGreaterThan(limit * 0.95);
        // Five standard errors, those of a normal sample, which are larger than those of a bounded one.
        const mean = values.reduce((sum, value) => sum + value, 0) / count;
        expect(Math.abs(mean)).toBeLessThan((5 * outputs.standardDeviation) / Math.sqrt(count));
        const deviation = Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / count);
        expect(Math.abs(deviation / outputs.standardDeviation - 1)).toBeLessThan(5 / Math.sqrt(2 * count));
      }
    });
  }
});
