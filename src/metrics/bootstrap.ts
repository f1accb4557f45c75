/** How sure a score is: confidence intervals from resampled examples. On the host. */
import { checkInteger, checkNumber, checkOptions } from "../graph/options.ts";
import { uniformIntegers } from "../tensor/permutation.ts";
import { quantile, sorted } from "./quantiles.ts";

export interface BootstrapOptions {
  /** How often to draw examples anew; default 1000. */
  resamples?: number;
  /** The share of resamples that the interval covers, between 0 and 1; default 0.95. */
  confidence?: number;
  /** The same seed gives the same interval; default 0. */
  seed?: number;
}

export interface ConfidenceInterval {
  /** The score of the examples as they are. */
  readonly estimate: number;
  readonly low: number;
  readonly high: number;
  /** The standard deviation of the score over the resamples. */
  readonly standardError: number;
  /** How many resamples have no score (NaN), such as an area under the ROC curve of one class; they are left out. */
  readonly undefinedResamples: number;
}

/**
 * The interval in which a score lies for most data sets like this one: Efron's percentile bootstrap. Examples are drawn with
 * replacement as many times as there are, the score is computed of each draw, and the middle share of the scores is the interval.
 *
 * @param score A score of true and predicted values, such as `classification.f1Score` or a function that calls it with options.
 * @param yTrue The true values, `[examples]`.
 * @param yPred What was predicted: labels, scores or rows, `[examples]`.
 * @throws If the lists differ in length or are empty, or an option is out of range.
 * @example
 * bootstrapConfidenceInterval(classification.accuracyScore, [0, 1, 1, 0], [0, 1, 0, 0], { seed: 1 }).low;
 */
export function bootstrapConfidenceInterval<True, Predicted>(
  score: (yTrue: True[], yPred: Predicted[]) => number,
  yTrue: ArrayLike<True>,
  yPred: ArrayLike<Predicted>,
  options: BootstrapOptions = {},
): ConfidenceInterval {
  const owner = "bootstrapConfidenceInterval";
  const { resamples, confidence, seed } = resolveBootstrap(owner, options);
  const [truth, guesses] = [Array.from(yTrue), Array.from(yPred)];
  const examples = truth.length;
  if (examples !== guesses.length || examples === 0)
    throw new Error(
      `${owner}: got ${examples} true values and ${guesses.length} predicted ones; give one of each an example, at least one`,
    );
  const draw = uniformIntegers(seed, 0);
  const scores = Array.from({ length: resamples }, () => {
    const chosen = truth.map(() => draw(examples));
    return score(
      chosen.map((index) => truth[index] as True),
      chosen.map((index) => guesses[index] as Predicted),
    );
  });
  return intervalOf(score(truth, guesses), scores, confidence);
}

/** The options with their defaults. @throws If one is unknown or out of range. */
export function resolveBootstrap(owner: string, options: BootstrapOptions): Required<BootstrapOptions> {
  checkOptions(owner, options, { resamples: true, confidence: true, seed: true });
  const { resamples = 1000, confidence = 0.95, seed = 0 } = options;
  checkInteger(owner, "resamples", resamples, 1);
  checkNumber(owner, "confidence", confidence, { above: 0, below: 1 });
  checkInteger(owner, "seed", seed);
  return { resamples, confidence, seed };
}

/** @param estimate The score of the examples as they are. @param drawn The score of each resample. */
export function intervalOf(estimate: number, drawn: readonly number[], confidence: number): ConfidenceInterval {
  const scores = drawn.filter((value) => !Number.isNaN(value));
  const order = sorted(scores);
  const mean = scores.reduce((sum, value) => sum + value, 0) / scores.length;
  const squares = scores.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return {
    estimate,
    low: quantile(order, (1 - confidence) / 2),
    high: quantile(order, (1 + confidence) / 2),
    standardError: scores.length > 1 ? Math.sqrt(squares / (scores.length - 1)) : Number.NaN,
    undefinedResamples: drawn.length - scores.length,
  };
}
