import { expect, test } from "vitest";
import * as classification from "./classification.ts";

const yTrue = ["cat", "dog", "dog", "fox", "fox", "fox"];
const yPred = ["cat", "dog", "fox", "fox", "cat", "fox"];

test("the report of named classes, worked out by hand", () => {
  const report = classification.classificationReport(yTrue, yPred);
  expect(report.classes).toEqual([
    { name: "cat", precision: 1 / 2, recall: 1, f1: 2 / 3, support: 1 },
    { name: "dog", precision: 1, recall: 1 / 2, f1: 2 / 3, support: 2 },
    { name: "fox", precision: 2 / 3, recall: 2 / 3, f1: 2 / 3, support: 3 },
  ]);
  expect(report.accuracy).toBe(4 / 6);
  expect(report.micro).toEqual({ precision: 4 / 6, recall: 4 / 6, f1: 4 / 6 });
  expect(report.macro.precision).toBeCloseTo((1 / 2 + 1 + 2 / 3) / 3, 12);
  expect(report.weighted.precision).toBeCloseTo((1 / 2 + 2 * 1 + 3 * (2 / 3)) / 6, 12);
  expect(report.support).toBe(6);
});

test("the report from a confusion matrix is the same", () => {
  const matrix = classification.confusionMatrix(yTrue, yPred);
  expect(matrix).toEqual([
    [1, 0, 0],
    [0, 1, 1],
    [1, 0, 2],
  ]);
  expect(classification.reportOfConfusionMatrix(matrix, { classNames: ["cat", "dog", "fox"] })).toEqual(
    classification.classificationReport(yTrue, yPred),
  );
});

test("labels choose classes and their order; mistakes for others still count", () => {
  const options = { labels: ["fox", "dog"], average: "none" } as const;
  expect(classification.precisionScore(yTrue, yPred, options)).toEqual([2 / 3, 1]);
  expect(classification.recallScore(yTrue, yPred, options)).toEqual([2 / 3, 1 / 2]);
  expect(classification.precisionScore(yTrue, yPred, { labels: ["fox"], average: "micro" })).toBe(2 / 3);
});

test("a quotient with the divisor 0 is what zeroDivision says, and NaN leaves it out of a mean", () => {
  const precision = (zeroDivision: number) =>
    classification.precisionScore([0, 1], [0, 0], { average: "macro", zeroDivision });
  expect(precision(0)).toBe(0.25);
  expect(precision(1)).toBe(0.75);
  expect(precision(Number.NaN)).toBe(0.5);
  // No example has the class: there are no weights, and the plain mean stands in.
  const options = { labels: [1], average: "weighted", zeroDivision: 1 } as const;
  expect(classification.recallScore([0, 0], [1, 1], options)).toBe(1);
});

test("the binary average looks at one class of two", () => {
  expect(classification.f1Score([0, 1, 1, 1], [0, 1, 0, 1])).toBeCloseTo(0.8, 12);
  expect(classification.recallScore([0, 1, 1, 1], [0, 1, 0, 1], { positiveLabel: 0 })).toBe(1);
  expect(() => classification.f1Score([0, 1, 2], [0, 1, 2])).toThrow(
    'f1Score: average "binary" is for two classes, but the labels are 0, 1, 2',
  );
  expect(() => classification.f1Score([0, 2], [0, 2])).toThrow("positiveLabel is 1, but the labels are 0 and 2");
});

test("lists of different lengths are an error", () => {
  expect(() => classification.accuracyScore([0, 1], [0])).toThrow(
    "accuracyScore: got 2 true labels and 1 predicted ones",
  );
});
