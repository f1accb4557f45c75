/** Metrics over batches: after all of them each gives what scikit-learn gives of the whole. */
import { describe, expect, test } from "vitest";
import { type Metric, resolveMetric } from "../../src/metrics/index.ts";
import { sliceAxis } from "../../src/ops/slicing.ts";
import { jit } from "../../src/tensor/jit.ts";
import type { Tensor } from "../../src/tensor/tensor.ts";
import { type GoldenCase, type GoldenTensor, named, numbers, tensorOf } from "./golden.ts";

type Case = GoldenCase<
  { readonly targets: GoldenTensor; readonly predictions: GoldenTensor; readonly sampleWeights?: GoldenTensor },
  { readonly metric: string; readonly options: Readonly<Record<string, string | number | boolean>> },
  { readonly result: GoldenTensor | number | string }
>;

/** The result of a metric that sees the examples in batches, the last one smaller. */
async function resultOf(metric: Metric, yTrue: Tensor, yPred: Tensor, weights: Tensor | undefined) {
  const count = yTrue.shape[0] ?? 0;
  const update = jit((truth: Tensor, guess: Tensor, weight?: Tensor) => metric.update(truth, guess, weight));
  for (let at = 0; at < count; at += 12) {
    const batch = (x: Tensor) => sliceAxis(x, 0, at, Math.min(at + 12, count));
    update(batch(yTrue), batch(yPred), weights && batch(weights));
  }
  return [await metric.result()].flat(2);
}

describe("metrics over batches as in scikit-learn", () => {
  test.each(named<Case>("streaming.sklearn.json"))("%s", async (_, { inputs, options, outputs }) => {
    const metric = resolveMetric("golden", { className: options.metric, config: options.options });
    const again = resolveMetric("golden", { className: options.metric, config: metric.config() });
    const weights = inputs.sampleWeights && tensorOf(inputs.sampleWeights);
    const actual = await resultOf(again, tensorOf(inputs.targets), tensorOf(inputs.predictions), weights);
    const { result } = outputs;
    const expected = typeof result === "object" ? Array.from(numbers(result)) : [Number(result)];
    expect(actual.length).toBe(expected.length);
    for (const [index, value] of expected.entries()) {
      const met = actual[index] ?? Number.NaN;
      if (Object.is(met, value)) continue;
      expect(Math.abs(met - value), `${actual}, expected ${expected}`).toBeLessThan(
        2e-6 * Math.max(1, Math.abs(value)),
      );
    }
  });
});
