/** Metrics that see a data set in batches give what the scores on the host give of the whole. */
import { describe, expect, test } from "vitest";
import { numbers } from "../../test/support/samples.ts";
import { jit } from "../tensor/jit.ts";
import { type Tensor, tensor } from "../tensor/tensor.ts";
import * as classification from "./classification.ts";
import * as metrics from "./index.ts";
import * as regression from "./regression.ts";
import * as segmentation from "./segmentation.ts";

const int = (values: readonly number[]) => tensor(Int32Array.from(values));

/** Labels, outputs that sum to 1 and lean towards the label, the decisions, and weights of examples. */
function classified(count: number, classes: number, seed: number) {
  const random = numbers(seed);
  const labels = Array.from({ length: count }, () => Math.floor(random() * classes));
  const outputs = labels.map((label) => {
    const row = Array.from({ length: classes }, (_, column) => random() + (column === label ? 0.3 : 0));
    const sum = row.reduce((a, b) => a + b);
    return row.map((value) => Math.fround(value / sum));
  });
  const predicted = outputs.map((row) => row.indexOf(Math.max(...row)));
  return { labels, outputs, predicted, weights: labels.map(() => Math.ceil(random() * 8) / 4) };
}

type Values = readonly number[] | readonly (readonly number[])[];
const batchOf = (values: Values, at: number) => tensor([...values.slice(at, at + 32)] as number[]);

/** Feeds a metric in batches of 32, the last one smaller, through one jitted function; twice, with a reset between. */
async function feed(metric: metrics.Metric, yTrue: Values, yPred: Values, weights?: readonly number[]) {
  const update = jit((truth: Tensor, guess: Tensor, weight?: Tensor) => metric.update(truth, guess, weight));
  const isLabels = yTrue.every((value) => Number.isInteger(value));
  for (const _ of ["forgotten", "counted"]) {
    metric.reset();
    for (let at = 0; at < yTrue.length; at += 32) {
      const truth = isLabels ? int(yTrue.slice(at, at + 32).map(Number)) : batchOf(yTrue, at);
      update(truth, batchOf(yPred, at), weights && batchOf(weights, at));
    }
  }
  return metric.result();
}

describe("numbers of the confusion matrix", () => {
  const { labels, outputs, predicted, weights } = classified(107, 4, 3);
  const { balancedAccuracyScore, matthewsCorrcoef, cohenKappaScore } = classification;

  test("without weights", async () => {
    expect(await feed(metrics.balancedAccuracy(), labels, outputs)).toBe(balancedAccuracyScore(labels, predicted));
    const adjusted = { adjusted: true };
    expect(await feed(metrics.balancedAccuracy(adjusted), labels, outputs)).toBe(
      balancedAccuracyScore(labels, predicted, adjusted),
    );
    expect(await feed(metrics.matthewsCorrelation(), labels, outputs)).toBe(matthewsCorrcoef(labels, predicted));
    expect(await feed(metrics.cohenKappa(), labels, outputs)).toBe(cohenKappaScore(labels, predicted));
    for (const kind of ["linear", "quadratic"] as const)
      expect(await feed(metrics.cohenKappa({ weights: kind }), labels, outputs)).toBe(
        cohenKappaScore(labels, predicted, { weights: kind }),
      );
    expect(await feed(metrics.meanIoU(), labels, outputs)).toBe(segmentation.iouScore(labels, predicted));
  });

  test("with weights", async () => {
    const options = { sampleWeight: weights };
    expect(await feed(metrics.balancedAccuracy(), labels, outputs, weights)).toBe(
      balancedAccuracyScore(labels, predicted, options),
    );
    expect(await feed(metrics.cohenKappa(), labels, outputs, weights)).toBe(
      cohenKappaScore(labels, predicted, options),
    );
  });
});

test("F-scores and specificity, of all classes, averaged, or of one of two", async () => {
  const { fbetaScore, specificityScore } = classification;
  const many = classified(107, 4, 3);
  const sampleWeight = many.weights;
  for (const average of ["micro", "macro", "weighted", "none"] as const) {
    expect(await feed(metrics.fbetaScore({ beta: 2, average }), many.labels, many.outputs, many.weights)).toEqual(
      fbetaScore(many.labels, many.predicted, { beta: 2, average, sampleWeight }),
    );
    expect(await feed(metrics.specificity({ average }), many.labels, many.outputs)).toEqual(
      specificityScore(many.labels, many.predicted, { average }),
    );
  }
  const two = classified(60, 2, 4);
  expect(await feed(metrics.fbetaScore({ beta: 0.5 }), two.labels, two.outputs)).toBe(
    fbetaScore(two.labels, two.predicted, { beta: 0.5 }),
  );
  expect(await feed(metrics.specificity(), two.labels, two.outputs)).toBe(specificityScore(two.labels, two.predicted));
  expect(metrics.resolveMetric("test", { className: "fbetaScore", config: { beta: 3 } }).config().beta).toBe(3);
  expect(() => metrics.fbetaScore({ beta: -1 })).toThrow("fbetaScore: beta is -1, expected a finite number ≥ 0");
});

test("the mean IoU of label maps leaves out an ignored class, with and without weights", async () => {
  const metric = metrics.meanIoU({ classes: 2, ignoreClass: 255 });
  const truth = tensor(Int32Array.of(0, 0, 1, 255, 1, 1, 0, 255), { shape: [2, 2, 2] });
  const guess = tensor([0.9, 0.1, 0.9, 0.2, 0.8, 0.7, 0.9, 0.9], { shape: [2, 2, 2, 1] });
  const options = { ignoreLabel: 255 };
  metric.update(truth, guess);
  const expected = segmentation.iouScore([0, 0, 1, 1, 1, 0], [1, 0, 1, 1, 1, 1]);
  expect(await metric.result()).toBe(expected);
  expect(segmentation.iouScore([0, 0, 1, 255, 1, 1, 0, 255], [1, 0, 1, 0, 1, 1, 1, 1], options)).toBe(expected);
  metric.reset();
  metric.update(truth, guess, tensor([1, 0]));
  expect(await metric.result()).toBe(segmentation.iouScore([0, 0, 1], [1, 0, 1]));
});

describe("R²", () => {
  const random = numbers(4);
  const rows = Array.from({ length: 75 }, () => [Math.fround(random() * 4), Math.fround(random() + 1000)]);
  const guesses = rows.map((row) => row.map((value) => Math.fround(value + random() * 0.5)));
  const weights = rows.map(() => Math.ceil(random() * 8) / 4);

  test.each(["uniformAverage", "varianceWeighted", "rawValues"] as const)("%s", async (multioutput) => {
    const host = (sampleWeight?: readonly number[]) =>
      [
        regression.r2Score(rows, guesses, {
          multioutput,
          ...(sampleWeight && { sampleWeight }),
        }),
      ].flat();
    const near = (actual: metrics.MetricResult, expected: readonly number[]) =>
      expect(Math.max(...[actual].flat(2).map((value, at) => Math.abs(value - (expected[at] ?? 0))))).toBeLessThan(
        2e-6,
      );
    near(await feed(metrics.r2Score({ multioutput }), rows, guesses), host());
    near(await feed(metrics.r2Score({ multioutput }), rows, guesses, weights), host(weights));
  });

  test("of constant targets and of a single example", async () => {
    const constant = rows.map(() => 0.1);
    expect(await feed(metrics.r2Score(), constant, constant)).toBe(1);
    expect(await feed(metrics.r2Score(), constant, guesses.map(([value = 0]) => value))).toBe(0); // biome-ignore format: short
    expect(await feed(metrics.r2Score(), [0.5], [0.7])).toBeNaN();
  });

  test("an offset of all targets costs no digits", async () => {
    const far = rows.map(([value = 0]) => value + 4096);
    const near = far.map((value, index) => value + (index % 2 ? 0.25 : -0.25));
    const [truth, guess] = [far, near].map((values) => values.map(Math.fround)) as [number[], number[]];
    expect(await feed(metrics.r2Score(), truth, guess)).toBeCloseTo(regression.r2Score(truth, guess), 5);
  });
});

test("the absolute percentage error is a share", async () => {
  const [yTrue, yPred] = [[0.5, -2.5, 4.5], [1, -2, 4.5]]; // biome-ignore format: rows
  const weights = [1, 2, 5];
  const expected = regression.meanAbsolutePercentageError(yTrue, yPred);
  expect(await feed(metrics.meanAbsolutePercentageError(), yTrue, yPred)).toBeCloseTo(expected, 6);
  expect(await feed(metrics.meanAbsolutePercentageError(), yTrue, yPred, weights)).toBeCloseTo(
    regression.meanAbsolutePercentageError(yTrue, yPred, { sampleWeight: weights }),
    6,
  );
});

describe("perplexity", () => {
  const { labels, outputs, weights } = classified(80, 5, 6);

  test("of probabilities and of logits", async () => {
    const options = { labels: [0, 1, 2, 3, 4] };
    const expected = classification.perplexity(labels, outputs, options);
    expect(await feed(metrics.perplexity(), labels, outputs)).toBeCloseTo(expected, 4);
    const logits = outputs.map((row) => row.map((value) => Math.log(value) + 3));
    expect(await feed(metrics.perplexity({ fromLogits: true }), labels, logits)).toBeCloseTo(expected, 4);
    expect(await feed(metrics.perplexity(), labels, outputs, weights)).toBeCloseTo(
      classification.perplexity(labels, outputs, { ...options, sampleWeight: weights }),
      4,
    );
  });

  test("leaves out padding", async () => {
    const kept = labels.map((label) => (label === 0 ? 0 : 1));
    const options = { labels: [0, 1, 2, 3, 4], sampleWeight: kept };
    const expected = classification.perplexity(labels, outputs, options);
    expect(await feed(metrics.perplexity({ ignoreClass: 0 }), labels, outputs)).toBeCloseTo(expected, 4);
  });
});

describe("areas under curves", () => {
  const { rocAucScore, averagePrecisionScore } = classification;
  const { labels, outputs, weights } = classified(150, 3, 8);
  const binary = labels.map((label) => Math.min(label, 1));
  const scores = outputs.map((row) => 1 - (row[0] as number));
  /** The scores as the metric sees them. */
  const rounded = (values: readonly number[]) => values.map((value) => Math.floor(Math.fround(value) * 100));

  test("are exact where no interval holds examples of both kinds", async () => {
    expect(await feed(metrics.auc({ thresholds: 1_000_000 }), binary, scores)).toBeCloseTo(
      rocAucScore(binary, scores),
      12,
    );
    expect(await feed(metrics.auc({ thresholds: 1_000_000, curve: "precisionRecall" }), binary, scores)).toBeCloseTo(
      averagePrecisionScore(binary, scores),
      12,
    );
  });

  test("are those of the rounded scores otherwise", async () => {
    const coarse = metrics.auc({ thresholds: 100 });
    expect(await feed(coarse, binary, scores)).toBeCloseTo(rocAucScore(binary, rounded(scores)), 12);
    expect(await feed(metrics.auc({ thresholds: 100 }), binary, scores, weights)).toBeCloseTo(
      rocAucScore(binary, rounded(scores), { sampleWeight: weights }),
      12,
    );
  });

  test("of logits are those of their sigmoids", async () => {
    const logits = scores.map((value) => Math.log(value / (1 - value)));
    const options = { thresholds: 1_000_000, fromLogits: true };
    expect(await feed(metrics.auc(options), binary, logits)).toBeCloseTo(rocAucScore(binary, scores), 12);
  });

  test.each(["macro", "weighted", "none"] as const)("of several classes, %s", async (average) => {
    const expected = [rocAucScore(labels, outputs, { average })].flat();
    const actual = [await feed(metrics.auc({ thresholds: 1_000_000, average }), labels, outputs)].flat();
    expect(actual).toHaveLength(expected.length);
    for (const [index, area] of expected.entries()) expect(actual[index]).toBeCloseTo(area, 12);
  });

  test.each(["roc", "precisionRecall"] as const)("are exact if the scores are kept: %s", async (curve) => {
    const score = (each: number[], options = {}) =>
      curve === "roc" ? rocAucScore(binary, each, options) : averagePrecisionScore(binary, each, options);
    const exact = metrics.auc({ thresholds: "exact", curve, capacity: binary.length });
    // Some scores are a millionth apart and some equal, which intervals do not tell apart.
    const close = Array.from(scores, (value, index) => Math.fround(0.5 + (index % 3 === 0 ? 0 : value * 1e-6)));
    expect(await feed(exact, binary, close)).toBeCloseTo(score(close), 12);
    exact.reset();
    expect(await feed(exact, binary, close, weights)).toBeCloseTo(score(close, { sampleWeight: weights }), 6);
  });

  test.each(["macro", "weighted", "none"] as const)("are exact for several classes too, %s", async (average) => {
    const expected = [rocAucScore(labels, outputs, { average })].flat();
    const actual = [await feed(metrics.auc({ thresholds: "exact", average }), labels, outputs)].flat();
    for (const [index, area] of expected.entries()) expect(actual[index]).toBeCloseTo(area, 12);
  });

  test("of more examples than there is room for are an error", async () => {
    await expect(
      feed(metrics.auc({ thresholds: "exact", capacity: 3 }), [0, 1, 0, 1], [0.1, 0.2, 0.3, 0.4]),
    ).rejects.toThrow(
      "auc: has seen 4 examples but has room for the scores of 3; raise capacity, or give thresholds a number",
    );
    expect(await feed(metrics.auc({ thresholds: "exact" }), [1, 1], [0.2, 0.7])).toBeNaN();
    expect(await metrics.auc({ thresholds: "exact" }).result()).toBeNaN();
    expect(metrics.auc({ thresholds: "exact", capacity: 9 }).config()).toMatchObject({
      thresholds: "exact",
      capacity: 9,
    });
  });

  test("of examples of one kind are NaN", async () => {
    expect(await feed(metrics.auc(), [1, 1], [0.2, 0.7])).toBeNaN();
    expect(await metrics.auc().result()).toBeNaN();
  });
});
