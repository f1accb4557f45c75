/**
 * Curves of a binary classifier over all thresholds of its score: receiver operating characteristic, precision against recall,
 * and the area under a curve. On the host, with scikit-learn's results.
 */
import { checkBoolean, checkOptions, describe } from "../graph/options.ts";
import { checkLists, type Label, type Labels, occurringLabels, type WeightOptions } from "./labels.ts";

export interface CurveOptions extends WeightOptions {
  /** The class that high scores mean; default 1, for labels 0 and 1 or -1 and 1. */
  positiveLabel?: Label;
  /** Whether to leave out points that do not change the curve's shape; default true for `rocCurve`, false for `precisionRecallCurve`. */
  dropIntermediate?: boolean;
}

/** Points in the order of falling thresholds, from (0, 0), with the threshold Infinity, to (1, 1). */
export interface RocCurve {
  /** falsePositives / negatives at each threshold; NaN without negatives. */
  readonly falsePositiveRate: readonly number[];
  /** truePositives / positives at each threshold; NaN without positives. */
  readonly truePositiveRate: readonly number[];
  /** A score of at least this much means the positive class. */
  readonly thresholds: readonly number[];
}

/** Points in the order of rising thresholds; a last one, precision 1 and recall 0, has no threshold. */
export interface PrecisionRecallCurve {
  readonly precision: readonly number[];
  readonly recall: readonly number[];
  /** One fewer than there are points. */
  readonly thresholds: readonly number[];
}

/** What a score decides at each of its distinct values, from the largest: weights of examples at or above it. */
interface ThresholdCounts {
  readonly falsePositives: readonly number[];
  readonly truePositives: readonly number[];
  readonly thresholds: readonly number[];
}

/**
 * The receiver operating characteristic: the rates of false and true positives at each threshold of the score.
 *
 * @param yTrue Labels, `[examples]`.
 * @param yScore A number each that is higher the likelier the positive class: a probability, a logit.
 * @throws If the lists differ in length, a score is not finite, or it is unclear which label is the positive one.
 * @example
 * rocCurve([0, 0, 1, 1], [0.1, 0.4, 0.35, 0.8]).truePositiveRate; // [0, 0.5, 0.5, 1, 1]
 */
export function rocCurve(yTrue: Labels, yScore: ArrayLike<number>, options: CurveOptions = {}): RocCurve {
  return rocOf(countsOf("rocCurve", yTrue, yScore, options), options.dropIntermediate ?? true);
}

/**
 * Precision and recall at each threshold of the score.
 *
 * @param yTrue Labels, `[examples]`.
 * @param yScore A number each that is higher the likelier the positive class.
 * @throws If the lists differ in length, a score is not finite, or it is unclear which label is the positive one.
 * @example
 * precisionRecallCurve([0, 0, 1, 1], [0.1, 0.4, 0.35, 0.8]).recall; // [1, 1, 0.5, 0.5, 0]
 */
export function precisionRecallCurve(
  yTrue: Labels,
  yScore: ArrayLike<number>,
  options: CurveOptions = {},
): PrecisionRecallCurve {
  return precisionRecallOf(countsOf("precisionRecallCurve", yTrue, yScore, options), options.dropIntermediate ?? false);
}

/**
 * The area under a curve by the trapezoidal rule.
 *
 * @param x Rising or falling, at least two.
 * @param y As many.
 * @throws If there are fewer than two points, the lists differ in length, or x both rises and falls.
 * @example
 * auc([0, 0.5, 1], [0, 1, 1]); // 0.75
 */
export function auc(x: ArrayLike<number>, y: ArrayLike<number>): number {
  if (x.length !== y.length)
    throw new Error(`auc: x has ${x.length} values and y ${y.length}; give one of each a point`);
  if (x.length < 2) throw new Error(`auc: got ${x.length} points, expected at least 2`);
  let area = 0;
  let rises = false;
  let falls = false;
  for (let at = 1; at < x.length; at++) {
    const step = (x[at] as number) - (x[at - 1] as number);
    if (step > 0) rises = true;
    if (step < 0) falls = true;
    area += (step * ((y[at] as number) + (y[at - 1] as number))) / 2;
  }
  if (rises && falls) throw new Error("auc: x rises and falls; sort the points by x");
  return falls ? -area : area;
}

/** The area under the curve of true against false positives; NaN where all examples are of one kind. */
export function binaryRocAuc(
  positives: readonly boolean[],
  scores: readonly number[],
  weights: readonly number[],
  maxFpr = 1,
): number {
  if (!positives.includes(true) || !positives.includes(false)) return Number.NaN;
  const curve = rocOf(thresholdCounts(positives, scores, weights), true);
  if (maxFpr === 1) return auc(curve.falsePositiveRate, curve.truePositiveRate);
  const x = curve.falsePositiveRate;
  const y = curve.truePositiveRate;
  const stop = x.findIndex((rate) => rate > maxFpr);
  const [x0, x1, y0, y1] = [x[stop - 1], x[stop], y[stop - 1], y[stop]] as [number, number, number, number];
  const atLimit = y0 + ((y1 - y0) / (x1 - x0)) * (maxFpr - x0);
  const area = auc([...x.slice(0, stop), maxFpr], [...y.slice(0, stop), atLimit]);
  // McClish's correction: 0.5 for chance and 1 for perfection, however small the part of the curve.
  const least = maxFpr ** 2 / 2;
  return 0.5 * (1 + (area - least) / (maxFpr - least));
}

/** The sum of the precisions, each times the step in recall that it is reached with. */
export function binaryAveragePrecision(
  positives: readonly boolean[],
  scores: readonly number[],
  weights: readonly number[],
): number {
  const { precision, recall } = precisionRecallOf(thresholdCounts(positives, scores, weights), false);
  let sum = 0;
  for (let at = 1; at < recall.length; at++)
    sum += ((recall[at - 1] as number) - (recall[at] as number)) * (precision[at - 1] as number);
  return Math.max(0, sum);
}

function countsOf(owner: string, yTrue: Labels, yScore: ArrayLike<number>, options: CurveOptions): ThresholdCounts {
  checkOptions(owner, options, { sampleWeight: true, positiveLabel: true, dropIntermediate: true });
  if (options.dropIntermediate !== undefined) checkBoolean(owner, "dropIntermediate", options.dropIntermediate);
  const weights = checkLists(owner, yTrue, yScore, options.sampleWeight);
  const positiveLabel = options.positiveLabel ?? defaultPositive(owner, yTrue);
  const positives = Array.from(yTrue, (label) => label === positiveLabel);
  return thresholdCounts(positives, checkScores(owner, yScore), weights);
}

/** The label 1, after checking that the labels are 0 and 1, or -1 and 1. */
export function defaultPositive(owner: string, yTrue: Labels): Label {
  const present = occurringLabels(yTrue);
  const fits = (labels: readonly Label[]) => present.every((label) => labels.includes(label));
  if (fits([0, 1]) || fits([-1, 1])) return 1;
  throw new RangeError(
    `${owner}: the labels are ${present.map(describe).join(", ")}; tell which one high scores mean with positiveLabel`,
  );
}

/** @throws RangeError If a score is not finite. */
export function checkScores(owner: string, scores: ArrayLike<number>): number[] {
  return Array.from(scores, (score, index) => {
    if (Number.isFinite(score)) return score;
    throw new RangeError(`${owner}: the score of example ${index} is ${describe(score)}, expected a finite number`);
  });
}

function thresholdCounts(
  positives: readonly boolean[],
  scores: readonly number[],
  weights: readonly number[],
): ThresholdCounts {
  const order = [...scores.keys()].filter((index) => weights[index] !== 0);
  order.sort((a, b) => (scores[b] as number) - (scores[a] as number));
  const counts = { falsePositives: [] as number[], truePositives: [] as number[], thresholds: [] as number[] };
  let falsePositives = 0;
  let truePositives = 0;
  for (const [place, index] of order.entries()) {
    if (positives[index]) truePositives += weights[index] as number;
    else falsePositives += weights[index] as number;
    const score = scores[index] as number;
    const next = order[place + 1];
    if (next !== undefined && scores[next] === score) continue;
    counts.falsePositives.push(falsePositives);
    counts.truePositives.push(truePositives);
    counts.thresholds.push(score);
  }
  return counts;
}

function rocOf(counts: ThresholdCounts, dropIntermediate: boolean): RocCurve {
  const last = counts.thresholds.length - 1;
  // A point is needed where the steps to and from it differ; between equal steps the curve is straight.
  const bends = (values: readonly number[], at: number) => {
    const [before, here, after] = [values[at - 1], values[at], values[at + 1]] as [number, number, number];
    return after - here - (here - before) !== 0;
  };
  const kept = keep(
    counts,
    (at) =>
      !dropIntermediate ||
      at === 0 ||
      at === last ||
      bends(counts.falsePositives, at) ||
      bends(counts.truePositives, at),
  );
  const rates = (values: readonly number[]) => {
    const all = values.at(-1) ?? 0;
    return [0, ...values].map((value) => (all > 0 ? value / all : Number.NaN));
  };
  return {
    falsePositiveRate: rates(kept.falsePositives),
    truePositiveRate: rates(kept.truePositives),
    thresholds: [Number.POSITIVE_INFINITY, ...kept.thresholds],
  };
}

function precisionRecallOf(counts: ThresholdCounts, dropIntermediate: boolean): PrecisionRecallCurve {
  const last = counts.thresholds.length - 1;
  // Points with the same recall lie on a vertical line, of which the ends are enough.
  const { falsePositives, truePositives, thresholds } = keep(
    counts,
    (at) =>
      !dropIntermediate ||
      at === 0 ||
      at === last ||
      counts.truePositives[at] !== counts.truePositives[at - 1] ||
      counts.truePositives[at] !== counts.truePositives[at + 1],
  );
  const positives = truePositives.at(-1) ?? 0;
  const precision = truePositives.map((right, at) => {
    const predicted = right + (falsePositives[at] as number);
    return predicted === 0 ? 0 : right / predicted;
  });
  const recall = truePositives.map((right) => (positives === 0 ? 1 : right / positives));
  return {
    precision: [...precision.reverse(), 1],
    recall: [...recall.reverse(), 0],
    thresholds: [...thresholds].reverse(),
  };
}

function keep(counts: ThresholdCounts, isKept: (at: number) => boolean): ThresholdCounts {
  const places = [...counts.thresholds.keys()].filter(isKept);
  const pick = (values: readonly number[]) => places.map((at) => values[at] as number);
  return {
    falsePositives: pick(counts.falsePositives),
    truePositives: pick(counts.truePositives),
    thresholds: pick(counts.thresholds),
  };
}
