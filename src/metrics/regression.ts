/**
 * Scores of predicted real values, on the host, under scikit-learn's names and with its results: for one value an example, or
 * rows of several.
 */
import { checkBoolean, checkChoice, checkOptions, describe } from "../graph/options.ts";
import { checkRows, type WeightOptions, weightsOf } from "./labels.ts";
import { quantile, sorted } from "./quantiles.ts";
import { total } from "./scores.ts";

/** A number each example, or rows of numbers, one for each output. */
export type Values = ArrayLike<number> | ArrayLike<ArrayLike<number>>;

/** The outputs' mean, each output's own score, or their mean with a weight for each output. */
export type Multioutput = "uniformAverage" | "rawValues" | readonly number[];

export interface RegressionOptions extends WeightOptions {
  /** How the scores of several outputs become one; default `"uniformAverage"`. */
  multioutput?: Multioutput;
}

export interface ExplainedOptions extends WeightOptions {
  /** As for the errors, or the mean weighted by the outputs' variances; default `"uniformAverage"`. */
  multioutput?: Multioutput | "varianceWeighted";
  /** Whether constant targets give 1 where they are met and 0 elsewhere (default), rather than NaN or -Infinity. */
  forceFinite?: boolean;
}

type Raw = { multioutput: "rawValues" };
type Averaged = RegressionOptions & { multioutput?: Exclude<Multioutput, "rawValues"> };
type AveragedExplained = ExplainedOptions & { multioutput?: Exclude<Multioutput, "rawValues"> | "varianceWeighted" };

/** One output's targets, predictions and weights. */
interface Column {
  readonly truth: readonly number[];
  readonly guesses: readonly number[];
  readonly weights: readonly number[];
}

/**
 * The mean of (yTrue - yPred)².
 *
 * @throws If the values differ in shape.
 * @example
 * meanSquaredError([3, -0.5, 2, 7], [2.5, 0, 2, 8]); // 0.375
 */
export function meanSquaredError(yTrue: Values, yPred: Values, options: RegressionOptions & Raw): number[];
export function meanSquaredError(yTrue: Values, yPred: Values, options?: Averaged): number;
export function meanSquaredError(yTrue: Values, yPred: Values, options: RegressionOptions): number | number[];
export function meanSquaredError(yTrue: Values, yPred: Values, options: RegressionOptions = {}): number | number[] {
  return errorScore("meanSquaredError", squaredError, yTrue, yPred, options);
}

/**
 * The root of the mean of (yTrue - yPred)²; of several outputs, the mean of each one's root.
 *
 * @throws If the values differ in shape.
 * @example
 * rootMeanSquaredError([3, -0.5, 2, 7], [2.5, 0, 2, 8]); // 0.612…
 */
export function rootMeanSquaredError(yTrue: Values, yPred: Values, options: RegressionOptions & Raw): number[];
export function rootMeanSquaredError(yTrue: Values, yPred: Values, options?: Averaged): number;
export function rootMeanSquaredError(yTrue: Values, yPred: Values, options: RegressionOptions): number | number[];
export function rootMeanSquaredError(yTrue: Values, yPred: Values, options: RegressionOptions = {}): number | number[] {
  return errorScore("rootMeanSquaredError", (column) => Math.sqrt(squaredError(column)), yTrue, yPred, options);
}

/**
 * The mean of |yTrue - yPred|.
 *
 * @throws If the values differ in shape.
 * @example
 * meanAbsoluteError([3, -0.5, 2, 7], [2.5, 0, 2, 8]); // 0.5
 */
export function meanAbsoluteError(yTrue: Values, yPred: Values, options: RegressionOptions & Raw): number[];
export function meanAbsoluteError(yTrue: Values, yPred: Values, options?: Averaged): number;
export function meanAbsoluteError(yTrue: Values, yPred: Values, options: RegressionOptions): number | number[];
export function meanAbsoluteError(yTrue: Values, yPred: Values, options: RegressionOptions = {}): number | number[] {
  const error = (column: Column) => meanOver(column, (truth, guess) => Math.abs(truth - guess));
  return errorScore("meanAbsoluteError", error, yTrue, yPred, options);
}

/**
 * The mean of |yTrue - yPred| / max(|yTrue|, 2⁻⁵²): a share, not a percentage. Targets of 0 make it huge.
 *
 * @throws If the values differ in shape.
 * @example
 * meanAbsolutePercentageError([3, -0.5, 2, 7], [2.5, 0, 2, 8]); // 0.327…
 */
export function meanAbsolutePercentageError(yTrue: Values, yPred: Values, options: RegressionOptions & Raw): number[];
export function meanAbsolutePercentageError(yTrue: Values, yPred: Values, options?: Averaged): number;
export function meanAbsolutePercentageError(
  yTrue: Values,
  yPred: Values,
  options: RegressionOptions,
): number | number[];
export function meanAbsolutePercentageError(
  yTrue: Values,
  yPred: Values,
  options: RegressionOptions = {},
): number | number[] {
  const error = (column: Column) =>
    meanOver(column, (truth, guess) => Math.abs(guess - truth) / Math.max(Math.abs(truth), Number.EPSILON));
  return errorScore("meanAbsolutePercentageError", error, yTrue, yPred, options);
}

/**
 * The median of |yTrue - yPred|, which outliers do not move. With weights, the value at which half of the weight is reached.
 *
 * @throws If the values differ in shape.
 * @example
 * medianAbsoluteError([3, -0.5, 2, 7], [2.5, 0, 2, 8]); // 0.5
 */
export function medianAbsoluteError(yTrue: Values, yPred: Values, options: RegressionOptions & Raw): number[];
export function medianAbsoluteError(yTrue: Values, yPred: Values, options?: Averaged): number;
export function medianAbsoluteError(yTrue: Values, yPred: Values, options: RegressionOptions): number | number[];
export function medianAbsoluteError(yTrue: Values, yPred: Values, options: RegressionOptions = {}): number | number[] {
  const error = ({ truth, guesses, weights }: Column) => {
    const errors = truth.map((value, index) => Math.abs((guesses[index] as number) - value));
    return options.sampleWeight ? weightedMedian(errors, weights) : quantile(sorted(errors), 0.5);
  };
  return errorScore("medianAbsoluteError", error, yTrue, yPred, options);
}

/**
 * The largest |yTrue - yPred|, of one value an example.
 *
 * @throws If the values differ in shape or are rows.
 * @example
 * maxError([3, 2, 7, 1], [4, 2, 7, 1]); // 1
 */
export function maxError(yTrue: ArrayLike<number>, yPred: ArrayLike<number>): number {
  const columns = columnsOf("maxError", yTrue, yPred, undefined);
  const [column] = columns;
  if (!column || columns.length > 1)
    throw new TypeError(`maxError: got rows of ${columns.length} outputs, expected one value an example`);
  return column.truth.reduce(
    (largest, value, index) => Math.max(largest, Math.abs(value - (column.guesses[index] as number))),
    0,
  );
}

/**
 * The coefficient of determination R²: 1 - Σ(yTrue - yPred)² / Σ(yTrue - mean)². 1 is best, 0 what always predicting the mean gets.
 *
 * @returns NaN for fewer than two examples.
 * @throws If the values differ in shape.
 * @example
 * r2Score([3, -0.5, 2, 7], [2.5, 0, 2, 8]); // 0.948…
 */
export function r2Score(yTrue: Values, yPred: Values, options: ExplainedOptions & Raw): number[];
export function r2Score(yTrue: Values, yPred: Values, options?: AveragedExplained): number;
export function r2Score(yTrue: Values, yPred: Values, options: ExplainedOptions): number | number[];
export function r2Score(yTrue: Values, yPred: Values, options: ExplainedOptions = {}): number | number[] {
  const part = (column: Column) => ({
    unexplained: squaredError(column) * total(column.weights),
    all: variance(column.truth, column.weights) * total(column.weights),
  });
  return explained("r2Score", part, 2, yTrue, yPred, options);
}

/**
 * The share of the targets' variance that predictions explain: 1 - Var(yTrue - yPred) / Var(yTrue). As R², but a constant offset
 * of the predictions does no harm.
 *
 * @throws If the values differ in shape.
 * @example
 * explainedVarianceScore([3, -0.5, 2, 7], [2.5, 0, 2, 8]); // 0.957…
 */
export function explainedVarianceScore(yTrue: Values, yPred: Values, options: ExplainedOptions & Raw): number[];
export function explainedVarianceScore(yTrue: Values, yPred: Values, options?: AveragedExplained): number;
export function explainedVarianceScore(yTrue: Values, yPred: Values, options: ExplainedOptions): number | number[];
export function explainedVarianceScore(
  yTrue: Values,
  yPred: Values,
  options: ExplainedOptions = {},
): number | number[] {
  const part = ({ truth, guesses, weights }: Column) => ({
    unexplained: variance(
      truth.map((value, index) => value - (guesses[index] as number)),
      weights,
    ),
    all: variance(truth, weights),
  });
  return explained("explainedVarianceScore", part, 1, yTrue, yPred, options);
}

function errorScore(
  owner: string,
  error: (column: Column) => number,
  yTrue: Values,
  yPred: Values,
  options: RegressionOptions,
): number | number[] {
  checkOptions(owner, options, { sampleWeight: true, multioutput: true });
  const { multioutput = "uniformAverage" } = options;
  if (typeof multioutput === "string") checkChoice(owner, "multioutput", multioutput, ["uniformAverage", "rawValues"]);
  const errors = columnsOf(owner, yTrue, yPred, options.sampleWeight).map(error);
  if (multioutput === "rawValues") return errors;
  return average(owner, errors, multioutput === "uniformAverage" ? undefined : multioutput);
}

function explained(
  owner: string,
  part: (column: Column) => { readonly unexplained: number; readonly all: number },
  leastExamples: number,
  yTrue: Values,
  yPred: Values,
  options: ExplainedOptions,
): number | number[] {
  checkOptions(owner, options, { sampleWeight: true, multioutput: true, forceFinite: true });
  const { multioutput = "uniformAverage", forceFinite = true } = options;
  if (typeof multioutput === "string")
    checkChoice(owner, "multioutput", multioutput, ["uniformAverage", "rawValues", "varianceWeighted"]);
  checkBoolean(owner, "forceFinite", forceFinite);
  const columns = columnsOf(owner, yTrue, yPred, options.sampleWeight);
  if (yTrue.length < leastExamples) return Number.NaN;
  const parts = columns.map(part);
  const scores = parts.map(({ unexplained, all }) => explainedShare(unexplained, all, forceFinite));
  if (multioutput === "rawValues") return scores;
  if (multioutput === "uniformAverage") return average(owner, scores, undefined);
  if (multioutput !== "varianceWeighted") return average(owner, scores, multioutput);
  const variances = parts.map(({ all }) => all);
  return average(owner, scores, variances.some((each) => each !== 0) ? variances : undefined);
}

/** 1 - unexplained / all; where the targets are constant, 1 if they are met and 0 if not, or the quotient as it is. */
export function explainedShare(unexplained: number, all: number, forceFinite: boolean): number {
  if (all !== 0 || !forceFinite) return 1 - unexplained / all;
  return unexplained === 0 ? 1 : 0;
}

function squaredError(column: Column): number {
  return meanOver(column, (truth, guess) => (truth - guess) ** 2);
}

function meanOver({ truth, guesses, weights }: Column, error: (truth: number, guess: number) => number): number {
  return (
    total(truth.map((value, index) => error(value, guesses[index] as number) * (weights[index] as number))) /
    total(weights)
  );
}

function variance(values: readonly number[], weights: readonly number[]): number {
  const mean = (each: readonly number[]) =>
    total(each.map((value, index) => value * (weights[index] as number))) / total(weights);
  const centre = mean(values);
  return mean(values.map((value) => (value - centre) ** 2));
}

/** Where the cumulated weight crosses half; the mean of two neighbours where it meets half exactly between them. */
function weightedMedian(values: readonly number[], weights: readonly number[]): number {
  const order = [...values.keys()].filter((index) => (weights[index] as number) > 0);
  order.sort((a, b) => (values[a] as number) - (values[b] as number));
  const half = total(order.map((index) => weights[index] as number)) / 2;
  let reached = 0;
  for (const [place, index] of order.entries()) {
    reached += weights[index] as number;
    if (reached < half) continue;
    const here = values[index] as number;
    const next = order[place + 1];
    return reached - half > Number.EPSILON || next === undefined ? here : (here + (values[next] as number)) / 2;
  }
  return Number.NaN;
}

function average(owner: string, scores: readonly number[], weights: readonly number[] | undefined): number {
  if (!weights) return total(scores) / scores.length;
  if (weights.length !== scores.length)
    throw new Error(`${owner}: multioutput has ${weights.length} weights for ${scores.length} outputs; give one each`);
  return total(scores.map((score, index) => score * (weights[index] as number))) / total(weights);
}

function columnsOf(owner: string, yTrue: Values, yPred: Values, sampleWeight: ArrayLike<number> | undefined): Column[] {
  const [truth, guesses] = [rowsOf(owner, "the targets", yTrue), rowsOf(owner, "the predictions", yPred)];
  const [width, predictedWidth] = [truth[0]?.length ?? 0, guesses[0]?.length ?? 0];
  if (truth.length !== guesses.length || width !== predictedWidth)
    throw new Error(
      `${owner}: the targets have the shape [${truth.length}, ${width}] and the predictions [${guesses.length}, ${predictedWidth}], which must be equal`,
    );
  const weights = weightsOf(owner, truth.length, sampleWeight);
  return Array.from({ length: width }, (_, output) => ({
    truth: truth.map((row) => row[output] as number),
    guesses: guesses.map((row) => row[output] as number),
    weights,
  }));
}

function rowsOf(owner: string, what: string, values: Values): number[][] {
  const rows = isRows(values) ? checkRows(owner, what, values) : Array.from(values, (value) => [value]);
  for (const [index, row] of rows.entries())
    for (const value of row)
      if (!Number.isFinite(value))
        throw new RangeError(`${owner}: example ${index} of ${what} is ${describe(value)}, expected finite numbers`);
  return rows;
}

function isRows(values: Values): values is ArrayLike<ArrayLike<number>> {
  return typeof values[0] === "object";
}
