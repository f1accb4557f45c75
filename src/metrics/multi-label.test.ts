/** Scores of examples with any number of labels, and metrics by the names of losses. */
import { describe, expect, test } from "vitest";
import { dense } from "../layers/index.ts";
import { sequential } from "../models/networks/sequential.ts";
import { setDevice } from "../tensor/storage.ts";
import { tensor } from "../tensor/tensor.ts";
import * as classification from "./classification.ts";
import * as metrics from "./index.ts";

setDevice("reference");

const truth = [
  [1, 0, 1],
  [0, 0, 0],
  [0, 1, 1],
];
const scores = [
  [0.9, 0.2, 0.4],
  [0.1, 0.3, 0.2],
  [0.7, 0.8, 0.6],
];
const decided = scores.map((row) => row.map((score) => Number(score > 0.5)));

test("the mean of the examples' own scores", async () => {
  const metric = metrics.f1Score({ average: "samples" });
  metric.update(tensor(truth), tensor(scores));
  const expected = classification.f1Score(truth, decided, { average: "samples" });
  expect(await metric.result()).toBeCloseTo(expected, 6);
  metric.reset();
  expect(await metric.result()).toBeNaN();
  expect(metric.config()).toMatchObject({ average: "samples", multiLabel: true });
});

test("steps of a sequence are examples, weighted by a mask", async () => {
  const metric = metrics.precision({ multiLabel: true, average: "micro" });
  metric.update(tensor([truth, truth]), tensor([scores, scores]), tensor([[1, 1, 0], [0, 0, 0]])); // biome-ignore format: rows
  expect(await metric.result()).toBe(1);
});

describe("what does not go together is told", () => {
  test.each<[options: object, message: string]>([
    [{ average: "samples", multiLabel: false }, 'f1Score: average "samples" is for examples with several labels'],
    [
      { average: "binary", multiLabel: true },
      'f1Score: average "binary" is for one class an example; with multiLabel: true choose "samples"',
    ],
    [
      { average: "samples", classes: 3 },
      "f1Score: classes is for one class an example; leave it out with multiLabel: true",
    ],
    [{ average: "samples", ignoreClass: 0 }, "f1Score: ignoreClass is for one class an example"],
    [{ average: "sample" }, 'f1Score: average is "sample", did you mean "samples"?'],
    [
      { average: "binary", labels: [1] },
      'f1Score: labels has no effect with average "binary", which looks at positiveClass',
    ],
    [{ labels: [] }, "f1Score: labels is [], expected an array of the classes to look at"],
    [{ labels: [-1] }, "f1Score: labels[0] is -1, expected an integer of at least 0"],
    [{ multilabel: true }, 'f1Score: unknown option "multilabel", did you mean "multiLabel"?'],
  ])("%j", (options, message) => {
    expect(() => metrics.f1Score(options)).toThrow(message);
  });

  test("labels that are not there", async () => {
    for (const average of ["samples", "macro"] as const) {
      const metric = metrics.recall({ average, multiLabel: true, labels: [3] });
      const judge = async () => {
        metric.update(tensor(truth), tensor(scores));
        return metric.result();
      };
      await expect(judge()).rejects.toThrow("recall: labels has 3, but there are 3 ");
    }
  });

  test("outputs of another number, and targets of another shape", () => {
    const metric = metrics.recall({ multiLabel: true });
    metric.update(tensor(truth), tensor(scores));
    expect(() => metric.update(tensor([[1, 0]]), tensor([[1, 0]]))).toThrow(
      "recall: has counted 3 labels so far and now meets",
    );
    expect(() => metric.update(tensor([1, 0, 1]), tensor(scores))).toThrow(
      "recall: the targets have the shape [3] and the predictions [3, 3], which must be equal",
    );
  });
});

test("fit and evaluate take all of them, and losses, by name", async () => {
  const model = sequential([dense({ units: 3, activation: "sigmoid", inputShape: [2] })], { name: "net" });
  const samples = metrics.f1Score({ average: "samples", name: "samplesF1" });
  const single = ["hammingLoss", "averagePrecision"].map((className) =>
    className === "hammingLoss" ? metrics.hammingLoss({ multiLabel: true }) : className,
  );
  model.compile({
    optimizer: "sgd",
    loss: "binaryCrossentropy",
    metrics: [samples, ...single, "meanSquaredLogarithmicError", "logCosh"],
  });
  const x = [[1, 2], [3, 4], [5, 6]]; // biome-ignore format: rows
  const { history } = await model.fit(x, truth, { epochs: 2, validationData: { x, y: truth } });
  for (const name of ["samplesF1", "hammingLoss", "averagePrecision", "meanSquaredLogarithmicError", "valLogCosh"])
    expect(history[name]?.[1], name).toBeGreaterThanOrEqual(0);
  const evaluation = await model.evaluate(x, truth);
  expect(evaluation.logCosh).toBeGreaterThan(0);
  expect(() => model.compile({ optimizer: "sgd", loss: "huber", metrics: ["hubber"] })).toThrow(
    'net.compile: metrics[0]: unknown metric "hubber"',
  );
});

test("a confusion matrix of shares does not hide the classes' scores", async () => {
  const model = sequential([dense({ units: 3, activation: "softmax", inputShape: [2] })]);
  model.compile({
    optimizer: "sgd",
    loss: "sparseCategoricalCrossentropy",
    metrics: [
      metrics.confusionMatrix({ normalize: "all" }),
      "brierScore",
      "logLoss",
      "expectedCalibrationError",
      "diceScore",
    ],
  });
  const evaluation = await model.evaluate([[1, 2], [3, 4]], [0, 2]); // biome-ignore format: rows
  expect(evaluation.confusionMatrix?.flat().reduce((a, b) => a + b)).toBeCloseTo(1, 6);
  expect(evaluation.perClass?.map(({ support }) => support)).toEqual([1, 0, 1]);
  expect(evaluation.logLoss).toBeCloseTo(evaluation.loss, 5);
});
