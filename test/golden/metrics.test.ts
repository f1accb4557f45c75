/** Metrics: accuracy, precision, recall, F1 and confusion matrices of scikit-learn, on ordinary and degenerate predictions. */
import { describe, expect, test } from "vitest";
import {
  type Average,
  accuracy,
  confusionMatrix,
  f1Score,
  type Metric,
  precision,
  recall,
} from "../../src/metrics/index.ts";
import { reportOfConfusionMatrix } from "../../src/metrics/report.ts";
import { oneHot } from "../../src/ops/linear.ts";
import { sliceAxis } from "../../src/ops/slicing.ts";
import type { Tensor } from "../../src/tensor/tensor.ts";
import { type GoldenCase, type GoldenTensor, named, tensorOf } from "./golden.ts";

const kinds = ["micro", "macro", "weighted"] as const;
type Averages = Readonly<Record<(typeof kinds)[number], number>>;
interface Score {
  readonly none: GoldenTensor;
  readonly all: Averages;
  readonly occurring: Averages;
  readonly binary?: number;
}
type Case = GoldenCase<
  { readonly labels: GoldenTensor; readonly predictions: GoldenTensor; readonly sampleWeights?: GoldenTensor },
  { readonly classes: number; readonly zeroDivision: number },
  Readonly<Record<"precision" | "recall" | "f1Score", Score>> & {
    readonly accuracy: number;
    readonly confusionMatrix: GoldenTensor;
  }
>;

/** The result of a metric that sees the examples in two batches, the second one much smaller. */
async function resultOf(metric: Metric, yTrue: Tensor, yPred: Tensor, weights: Tensor | undefined) {
  const count = yTrue.shape[0] ?? 0;
  const cut = Math.ceil(count * 0.8);
  for (const [from, to] of [
    [0, cut],
    [cut, count],
  ] as const) {
    const batch = (x: Tensor) => sliceAxis(x, 0, from, to);
    if (from < to) metric.update(batch(yTrue), batch(yPred), weights && batch(weights));
  }
  return [await metric.result()].flat(2);
}

/** Counts are exact; sums of weights are added up in float32. */
function expectNear(what: string, actual: readonly number[], expected: readonly (number | string)[]): void {
  expect(actual.length, what).toBe(expected.length);
  for (const [index, value] of expected.map(Number).entries())
    expect(Math.abs((actual[index] ?? Number.NaN) - value), `${what} is ${actual}, expected ${expected}`).toBeLessThan(
      1e-6 * Math.max(1, value),
    );
}

describe("metrics as in scikit-learn", () => {
  test.each(named<Case>("metrics.sklearn.json"))("%s", async (_, { inputs, options, outputs }) => {
    const { classes, zeroDivision } = options;
    const labels = tensorOf(inputs.labels);
    const predictions = tensorOf(inputs.predictions);
    const rows = oneHot(predictions, classes);
    const weights = inputs.sampleWeights && tensorOf(inputs.sampleWeights);

    expectNear("accuracy", await resultOf(accuracy(), labels, rows, weights), [outputs.accuracy]);
    const matrix = await resultOf(confusionMatrix({ classes }), labels, rows, weights);
    expectNear("confusion matrix", matrix, outputs.confusionMatrix.data);

    for (const [name, make] of [
      ["precision", precision],
      ["recall", recall],
      ["f1Score", f1Score],
    ] as const) {
      const golden = outputs[name];
      const met = (average: Average, yPred = rows) =>
        resultOf(make({ classes, average, zeroDivision }), labels, yPred, weights);
      expectNear(`${name} of each class`, await met("none"), golden.none.data);
      for (const average of kinds) expectNear(`${average} ${name}`, await met(average), [golden.occurring[average]]);
      if (golden.binary !== undefined) {
        expectNear(`binary ${name}`, await met("binary"), [golden.binary]);
        expectNear(`binary ${name} of one output`, await met("binary", predictions), [golden.binary]);
      }
    }
  });

  test.each(named<Case>("metrics.sklearn.json"))("the report of %s", (_, { options, outputs }) => {
    const { classes, zeroDivision } = options;
    const counts = outputs.confusionMatrix.data.map(Number);
    const matrix = Array.from({ length: classes }, (_, row) => counts.slice(row * classes, (row + 1) * classes));
    const report = reportOfConfusionMatrix(matrix, { zeroDivision });
    expectNear("accuracy", [report.accuracy], [outputs.accuracy]);
    for (const [name, key] of [
      ["precision", "precision"],
      ["recall", "recall"],
      ["f1Score", "f1"],
    ] as const) {
      expectNear(
        `${name} of each class`,
        report.classes.map((each) => each[key]),
        outputs[name].none.data,
      );
      for (const average of kinds)
        expectNear(`${average} ${name}`, [report[average][key]], [outputs[name].all[average]]);
    }
  });
});
