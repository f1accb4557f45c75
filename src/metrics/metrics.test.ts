import { describe, expect, test } from "vitest";
import { numbers } from "../../test/support/samples.ts";
import * as losses from "../losses/index.ts";
import { jit } from "../tensor/jit.ts";
import { type Tensor, tensor } from "../tensor/tensor.ts";
import * as classification from "./classification.ts";
import * as metrics from "./index.ts";

const int = (values: readonly number[], shape?: number[]) => tensor(Int32Array.from(values), shape ? { shape } : {});

/** Labels, and predictions as rows of outputs of which the predicted class's is largest. */
function classified(count: number, classes: number, seed: number) {
  const random = numbers(seed);
  const labels = Array.from({ length: count }, () => Math.floor(random() * classes));
  const outputs = labels.map(() => Array.from({ length: classes }, () => random()));
  const predicted = outputs.map((row) => row.indexOf(Math.max(...row)));
  return { labels, outputs, predicted };
}

/** Feeds a metric in batches of 32, the last one smaller, through one jitted function. */
async function feed(metric: metrics.Metric, labels: readonly number[], outputs: readonly (readonly number[])[]) {
  const update = jit((yTrue: Tensor, yPred: Tensor) => metric.update(yTrue, yPred));
  for (let at = 0; at < labels.length; at += 32)
    update(int(labels.slice(at, at + 32)), tensor(outputs.slice(at, at + 32)));
  return metric.result();
}

describe("over a data set in batches, the last one smaller, metrics equal the scores of the whole", () => {
  const { labels, outputs, predicted } = classified(107, 4, 3);
  const averages = ["micro", "macro", "weighted"] as const;

  test("accuracy", async () => {
    const expected = classification.accuracyScore(labels, predicted);
    expect(await feed(metrics.accuracy(), labels, outputs)).toBe(expected);
    expect(await feed(metrics.sparseCategoricalAccuracy(), labels, outputs)).toBe(expected);
    expect(await feed(metrics.topKCategoricalAccuracy({ k: 1 }), labels, outputs)).toBe(expected);
    expect(await feed(metrics.topKCategoricalAccuracy({ k: 4 }), labels, outputs)).toBe(1);
  });

  test("confusion matrix", async () => {
    const expected = classification.confusionMatrix(labels, predicted);
    expect(await feed(metrics.confusionMatrix(), labels, outputs)).toEqual(expected);
    expect(await feed(metrics.confusionMatrix({ classes: 4 }), labels, outputs)).toEqual(expected);
  });

  test.each(averages)("precision, recall and F1, %s", async (average) => {
    const options = { average };
    expect(await feed(metrics.precision(options), labels, outputs)).toBe(
      classification.precisionScore(labels, predicted, options),
    );
    expect(await feed(metrics.recall(options), labels, outputs)).toBe(
      classification.recallScore(labels, predicted, options),
    );
    expect(await feed(metrics.f1Score(options), labels, outputs)).toBe(
      classification.f1Score(labels, predicted, options),
    );
  });

  test("scores of each class", async () => {
    expect(await feed(metrics.f1Score({ average: "none" }), labels, outputs)).toEqual(
      classification.f1Score(labels, predicted, { average: "none" }),
    );
  });
});

test("accuracy reads targets of every form", async () => {
  const value = async (yTrue: Tensor, yPred: Tensor, options?: metrics.ThresholdOptions) => {
    const metric = metrics.accuracy(options);
    metric.update(yTrue, yPred);
    return metric.result();
  };
  const outputs = tensor([
    [0.1, 0.9],
    [0.8, 0.2],
  ]);
  expect(await value(int([1, 1]), outputs)).toBe(0.5);
  expect(await value(int([1, 1], [2, 1]), outputs)).toBe(0.5);
  expect(await value(tensor([[0, 1], [1, 0]]), outputs)).toBe(1); // biome-ignore format: rows
  expect(await value(tensor([1, 0]), tensor([[0.9], [0.7]]))).toBe(0.5);
  expect(await value(tensor([1, 0]), tensor([[2], [-1]]), { threshold: 0 })).toBe(1);
  await expect(value(int([1, 2, 3]), outputs)).rejects.toThrow(
    "accuracy: the targets have the shape [3] and the predictions [2, 2]; expected indices of classes [2] or one-hot rows [2, 2]",
  );
});

test("reset forgets, and nothing seen is NaN", async () => {
  for (const metric of [metrics.accuracy(), metrics.meanSquaredError()]) {
    metric.update(tensor([[1]]), tensor([[0]]));
    metric.reset();
    expect(await metric.result()).toBeNaN();
  }
  const matrix = metrics.confusionMatrix({ classes: 2 });
  expect(await matrix.result()).toEqual([
    [0, 0],
    [0, 0],
  ]);
  matrix.update(int([1]), tensor([[0.9]]));
  matrix.reset();
  matrix.update(int([0]), tensor([[0.9]]));
  expect(await matrix.result()).toEqual([
    [0, 1],
    [0, 0],
  ]);
});

test("sample weights count as often as they say", async () => {
  const [yTrue, yPred, weights] = [int([0, 1, 1]), tensor([[0.2], [0.7], [0.1]]), tensor([2, 3, 5])];
  const accuracy = metrics.accuracy();
  const matrix = metrics.confusionMatrix();
  const error = metrics.meanAbsoluteError();
  for (const metric of [accuracy, matrix, error]) metric.update(yTrue, yPred, weights);
  expect(await accuracy.result()).toBe(0.5);
  expect(await matrix.result()).toEqual([
    [2, 0],
    [5, 3],
  ]);
  expect(await error.result()).toBeCloseTo((2 * 0.2 + 3 * 0.3 + 5 * 0.9) / 10, 6);
  expect(classification.confusionMatrix([0, 1, 1], [0, 1, 0], { sampleWeight: [2, 3, 5] })).toEqual(
    await matrix.result(),
  );
});

test("errors of real values, and the mean of any loss", async () => {
  const [yTrue, yPred] = [tensor([[1, 2], [3, 4]]), tensor([[1, 4], [3, 0]])]; // biome-ignore format: rows
  const value = async (metric: metrics.Metric) => {
    metric.update(yTrue, yPred);
    return metric.result();
  };
  expect(await value(metrics.meanSquaredError())).toBe(5);
  expect(await value(metrics.rootMeanSquaredError())).toBe(Math.sqrt(5));
  expect(await value(metrics.meanAbsoluteError())).toBe(1.5);
  const meanLoss = metrics.meanLoss({ loss: losses.huber() });
  expect(meanLoss.name).toBe("huber");
  expect(await value(meanLoss)).toBe((0 + 1.5 + 0 + 3.5) / 4);
});

test("a label outside the classes is an error when it runs", async () => {
  const matrix = metrics.confusionMatrix();
  const update = jit((yTrue: Tensor, yPred: Tensor) => matrix.update(yTrue, yPred));
  expect(() => update(int([2]), tensor([[0.1, 0.9]]))).toThrow("outside [0, 4)");
});

test("the binary average is for two classes", async () => {
  const precision = metrics.precision({ average: "binary" });
  precision.update(int([2]), tensor([[0.1, 0.2, 0.7]]));
  await expect(precision.result()).rejects.toThrow(
    'precision: average "binary" looks at class 1 of two, but there are 3 classes',
  );
});

test("every metric is made again by its configuration", () => {
  for (const metric of [
    metrics.accuracy({ name: "acc", threshold: 0 }),
    metrics.binaryAccuracy(),
    metrics.categoricalAccuracy(),
    metrics.sparseCategoricalAccuracy(),
    metrics.topKCategoricalAccuracy({ k: 3 }),
    metrics.sparseTopKCategoricalAccuracy({ k: 2 }),
    metrics.meanSquaredError(),
    metrics.meanAbsoluteError(),
    metrics.rootMeanSquaredError(),
    metrics.meanAbsolutePercentageError(),
    metrics.r2Score({ multioutput: "rawValues" }),
    metrics.perplexity({ fromLogits: true, ignoreClass: 0 }),
    metrics.auc({ curve: "precisionRecall", thresholds: 50, fromLogits: true, average: "none" }),
    metrics.balancedAccuracy({ adjusted: true }),
    metrics.matthewsCorrelation({ classes: 3 }),
    metrics.cohenKappa({ weights: "linear" }),
    metrics.meanIoU({ classes: 3, ignoreClass: 255 }),
    metrics.meanLoss({ loss: "huber" }),
    metrics.confusionMatrix({ classes: 3 }),
    metrics.precision({ average: "macro" }),
    metrics.recall({ zeroDivision: "NaN" }),
    metrics.f1Score({ positiveClass: 0 }),
  ]) {
    const config = JSON.parse(JSON.stringify(metric.config()));
    const copy = metrics.resolveMetric("test", { className: metric.className, config });
    expect(copy.constructor).toBe(metric.constructor);
    expect(copy.config()).toEqual(metric.config());
  }
  expect(() => metrics.resolveMetric("compile: metrics[0]", "acuracy")).toThrow(
    'compile: metrics[0]: unknown metric "acuracy", did you mean "accuracy"?',
  );
});
