import { expect, test } from "vitest";
import { numbers } from "../../test/support/samples.ts";
import { bootstrapConfidenceInterval } from "./bootstrap.ts";
import * as classification from "./classification.ts";

/** Labels of which the share `rate` is predicted rightly. */
function guessed(count: number, rate: number, seed: number) {
  const random = numbers(seed);
  const yTrue = Array.from({ length: count }, () => Math.floor(random() * 2));
  return { yTrue, yPred: yTrue.map((label) => (random() < rate ? label : 1 - label)) };
}

test("the interval of an accuracy is that of the normal approximation", () => {
  const { yTrue, yPred } = guessed(400, 0.8, 1);
  const interval = bootstrapConfidenceInterval(classification.accuracyScore, yTrue, yPred, {
    resamples: 2000,
    seed: 3,
  });
  expect(interval.estimate).toBe(classification.accuracyScore(yTrue, yPred));
  const error = Math.sqrt((interval.estimate * (1 - interval.estimate)) / 400);
  expect(interval.standardError).toBeCloseTo(error, 2);
  expect(interval.low).toBeCloseTo(interval.estimate - 1.96 * error, 2);
  expect(interval.high).toBeCloseTo(interval.estimate + 1.96 * error, 2);
  expect(interval.undefinedResamples).toBe(0);
});

test("nine of ten intervals with the confidence 0.9 hold the true rate", () => {
  const held = Array.from({ length: 100 }, (_, trial) => {
    const { yTrue, yPred } = guessed(200, 0.7, trial + 10);
    const options = { resamples: 200, confidence: 0.9, seed: trial };
    const { low, high } = bootstrapConfidenceInterval(classification.accuracyScore, yTrue, yPred, options);
    return low <= 0.7 && 0.7 <= high;
  }).filter(Boolean).length;
  expect(held).toBeGreaterThanOrEqual(82);
  expect(held).toBeLessThanOrEqual(97);
});

test("a seed gives the same interval again, another one another", () => {
  const { yTrue, yPred } = guessed(50, 0.8, 2);
  const at = (seed: number) => bootstrapConfidenceInterval(classification.accuracyScore, yTrue, yPred, { seed });
  expect(at(7)).toEqual(at(7));
  expect(at(7)).not.toEqual(at(8));
});

test("resamples without a score are counted and left out", () => {
  const area = (yTrue: number[], yPred: number[]) => classification.rocAucScore(yTrue, yPred);
  const interval = bootstrapConfidenceInterval(area, [0, 1, 1, 1], [0.2, 0.1, 0.6, 0.9], { seed: 1 });
  expect(interval.undefinedResamples).toBeGreaterThan(0);
  expect(interval.low).toBeLessThan(interval.high);
});

test("options and lists are checked", () => {
  const { accuracyScore } = classification;
  expect(() => bootstrapConfidenceInterval(accuracyScore, [0, 1], [0])).toThrow(
    "bootstrapConfidenceInterval: got 2 true values and 1 predicted ones",
  );
  expect(() => bootstrapConfidenceInterval(accuracyScore, [0], [0], { confidence: 95 })).toThrow(
    "bootstrapConfidenceInterval: confidence is 95, expected a finite number > 0 and < 1",
  );
});

test("a report has an interval for each score, the same from labels and from their confusion matrix", () => {
  const { yTrue, yPred } = guessed(300, 0.8, 5);
  const bootstrap = { resamples: 500, seed: 2 };
  const report = classification.classificationReport(yTrue, yPred, { bootstrap });
  const { intervals } = report;
  expect(intervals?.accuracy.estimate).toBe(report.accuracy);
  expect(intervals?.macro.f1.estimate).toBe(report.macro.f1);
  expect(intervals?.classes[1]?.recall.estimate).toBe(report.classes[1]?.recall);
  const alone = bootstrapConfidenceInterval(classification.accuracyScore, yTrue, yPred, bootstrap);
  expect(intervals?.accuracy).toEqual(alone);
  const f1 = (a: number[], b: number[]) => classification.f1Score(a, b, { average: "macro" });
  expect(intervals?.macro.f1).toEqual(bootstrapConfidenceInterval(f1, yTrue, yPred, bootstrap));
  const ofMatrix = classification.reportOfConfusionMatrix(classification.confusionMatrix(yTrue, yPred), { bootstrap });
  expect(ofMatrix.intervals?.accuracy.estimate).toBe(report.accuracy);
  expect(ofMatrix.intervals?.accuracy.low).toBeCloseTo(alone.low, 1);
  expect(ofMatrix.intervals?.accuracy.standardError).toBeCloseTo(alone.standardError, 2);
  expect(classification.classificationReport(yTrue, yPred)).not.toHaveProperty("intervals");
});

test("intervals of a report follow the examples' weights, and need counts in a matrix", () => {
  const options = { sampleWeight: [1, 0, 1, 0], bootstrap: { resamples: 50 } };
  const { intervals } = classification.classificationReport([0, 1, 1, 0], [0, 0, 1, 1], options);
  expect([intervals?.accuracy.low, intervals?.accuracy.estimate]).toEqual([1, 1]);
  expect(() => classification.reportOfConfusionMatrix([[0.5]], { bootstrap: true })).toThrow(
    "reportOfConfusionMatrix: the matrix holds 0.5; intervals need counts of examples, without weights",
  );
  expect(() => classification.classificationReport([0], [0], { bootstrap: { resamples: 0 } })).toThrow(
    "classificationReport: bootstrap: resamples is 0, expected an integer of at least 1",
  );
});
