/** R²: how much of the targets' variance predictions explain, from sums that are kept on the device. */
import { checkChoice, checkOptions } from "../graph/options.ts";
import type { Configuration } from "../graph/registry.ts";
import { sizeOf } from "../graph/shape.ts";
import { alignTargets } from "../losses/align.ts";
import { cast, equal, multiply, square, subtract, where } from "../ops/elementwise.ts";
import { reshape, sliceAxis } from "../ops/movement.ts";
import { sum } from "../ops/reduce.ts";
import { fill, zeros } from "../tensor/creation.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { Variable } from "../tensor/variable.ts";
import { alignWeights } from "./mean-metric.ts";
import { Metric, type MetricOptions } from "./metric.ts";
import { explainedShare } from "./regression.ts";
import { total } from "./scores.ts";
import { CompensatedSum, Count } from "./sums.ts";

export type R2Average = "uniformAverage" | "varianceWeighted" | "rawValues";

export interface R2ScoreOptions extends MetricOptions {
  /** How the scores of several outputs become one: their mean (default), weighted by variance, or not at all. */
  multioutput?: R2Average;
}

/** The state of one number of outputs, `[outputs]` each. */
interface Sums {
  /** The first example's targets, from which the others are measured, so that an offset of all does not cost digits. */
  readonly pivot: Variable;
  readonly deviations: CompensatedSum;
  readonly squares: CompensatedSum;
  readonly errors: CompensatedSum;
}

/**
 * The coefficient of determination R²: 1 - Σ(yTrue - yPred)² / Σ(yTrue - mean)², the mean being that of all examples. Targets and
 * predictions `[batch]` or `[batch, outputs]`. NaN for fewer than two examples.
 */
export class R2Score extends Metric {
  static readonly className = "r2Score";
  readonly className = R2Score.className;
  readonly multioutput: R2Average;
  readonly #examples: Count;
  readonly #weight: CompensatedSum;
  #sums: Sums | undefined;

  constructor(options: R2ScoreOptions = {}) {
    checkOptions("r2Score", options, { name: true, multioutput: true });
    super("r2Score", options);
    this.multioutput = options.multioutput ?? "uniformAverage";
    checkChoice("r2Score", "multioutput", this.multioutput, ["uniformAverage", "varianceWeighted", "rawValues"]);
    this.#examples = new Count(`${this.name}/examples`);
    this.#weight = new CompensatedSum(`${this.name}/weight`);
  }

  get variables(): readonly Variable[] {
    const { pivot, deviations, squares, errors } = this.#sums ?? {};
    return [
      this.#examples.variable,
      ...this.#weight.variables,
      ...(pivot ? [pivot] : []),
      ...[deviations, squares, errors].flatMap((part) => part?.variables ?? []),
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
    const first = reshape(sliceAxis(target, 0, 0, 1), sums.pivot.shape);
    const pivot = where(isFirst, first, sums.pivot);
    const deviation = subtract(target, pivot);
    const weighted = (values: Tensor) => sum(weights ? multiply(values, weights) : values, { axis: 0 });
    sums.deviations.add(weighted(deviation));
    sums.squares.add(weighted(square(deviation)));
    sums.errors.add(weighted(square(subtract(target, predicted))));
    sums.pivot.assign(pivot);
    this.#weight.add(sampleWeight ? sum(cast(sampleWeight, "float32")) : fill([], batch));
    this.#examples.add(batch);
  }

  #sumsOf(outputs: number): Sums {
    const part = (name: string) => new CompensatedSum(`${this.name}/${name}`, [outputs]);
    this.#sums ??= {
      pivot: new Variable(zeros([outputs]), { name: `${this.name}/pivot`, trainable: false }),
      deviations: part("deviations"),
      squares: part("squares"),
      errors: part("errors"),
    };
    if (this.#sums.pivot.size !== outputs)
      throw new Error(
        `${this.name}: has seen ${this.#sums.pivot.size} outputs an example so far and now meets ${outputs}; use one metric for each`,
      );
    return this.#sums;
  }

  async result(): Promise<number | readonly number[]> {
    const [examples, weight] = await Promise.all([this.#examples.read(), this.#weight.read()]);
    if (!this.#sums || examples < 2) return Number.NaN;
    const { deviations, squares, errors } = this.#sums;
    const [shifts, spreads, missed] = await Promise.all([deviations.readAll(), squares.readAll(), errors.readAll()]);
    const variances = spreads.map((spread, output) => Math.max(0, spread - (shifts[output] as number) ** 2 / weight));
    const scores = variances.map((variance, output) => explainedShare(missed[output] as number, variance, true));
    if (this.multioutput === "rawValues") return scores;
    const isWeighted = this.multioutput === "varianceWeighted" && variances.some((variance) => variance > 0);
    const weights = isWeighted ? variances : scores.map(() => 1);
    return total(scores.map((score, output) => score * (weights[output] as number))) / total(weights);
  }

  reset(): void {
    this.#examples.reset();
    this.#weight.reset();
    if (!this.#sums) return;
    for (const part of [this.#sums.deviations, this.#sums.squares, this.#sums.errors]) part.reset();
  }

  override config(): Configuration {
    return { ...super.config(), multioutput: this.multioutput };
  }
}
