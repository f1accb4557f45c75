/** How far the true and the predicted regions of segmentations overlap, from a confusion matrix that is accumulated on the device. */
import { checkOptions } from "../graph/options.ts";
import { ScoreMetric, type ScoreOptions, scoreOptionNames } from "./score-metric.ts";
import { f1Of, jaccardOf } from "./scores.ts";

/** As those of other scores, but for the defaults: the average `"macro"`, and classes that occur nowhere are left out. */
export type OverlapScoreOptions = ScoreOptions;

const defaults: ScoreOptions = { average: "macro", zeroDivision: "NaN" };

/**
 * Dice's coefficient of the true and the predicted region of each class: twice the intersection by the sum of both sizes. Targets are label
 * maps `[batch, height, width]` or one-hot, predictions `[batch, height, width, classes]`, or with one channel whether a pixel is of class 1;
 * any number of axes between the first and the last will do.
 */
export class DiceScore extends ScoreMetric {
  static readonly className = "diceScore";
  readonly className = DiceScore.className;

  constructor(options: OverlapScoreOptions = {}) {
    checkOptions("diceScore", options, scoreOptionNames);
    super("diceScore", f1Of, { ...defaults, ...options });
  }
}

/** Intersection over union of the true and the predicted region of each class; maps as `DiceScore` takes them. */
export class IoUScore extends ScoreMetric {
  static readonly className = "iouScore";
  readonly className = IoUScore.className;

  constructor(options: OverlapScoreOptions = {}) {
    checkOptions("iouScore", options, scoreOptionNames);
    super("iouScore", jaccardOf, { ...defaults, ...options });
  }
}
