/**
 * Scores of segmentations: how far the regions of each class overlap. On the host; label maps are lists of class indices or
 * names of any nesting, such as `[images][height][width]`.
 */
import { checkChoice, checkNumber, checkOptions } from "../graph/options.ts";
import { confusionMatrix } from "./agreement.ts";
import { everyLabel, type Label, occurringLabels } from "./labels.ts";
import { averageOf, type ClassAverage, classCounts, f1Of, jaccardOf, type ScoreOfCounts } from "./scores.ts";

/** Labels of pixels or voxels, flat or nested. */
export type LabelMap = ArrayLike<Label | LabelMap>;

export interface OverlapOptions {
  /** The classes to look at, in this order; default those that occur, sorted. */
  labels?: readonly Label[];
  /** The mean over the classes (`"macro"`, default), weighted by their true pixels, or of all pixels together; `"none"` gives an array. */
  average?: ClassAverage | "none";
  /** Pixels with this true label are left out, such as 255 for borders. */
  ignoreLabel?: Label;
  /** The score of a class that occurs nowhere: NaN (default), which is left out of means, 0 or 1. */
  zeroDivision?: number;
}

type PerClass = OverlapOptions & { average: "none" };
type Averaged = OverlapOptions & { average?: ClassAverage };

/**
 * Intersection over union of the true and the predicted region of each class; its mean over the classes is the mean IoU.
 *
 * @throws If the maps differ in size.
 * @example
 * iouScore([[0, 0], [1, 1]], [[0, 1], [1, 1]]); // (1/2 + 2/3) / 2
 */
export function iouScore(yTrue: LabelMap, yPred: LabelMap, options: PerClass): number[];
export function iouScore(yTrue: LabelMap, yPred: LabelMap, options?: Averaged): number;
export function iouScore(yTrue: LabelMap, yPred: LabelMap, options: OverlapOptions): number | number[];
export function iouScore(yTrue: LabelMap, yPred: LabelMap, options: OverlapOptions = {}): number | number[] {
  return overlap("iouScore", jaccardOf, yTrue, yPred, options);
}

/**
 * Dice's coefficient of the true and the predicted region of each class: twice the intersection by the sum of both sizes.
 *
 * @throws If the maps differ in size.
 * @example
 * diceScore([[0, 0], [1, 1]], [[0, 1], [1, 1]], { average: "none" }); // [2/3, 4/5]
 */
export function diceScore(yTrue: LabelMap, yPred: LabelMap, options: PerClass): number[];
export function diceScore(yTrue: LabelMap, yPred: LabelMap, options?: Averaged): number;
export function diceScore(yTrue: LabelMap, yPred: LabelMap, options: OverlapOptions): number | number[];
export function diceScore(yTrue: LabelMap, yPred: LabelMap, options: OverlapOptions = {}): number | number[] {
  return overlap("diceScore", f1Of, yTrue, yPred, options);
}

function overlap(
  owner: string,
  score: ScoreOfCounts,
  yTrue: LabelMap,
  yPred: LabelMap,
  options: OverlapOptions,
): number | number[] {
  checkOptions(owner, options, { labels: true, average: true, ignoreLabel: true, zeroDivision: true });
  const { average = "macro", ignoreLabel, zeroDivision = Number.NaN } = options;
  checkChoice(owner, "average", average, ["micro", "macro", "weighted", "none"]);
  if (!Number.isNaN(zeroDivision)) checkNumber(owner, "zeroDivision", zeroDivision, { minimum: 0, maximum: 1 });
  const [truth, guesses] = [flatten(yTrue), flatten(yPred)];
  if (truth.length !== guesses.length)
    throw new Error(
      `${owner}: the true map has ${truth.length} labels and the predicted one ${guesses.length}; they must have one shape`,
    );
  const isSeen = (_: Label, index: number) => truth[index] !== ignoreLabel;
  const [seen, predicted] = [truth.filter(isSeen), guesses.filter(isSeen)];
  const labels = options.labels ?? occurringLabels(seen, predicted);
  const all = everyLabel(labels, seen, predicted);
  const counts = classCounts(confusionMatrix(seen, predicted, { labels: all })).slice(0, labels.length);
  if (average === "none") return counts.map((each) => score(each, zeroDivision));
  return averageOf(score, counts, average, zeroDivision);
}

function flatten(map: LabelMap): Label[] {
  return Array.from(map).flatMap((each) => (typeof each === "object" ? flatten(each) : [each]));
}
