/** What scores of several labels an example keep: counts of each label, or the sum of the examples' own scores. */
import { formatShape } from "../graph/shape.ts";
import { alignTargets } from "../losses/align.ts";
import { add, cast, divide, equal, greater, logicalAnd, multiply, notEqual, where } from "../ops/elementwise.ts";
import { broadcastTo, expandDims, reshape } from "../ops/movement.ts";
import { sum } from "../ops/reduce.ts";
import { fill, iota } from "../tensor/creation.ts";
import { type Tensor, tensor } from "../tensor/tensor.ts";
import type { Variable } from "../tensor/variable.ts";
import { CellCounts } from "./cell-counts.ts";
import { alignWeights } from "./mean-metric.ts";
import {
  averageOf,
  type ClassAverage,
  type ClassCounts,
  type CountFactors,
  chosenCounts,
  classCounts,
  type ScoreOfCounts,
} from "./scores.ts";
import { CompensatedSum, Count } from "./sums.ts";

/** How the scores of labels become one: as those of classes, the mean over the examples of each one's score, or not at all. */
export type LabelAverage = ClassAverage | "samples" | "none";

/** What one kind of average over labels keeps of a data set. */
export interface LabelState {
  readonly variables: readonly Variable[];
  /**
   * Takes in rows of labels.
   *
   * @param truth bool `[rows, labels]`
   * @param guess bool `[rows, labels]`
   * @param weights float32 `[rows]`
   */
  add(truth: Tensor, guess: Tensor, weights: Tensor | undefined): void;
  result(): Promise<number | readonly number[]>;
  reset(): void;
}

/** How a score of several labels is made. */
export interface LabelScore {
  /** The metric's name, for messages and variables. */
  readonly name: string;
  readonly score: ScoreOfCounts;
  readonly average: LabelAverage;
  readonly zeroDivision: number;
  /** The labels to look at; default all. */
  readonly labels: readonly number[] | undefined;
}

/** The state that an average needs. */
export function labelState(options: LabelScore): LabelState {
  const { average, ...rest } = options;
  return average === "samples" ? new SampleScores(rest) : new LabelCounts({ ...rest, average });
}

/**
 * Rows of targets and decisions for a state: of predictions `[batch, ..., labels]` every row is an example.
 *
 * @throws If the targets have another shape.
 */
export function labelRows(
  name: string,
  { yTrue, yPred, threshold }: { readonly yTrue: Tensor; readonly yPred: Tensor; readonly threshold: number },
  sampleWeight: Tensor | undefined,
): [truth: Tensor, guess: Tensor, weights: Tensor | undefined] {
  const labels = yPred.rank < 2 ? 1 : (yPred.shape.at(-1) as number);
  const rows = yPred.size / labels;
  const target = alignTargets(name, yTrue, yPred);
  const weights =
    sampleWeight && alignWeights(name, sampleWeight, yPred.rank < 2 ? yPred.shape : yPred.shape.slice(0, -1));
  return [
    reshape(greater(target, 0.5), [rows, labels]),
    reshape(greater(cast(yPred, "float32"), threshold), [rows, labels]),
    weights && reshape(weights, [rows]),
  ];
}

/** The confusion matrix of each label against its absence, `[labels · 2 · 2]` cells. */
class LabelCounts implements LabelState {
  readonly #options: LabelScore & { readonly average: ClassAverage | "none" };
  readonly #cells: CellCounts;

  constructor(options: LabelScore & { readonly average: ClassAverage | "none" }) {
    this.#options = options;
    this.#cells = new CellCounts(options.name);
  }

  get variables(): readonly Variable[] {
    return this.#cells.variables;
  }

  add(truth: Tensor, guess: Tensor, weights: Tensor | undefined): void {
    const labels = truth.shape[1] as number;
    const seen = this.#cells.size;
    if (seen !== undefined && seen !== 4 * labels)
      throw new Error(
        `${this.#options.name}: has counted ${seen / 4} labels so far and now meets ${formatShape(truth.shape)}; ` +
          "use one metric for each output",
      );
    const pair = add(multiply(cast(truth, "int32"), 2), cast(guess, "int32"));
    const cells = add(multiply(iota([labels]), 4), pair);
    this.#cells.add(cells, 4 * labels, weights && broadcastTo(expandDims(weights, -1), truth.shape));
  }

  async result(): Promise<number | readonly number[]> {
    const cells = await this.#cells.read();
    const { name, score, average, zeroDivision, labels } = this.#options;
    const all = Array.from({ length: cells.length / 4 }, (_, label) => {
      const [absent, wrong, missed, right] = cells.slice(4 * label, 4 * label + 4) as [number, number, number, number];
      return classCounts([[absent, wrong], [missed, right]])[1] as ClassCounts; // biome-ignore format: a matrix
    });
    const counts = labels && all.length > 0 ? chosenCounts(name, all, labels) : all;
    if (average === "none") return counts.map((each) => score(each, zeroDivision));
    return counts.length === 0 ? Number.NaN : averageOf(score, counts, average, zeroDivision);
  }

  reset(): void {
    this.#cells.reset();
  }
}

/** The sum of every example's score of its own labels, which is computed on the device. */
class SampleScores implements LabelState {
  readonly #name: string;
  readonly #score: ScoreOfCounts;
  readonly #zeroDivision: number;
  readonly #labels: readonly number[] | undefined;
  readonly #examples: Count;
  readonly #total: CompensatedSum;
  readonly #weight: CompensatedSum;

  constructor({ name, score, zeroDivision, labels }: Omit<LabelScore, "average">) {
    this.#name = name;
    this.#score = score;
    this.#labels = labels;
    this.#zeroDivision = zeroDivision;
    this.#examples = new Count(`${name}/examples`);
    this.#total = new CompensatedSum(`${name}/total`);
    this.#weight = new CompensatedSum(`${name}/weight`);
  }

  get variables(): readonly Variable[] {
    return [this.#examples.variable, ...this.#total.variables, ...this.#weight.variables];
  }

  add(truth: Tensor, guess: Tensor, weights: Tensor | undefined): void {
    const [rows = 0, width = 0] = truth.shape;
    const labels = this.#labels ?? Array.from({ length: width }, (_, label) => label);
    const outside = labels.find((label) => label >= width);
    if (outside !== undefined)
      throw new RangeError(`${this.#name}: labels has ${outside}, but there are ${width} labels, 0 to ${width - 1}`);
    // Which columns are looked at.
    const chosen = this.#labels && tensor(Array.from({ length: width }, (_, label) => Number(labels.includes(label))));
    const count = (present: Tensor) => {
      const ones = cast(present, "float32");
      return sum(chosen ? multiply(ones, chosen) : ones, { axis: -1 });
    };
    const counts = {
      truePositives: count(logicalAnd(truth, guess)),
      predicted: count(guess),
      support: count(truth),
      examples: fill([rows], labels.length),
    };
    const divisor = sumOf(this.#score.divisor, counts);
    const isNone = equal(divisor, 0);
    const quotient = divide(sumOf(this.#score.dividend, counts), where(isNone, 1, divisor));
    // An example whose score is NaN is left out of the mean.
    const leavesOut = Number.isNaN(this.#zeroDivision);
    const scores = where(isNone, leavesOut ? 0 : this.#zeroDivision, quotient);
    const kept = leavesOut ? notEqual(divisor, 0) : undefined;
    this.#total.add(sum(weights ? multiply(scores, weights) : scores));
    if (weights) this.#weight.add(sum(kept ? where(kept, weights, 0) : weights));
    else this.#examples.add(kept ? sum(kept) : rows);
  }

  async result(): Promise<number> {
    const parts = [this.#total.read(), this.#examples.read(), this.#weight.read()] as const;
    const [total, examples, weight] = await Promise.all(parts);
    return total / (examples + weight);
  }

  reset(): void {
    for (const part of [this.#examples, this.#total, this.#weight]) part.reset();
  }
}

function sumOf(factors: CountFactors, counts: Readonly<Record<keyof ClassCounts, Tensor>>): Tensor {
  const parts = (["truePositives", "predicted", "support", "examples"] as const).flatMap((name) => {
    const factor = factors[name] ?? 0;
    return factor === 0 ? [] : [factor === 1 ? counts[name] : multiply(counts[name], factor)];
  });
  return parts.reduce((a, b) => add(a, b));
}
