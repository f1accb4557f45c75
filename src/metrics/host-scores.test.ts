import { expect, test } from "vitest";
import * as classification from "./classification.ts";
import * as regression from "./regression.ts";
import * as segmentation from "./segmentation.ts";

test("specificity is the recall of the other class", () => {
  const [yTrue, yPred] = [[0, 0, 0, 1, 1], [0, 1, 0, 1, 0]]; // biome-ignore format: rows
  expect(classification.specificityScore(yTrue, yPred)).toBe(2 / 3);
  expect(classification.specificityScore(yTrue, yPred)).toBe(
    classification.recallScore(yTrue, yPred, { positiveLabel: 0 }),
  );
});

test("segmentations of any nesting, without the pixels of a label that is ignored", () => {
  const [yTrue, yPred] = [[[0, 0], [1, 255]], [[0, 1], [1, 1]]]; // biome-ignore format: rows
  expect(segmentation.iouScore(yTrue, yPred, { ignoreLabel: 255, average: "none" })).toEqual([1 / 2, 1 / 2]);
  expect(segmentation.diceScore(yTrue, yPred, { ignoreLabel: 255 })).toBeCloseTo(2 / 3, 12);
  // A class that occurs nowhere is left out of the mean.
  expect(segmentation.iouScore([0, 1], [0, 1], { labels: [0, 1, 2] })).toBe(1);
  expect(segmentation.iouScore([0, 1], [0, 1], { labels: [0, 1, 2], zeroDivision: 0 })).toBe(2 / 3);
});

test("calibration of rows is that of the class with the largest probability", () => {
  const rows = [[0.8, 0.2], [0.2, 0.8]]; // biome-ignore format: rows
  expect(classification.expectedCalibrationError([0, 1], rows)).toBeCloseTo(0.2, 12);
  expect(classification.expectedCalibrationError([1, 1], rows, { labels: [0, 1] })).toBeCloseTo(0.3, 12);
});

test("arguments that do not fit are errors that say so", () => {
  const { rocAucScore, rocCurve, logLoss, topKAccuracyScore, f1Score, auc } = classification;
  const options = { sampleWeight: [1, 1], avrage: "macro" };
  expect(() => rocAucScore([0, 1], [0.1, 0.2], options)).toThrow('unknown option "avrage", did you mean "average"?');
  expect(() => rocAucScore([0, 1, 2], [[1, 2, 3], [1, 2, 3], [1, 2, 3]])).toThrow("sum to 6, expected probabilities"); // biome-ignore format: rows
  expect(() => rocAucScore([0, 1, 2], [0.1, 0.2, 0.3])).toThrow("expected rows with a score for each class");
  expect(() => rocAucScore([0, 1], [[0.5, 0.5], [0.2, 0.8]])).toThrow("expected one each, that of the positive class"); // biome-ignore format: rows
  expect(() => rocCurve(["a", "b"], [0.1, 0.2])).toThrow(
    'rocCurve: the labels are "a", "b"; tell which one high scores',
  );
  expect(() => rocCurve([0, 1], [0.1, Number.NaN])).toThrow("the score of example 1 is NaN");
  expect(() => logLoss([0, 1], [0.1, 1.2])).toThrow("example 1 has the probability 1.2");
  expect(() => logLoss([0, 0], [0.1, 0.2])).toThrow("give the class of each column in labels");
  expect(() => topKAccuracyScore([0, 3], [[1, 2], [1, 2]], { labels: [0, 1] })).toThrow("the label 3 is none of labels"); // biome-ignore format: rows
  expect(() => f1Score([[1, 0]], [[1, 0]])).toThrow('choose "samples", "macro", "micro", "weighted" or "none"');
  expect(() => f1Score([1, 0], [1, 0], { average: "samples" })).toThrow("give rows of 0 and 1");
  expect(() => f1Score([1, 0], [[1], [0]])).toThrow("give both in the same form");
  expect(() => auc([0, 1, 0.5], [0, 1, 1])).toThrow("x rises and falls");
  expect(() => regression.meanSquaredError([1, 2], [[1], [2], [3]])).toThrow(
    "the targets have the shape [2, 1] and the predictions [3, 1]",
  );
  expect(() => regression.r2Score([1, 2], [1, 2], { sampleWeight: [1, Number.NaN] })).toThrow("sampleWeight[1] is NaN");
  expect(() => segmentation.iouScore([[0, 1]], [[0]])).toThrow("the true map has 2 labels and the predicted one 1");
});
