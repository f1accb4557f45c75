/** R² and explained variance: how much of the targets' variance predictions explain, from sums that are kept on the device. */
import { checkChoice, checkOptions } from "../graph/options.ts";
import type { Configuration } from "../graph/registry.ts";
import { sizeOf } from "../graph/shape.ts";
import { alignTargets } from "../losses/align.ts";
import { cast, equal, multiply, square, subtract, where } from "../ops/elementwise.ts";
import { reshape } from "../ops/movement.ts";
import { sum } from "../ops/reduce.ts";
import { sliceAxis } from "../ops/slicing.ts";
import { fill, zeros } from "../tensor/creation.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { Variable } from "../tensor/variable.ts";
import { alignWeights } from "./mean-metric.ts";
import { Metric, type MetricOptions } from "./metric.ts";
import { explainedShare } from "./regression.ts";
import { total } from "./scores.ts";
import { CompensatedSum, Count } from "./sums.ts";

export type R2Average = "uniformAverage" | "varianceWeighted" | "rawValues";

export interface ExplainedOptions extends MetricOptions {
  /** How the scores of several outputs become one: their mean (default), weighted by variance, or not at all. */
  multioutput?: R2Average;
}

export type R2ScoreOptions = ExplainedOptions;
export type ExplainedVarianceOptions = ExplainedOptions;

/** The spread of values `[outputs]` around their mean. They are measured from the first one, so that an offset of all costs no digits. */
class Spread {
  readonly #pivot: Variable;
  readonly #deviations: CompensatedSum;
  readonly #squares: CompensatedSum;

  constructor(name: string, outputs: number) {
    this.#pivot = new Variable(zeros([outputs]), { name: `${name}/pivot`, trainable: false });
    this.#deviations = new CompensatedSum(`${name}/deviations`, [outputs]);
    this.#squares = new CompensatedSum(`${name}/squares`, [outputs]);
  }

  get variables(): readonly Variable[] {
    return [this.#pivot, ...this.#deviations.variables, ...this.#squares.variables];
  }

  /** @param values `[batch, outputs]`, as the weights. @param isFirst Whether these are the first ones. */
  add(values: Tensor, weights: Tensor | undefined, isFirst: Tensor): void {
    const first = reshape(sliceAxis(values, 0, 0, 1), this.#pivot.shape);
    const pivot = where(isFirst, first, this.#pivot);
    const deviation = subtract(values, pivot);
    this.#deviations.add(weightedSum(deviation, weights));
    this.#squares.add(weightedSum(square(deviation), weights));
    this.#pivot.assign(pivot);
  }

  /** Σ(value - mean)² of each output. */
  async read(weight: number): Promise<readonly number[]> {
    const [shifts, squares] = await Promise.all([this.#deviations.readAll(), this.#squares.readAll()]);
    return squares.map((sum, output) => Math.max(0, sum - (shifts[output] as number) ** 2 / weight));
  }

  reset(): void {
    this.#deviations.reset();
    this.#squares.reset();
  }
}

/** Σ error² of each output. */
class SquaredErrors {
  readonly #sum: CompensatedSum;

  constructor(name: string, outputs: number) {
    this.#sum = new CompensatedSum(`${name}/errors`, [outputs]);
  }

  get variables(): readonly Variable[] {
    return this.#sum.variables;
  }

  add(errors: Tensor, weights: Tensor | undefined): void {
    this.#sum.add(weightedSum(square(errors), weights));
  }

  read(): Promise<readonly number[]> {
    return this.#sum.readAll();
  }

  reset(): void {
    this.#sum.reset();
  }
}

function weightedSum(values: Tensor, weights: Tensor | undefined): Tensor {
  return sum(weights ? multiply(values, weights) : values, { axis: 0 });
}

/** The state of one number of outputs. */
interface Sums {
  readonly outputs: number;
  readonly targets: Spread;
  readonly errors: Spread | SquaredErrors;
}

/** 1 - what predictions leave unexplained, by the targets' spread. */
abstract class ExplainedMetric extends Metric {
  readonly multioutput: R2Average;
  readonly #examples: Count;
  readonly #weight: CompensatedSum;
  #sums: Sums | undefined;

  constructor(className: string, options: ExplainedOptions) {
    checkOptions(className, options, { name: true, multioutput: true });
    super(className, options);
    this.multioutput = options.multioutput ?? "uniformAverage";
    checkChoice(className, "multioutput", this.multioutput, ["uniformAverage", "varianceWeighted", "rawValues"]);
    this.#examples = new Count(`${this.name}/examples`);
    this.#weight = new CompensatedSum(`${this.name}/weight`);
  }

  /** What is kept of the errors. */
  protected abstract errorsOf(name: string, outputs: number): Spread | SquaredErrors;

  get variables(): readonly Variable[] {
    const { targets, errors } = this.#sums ?? {};
    return [
      this.#examples.variable,
      ...this.#weight.variables,
      ...(targets?.variables ?? []),
      ...(errors?.variables ?? []),
    ];
  }

  update(yTrue: Tensor, yPred: Tensor, sampleWeight?: Tensor): void {
    // Weights of steps, [batch, time], make each step an example.
    const axes = Math.max(1, sampleWeight && sampleWeight.size > (yPred.shape[0] ?? 1) ? sampleWeight.rank : 1);
    const batch = sizeOf(yPred.shape.slice(0, axes));
    if (batch === 0) return;
    const flat = [batch, yPred.size / batch];
    const predicted = reshape(cast(yPred, "float32"), flat);
    const target = reshape(alignTargets(this.name, yTrue, yPred), flat);
    const sums = this.#sumsOf(flat[1] as number);
    const weights = sampleWeight ? reshape(alignWeights(this.name, sampleWeight, yPred.shape), flat) : undefined;
    const isFirst = equal(this.#examples.variable, 0);
    sums.targets.add(target, weights, isFirst);
    sums.errors.add(subtract(target, predicted), weights, isFirst);
    this.#weight.add(sampleWeight ? sum(cast(sampleWeight, "float32")) : fill([], batch));
    this.#examples.add(batch);
  }

  #sumsOf(outputs: number): Sums {
    this.#sums ??= {
      outputs,
      targets: new Spread(this.name, outputs),
      errors: this.errorsOf(this.name, outputs),
    };
    if (this.#sums.outputs !== outputs)
      throw new Error(
        `${this.name}: has seen ${this.#sums.outputs} outputs an example so far and now meets ${outputs}; use one metric for each`,
      );
    return this.#sums;
  }

  async result(): Promise<number | readonly number[]> {
    const [examples, weight] = await Promise.all([this.#examples.read(), this.#weight.read()]);
    if (!this.#sums || examples < 2) return Number.NaN;
    const [variances, missed] = await Promise.all([this.#sums.targets.read(weight), this.#sums.errors.read(weight)]);
    const scores = variances.map((variance, output) => explainedShare(missed[output] as number, variance, true));
    if (this.multioutput === "rawValues") return scores;
    const isWeighted = this.multioutput === "varianceWeighted" && variances.some((variance) => variance > 0);
    const weights = isWeighted ? variances : scores.map(() => 1);
    return total(scores.map((score, output) => score * (weights[output] as number))) / total(weights);
  }

  reset(): void {
    this.#examples.reset();
    this.#weight.reset();
    this.#sums?.targets.reset();
    this.#sums?.errors.reset();
  }

  override config(): Configuration {
    return { ...super.config(), multioutput: this.multioutput };
  }
}

/**
 * The coefficient of determination R²: 1 - Σ(yTrue - yPred)² / Σ(yTrue - mean)², the mean being that of all examples. Targets and
 * predictions `[batch]` or `[batch, outputs]`. NaN for fewer than two examples.
 */
export class R2Score extends ExplainedMetric {
  static readonly className = "r2Score";
  readonly className = R2Score.className;

  constructor(options: R2ScoreOptions = {}) {
    super("r2Score", options);
  }

  protected errorsOf(name: string, outputs: number): SquaredErrors {
    return new SquaredErrors(name, outputs);
  }
}

/**
 * Explained variance: 1 - Var(yTrue - yPred) / Var(yTrue), R² without the blame for errors that all examples share. Targets and predictions
 * `[batch]` or `[batch, outputs]`. NaN for fewer than two examples.
 */
export class ExplainedVariance extends ExplainedMetric {
  static readonly className = "explainedVariance";
  readonly className = ExplainedVariance.className;

  constructor(options: ExplainedVarianceOptions = {}) {
    super("explainedVariance", options);
  }

  protected errorsOf(name: string, outputs: number): Spread {
    return new Spread(`${name}/errors`, outputs);
  }
}
