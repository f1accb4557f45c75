/**
 * Scores of how a classifier ranks: the area under the ROC curve, average precision, top-k accuracy. On the host, with
 * scikit-learn's results, for two classes, several, and several labels an example.
 */
import { checkBoolean, checkChoice, checkInteger, checkNumber, checkOptions, describe } from "../graph/options.ts";
import { binaryAveragePrecision, binaryRocAuc, checkScores, defaultPositive } from "./curves.ts";
import {
  checkLists,
  checkRows,
  isRows,
  type Label,
  type LabelRows,
  type Labels,
  occurringLabels,
  type WeightOptions,
} from "./labels.ts";
import { total } from "./scores.ts";

/** A number each example, or a row with a number for each class. */
export type ClassifierScores = ArrayLike<number> | ArrayLike<ArrayLike<number>>;

/** Whether scores are rows rather than one number an example. */
export function isScoreRows(scores: ClassifierScores): scores is ArrayLike<ArrayLike<number>> {
  return typeof scores[0] === "object";
}

export type RankingAverage = "micro" | "macro" | "weighted" | "samples" | "none";
const averages: readonly RankingAverage[] = ["micro", "macro", "weighted", "samples", "none"];

export interface RocAucOptions extends WeightOptions {
  /** How the areas of classes become one; default `"macro"`. `"none"` gives an array. For two classes it is not used. */
  average?: RankingAverage;
  /** Each class against the rest (`"ovr"`, default), or each pair of classes (`"ovo"`, Hand & Till 2001). */
  multiClass?: "ovr" | "ovo";
  /** For several classes, the class of each column; default those that occur, sorted. */
  labels?: readonly Label[];
  /** Looks at the curve up to this false positive rate, standardised to 0.5 for chance (McClish 1989); default 1. Not for several classes. */
  maxFpr?: number;
}

/**
 * The area under the receiver operating characteristic: how likely a positive example is scored above a negative one.
 *
 * @param yTrue Labels; of two, the one sorted last is the positive one. Or rows of 0 and 1.
 * @param yScore A number each example for two classes; rows of probabilities for several; rows of scores for rows of labels.
 * @returns NaN where only one class occurs.
 * @throws If shapes or options do not go together, or the probabilities of several classes do not sum to 1.
 * @example
 * rocAucScore([0, 0, 1, 1], [0.1, 0.4, 0.35, 0.8]); // 0.75
 */
export function rocAucScore(
  yTrue: Labels | LabelRows,
  yScore: ClassifierScores,
  options: RocAucOptions & { average: "none" },
): number[];
export function rocAucScore(
  yTrue: Labels | LabelRows,
  yScore: ClassifierScores,
  options?: RocAucOptions & { average?: Exclude<RankingAverage, "none"> },
): number;
export function rocAucScore(
  yTrue: Labels | LabelRows,
  yScore: ClassifierScores,
  options: RocAucOptions,
): number | number[];
export function rocAucScore(
  yTrue: Labels | LabelRows,
  yScore: ClassifierScores,
  options: RocAucOptions = {},
): number | number[] {
  const owner = "rocAucScore";
  checkOptions(owner, options, { sampleWeight: true, average: true, multiClass: true, labels: true, maxFpr: true });
  const { average = "macro", multiClass = "ovr", maxFpr = 1 } = options;
  checkChoice(owner, "average", average, averages);
  checkChoice(owner, "multiClass", multiClass, ["ovr", "ovo"]);
  checkNumber(owner, "maxFpr", maxFpr, { above: 0, maximum: 1 });
  const weights = checkLists(owner, yTrue, yScore, options.sampleWeight);
  const area: BinaryScore = (positives, scores, each) => binaryRocAuc(positives, scores, each, maxFpr);
  if (isRows(yTrue))
    return averageColumns(owner, area, positiveRows(owner, yTrue), rowsOf(owner, yScore), average, weights);
  const present = occurringLabels(yTrue);
  if (present.length <= 2 && widthOf(yScore) <= 2) {
    const positive = present.at(-1);
    const positives = Array.from(yTrue, (label) => label === positive);
    return area(present.length < 2 ? [] : positives, columnOf(owner, yScore), weights);
  }
  if (maxFpr !== 1) throw new RangeError(`${owner}: maxFpr is for two classes, but the labels are ${list(present)}`);
  const rows = rowsOf(owner, yScore);
  const classes = classesOfColumns(owner, yTrue, rows, options.labels);
  checkProbabilities(owner, rows);
  if (multiClass === "ovo") {
    if (options.sampleWeight) throw new RangeError(`${owner}: multiClass "ovo" takes no sampleWeight; choose "ovr"`);
    return oneVersusOne(owner, yTrue, rows, classes, average);
  }
  return averageColumns(owner, area, indicators(yTrue, classes), rows, average, weights);
}

export interface AveragePrecisionOptions extends WeightOptions {
  /** How the scores of classes become one; default `"macro"`. `"none"` gives an array. For two classes it is not used. */
  average?: RankingAverage;
  /** Of two classes, the one that high scores mean; default 1. */
  positiveLabel?: Label;
}

/**
 * Average precision: the precisions along the precision-recall curve, weighted by the step in recall that each is reached with.
 *
 * @param yTrue Labels, or rows of 0 and 1.
 * @param yScore A number each example for two classes, rows with one for each class otherwise.
 * @throws If shapes or options do not go together.
 * @example
 * averagePrecisionScore([0, 0, 1, 1], [0.1, 0.4, 0.35, 0.8]); // 0.8333…
 */
export function averagePrecisionScore(
  yTrue: Labels | LabelRows,
  yScore: ClassifierScores,
  options: AveragePrecisionOptions & { average: "none" },
): number[];
export function averagePrecisionScore(
  yTrue: Labels | LabelRows,
  yScore: ClassifierScores,
  options?: AveragePrecisionOptions & { average?: Exclude<RankingAverage, "none"> },
): number;
export function averagePrecisionScore(
  yTrue: Labels | LabelRows,
  yScore: ClassifierScores,
  options: AveragePrecisionOptions,
): number | number[];
export function averagePrecisionScore(
  yTrue: Labels | LabelRows,
  yScore: ClassifierScores,
  options: AveragePrecisionOptions = {},
): number | number[] {
  const owner = "averagePrecisionScore";
  checkOptions(owner, options, { sampleWeight: true, average: true, positiveLabel: true });
  const { average = "macro" } = options;
  checkChoice(owner, "average", average, averages);
  const weights = checkLists(owner, yTrue, yScore, options.sampleWeight);
  if (isRows(yTrue))
    return averageColumns(
      owner,
      binaryAveragePrecision,
      positiveRows(owner, yTrue),
      rowsOf(owner, yScore),
      average,
      weights,
    );
  const present = occurringLabels(yTrue);
  if (present.length <= 2) {
    const positive = options.positiveLabel ?? defaultPositive(owner, yTrue);
    const positives = Array.from(yTrue, (label) => label === positive);
    return binaryAveragePrecision(positives, columnOf(owner, yScore), weights);
  }
  if (options.positiveLabel !== undefined)
    throw new RangeError(`${owner}: positiveLabel is for two classes, but the labels are ${list(present)}`);
  const rows = rowsOf(owner, yScore);
  const classes = classesOfColumns(owner, yTrue, rows, undefined);
  return averageColumns(owner, binaryAveragePrecision, indicators(yTrue, classes), rows, average, weights);
}

export interface TopKOptions extends WeightOptions {
  /** How many of the highest scores count, at least 1; default 2. */
  k?: number;
  /** Whether to give the share of examples (default) rather than their number. */
  normalize?: boolean;
  /** The class of each column; default those that occur, sorted. */
  labels?: readonly Label[];
}

/**
 * The share of examples whose class is among those with the k highest scores; of equal scores the later column counts first.
 *
 * @param yTrue Labels, `[examples]`.
 * @param yScore Rows with a number for each class; for two classes one number an example is enough.
 * @throws If shapes or options do not go together.
 * @example
 * topKAccuracyScore([0, 1, 2], [[0.5, 0.2, 0.3], [0.3, 0.3, 0.4], [0.6, 0.3, 0.1]], { k: 2 }); // 2 / 3
 */
export function topKAccuracyScore(yTrue: Labels, yScore: ClassifierScores, options: TopKOptions = {}): number {
  const owner = "topKAccuracyScore";
  checkOptions(owner, options, { sampleWeight: true, k: true, normalize: true, labels: true });
  const { k = 2, normalize = true, labels } = options;
  checkInteger(owner, "k", k, 1);
  checkBoolean(owner, "normalize", normalize);
  const weights = checkLists(owner, yTrue, yScore, options.sampleWeight);
  const hits = isBinaryRanking(yTrue, yScore, labels)
    ? binaryHits(yTrue, columnOf(owner, yScore), k, labels ?? occurringLabels(yTrue))
    : classHits(owner, yTrue, rowsOf(owner, yScore), k, labels);
  const right = total(weights.filter((_, index) => hits[index]));
  return normalize ? right / total(weights) : right;
}

function isBinaryRanking(yTrue: Labels, yScore: ClassifierScores, labels: readonly Label[] | undefined): boolean {
  return widthOf(yScore) === 1 && occurringLabels(yTrue).length <= 2 && (labels?.length ?? 2) <= 2;
}

function binaryHits(yTrue: Labels, scores: readonly number[], k: number, classes: readonly Label[]): boolean[] {
  const threshold = scores.every((score) => score >= 0 && score <= 1) ? 0.5 : 0;
  const decide = (score: number) => classes[score > threshold ? 1 : 0];
  return scores.map((score, index) => k > 1 || decide(score) === yTrue[index]);
}

function classHits(
  owner: string,
  yTrue: Labels,
  rows: readonly (readonly number[])[],
  k: number,
  labels: readonly Label[] | undefined,
): boolean[] {
  const classes = classesOfColumns(owner, yTrue, rows, labels);
  return rows.map((row, index) => {
    const target = classes.indexOf(yTrue[index] as Label);
    const own = row[target] as number;
    return row.filter((score, column) => score > own || (score === own && column > target)).length < k;
  });
}

type BinaryScore = (positives: readonly boolean[], scores: readonly number[], weights: readonly number[]) => number;

/** A binary score of each column against the others, averaged. */
function averageColumns(
  owner: string,
  score: BinaryScore,
  truth: readonly (readonly boolean[])[],
  rows: readonly (readonly number[])[],
  average: RankingAverage,
  weights: readonly number[],
): number | number[] {
  if (truth[0]?.length !== rows[0]?.length)
    throw new Error(
      `${owner}: got ${truth[0]?.length} labels and ${rows[0]?.length} scores an example; give one score a label`,
    );
  const column = <T>(table: readonly (readonly T[])[], at: number) => table.map((row) => row[at] as T);
  const columns = Array.from({ length: rows[0]?.length ?? 0 }, (_, at) => at);
  if (average === "micro")
    return score(
      truth.flat(),
      rows.flat(),
      weights.flatMap((weight) => columns.map(() => weight)),
    );
  if (average === "samples") {
    const each = truth.map((row, at) => score(row, rows[at] as readonly number[], new Array(columns.length).fill(1)));
    return meanBy(each, weights);
  }
  const scores = columns.map((at) => score(column(truth, at), column(rows, at), weights));
  if (average === "none") return scores;
  if (average === "macro") return total(scores) / scores.length;
  const support = columns.map((at) => total(weights.filter((_, row) => truth[row]?.[at])));
  return total(support) === 0 ? 0 : meanBy(scores, support);
}

/** The weighted mean; what has no weight is left out, even NaN. */
function meanBy(values: readonly number[], weights: readonly number[]): number {
  return total(values.map((value, at) => (weights[at] === 0 ? 0 : value * (weights[at] as number)))) / total(weights);
}

function oneVersusOne(
  owner: string,
  yTrue: Labels,
  rows: readonly (readonly number[])[],
  classes: readonly Label[],
  average: RankingAverage,
): number {
  if (average !== "macro" && average !== "weighted")
    throw new RangeError(`${owner}: average is "${average}"; multiClass "ovo" knows "macro" and "weighted"`);
  const occurring = new Set(Array.from(yTrue));
  const present = classes.filter((label) => occurring.has(label));
  const pairs = present.flatMap((a, at) => present.slice(at + 1).map((b) => [a, b] as const));
  const scores = pairs.map(([a, b]) => {
    const members = [...rows.keys()].filter((index) => yTrue[index] === a || yTrue[index] === b);
    const weights = members.map(() => 1);
    const areaOf = (positive: Label) =>
      binaryRocAuc(
        members.map((index) => yTrue[index] === positive),
        members.map((index) => rows[index]?.[classes.indexOf(positive)] as number),
        weights,
      );
    return { area: (areaOf(a) + areaOf(b)) / 2, members: members.length };
  });
  return meanBy(
    scores.map(({ area }) => area),
    scores.map(({ members }) => (average === "weighted" ? members : 1)),
  );
}

function indicators(yTrue: Labels, classes: readonly Label[]): boolean[][] {
  return Array.from(yTrue, (label) => classes.map((each) => each === label));
}

function positiveRows(owner: string, yTrue: LabelRows): boolean[][] {
  return checkRows(owner, "the labels", yTrue).map((row) => row.map((value) => value !== 0));
}

/** The class of each column, after checking that they are one a column and that every label is among them. */
export function classesOfColumns(
  owner: string,
  yTrue: Labels,
  rows: readonly (readonly number[])[],
  labels: readonly Label[] | undefined,
): readonly Label[] {
  const present = occurringLabels(yTrue);
  const classes = labels ?? present;
  const width = rows[0]?.length ?? 0;
  if (classes.length !== width || new Set(classes).size !== width)
    throw new RangeError(
      `${owner}: the rows have ${width} scores, but ${labels ? "labels has" : "there are"} the classes ${list(classes)}; ` +
        `${labels ? "give one different class a column" : "give the class of each column in labels"}`,
    );
  const unknown = present.find((label) => !classes.includes(label));
  if (unknown !== undefined)
    throw new RangeError(`${owner}: the label ${describe(unknown)} is none of labels, ${list(classes)}`);
  return classes;
}

function checkProbabilities(owner: string, rows: readonly (readonly number[])[]): void {
  for (const [index, row] of rows.entries()) {
    const sum = total(row);
    if (Math.abs(1 - sum) > 1e-8 + 1e-5 * Math.abs(sum))
      throw new RangeError(
        `${owner}: the scores of example ${index} sum to ${sum}, expected probabilities that sum to 1; apply softmax to logits`,
      );
  }
}

function widthOf(scores: ClassifierScores): number {
  return isScoreRows(scores) ? (scores[0]?.length ?? 0) : 1;
}

/** Scores as rows, finite and of one length. */
export function rowsOf(owner: string, scores: ClassifierScores): number[][] {
  if (!isScoreRows(scores))
    throw new TypeError(`${owner}: got one score an example, expected rows with a score for each class`);
  return checkRows(owner, "the scores", scores).map((row) => checkScores(owner, row));
}

/** Scores as one number an example; rows of one number are the same. */
export function columnOf(owner: string, scores: ClassifierScores): number[] {
  if (!isScoreRows(scores)) return checkScores(owner, scores);
  const width = widthOf(scores);
  if (width !== 1)
    throw new TypeError(
      `${owner}: got ${width} scores an example for two classes, expected one each, that of the positive class`,
    );
  return rowsOf(owner, scores).flat();
}

function list(labels: readonly Label[]): string {
  return labels.map(describe).join(", ");
}
