/** What metrics share that are a mean over the examples: of hits, of errors, of losses. */
import { formatShape } from "../graph/shape.ts";
import { cast, multiply } from "../ops/elementwise.ts";
import { broadcastTo, reshape } from "../ops/movement.ts";
import { sum } from "../ops/reduce.ts";
import type { Tensor } from "../tensor/tensor.ts";
import type { Variable } from "../tensor/variable.ts";
import { Metric, type MetricOptions } from "./metric.ts";
import { CompensatedSum, Count } from "./sums.ts";

/** The mean of a value over all examples, weighted where weights are given. Hits and examples are counted in int32. */
export abstract class MeanMetric extends Metric {
  readonly #hits: Count;
  readonly #examples: Count;
  readonly #total: CompensatedSum;
  readonly #weight: CompensatedSum;

  constructor(className: string, options: MetricOptions) {
    super(className, options);
    this.#hits = new Count(`${this.name}/hits`);
    this.#examples = new Count(`${this.name}/examples`);
    this.#total = new CompensatedSum(`${this.name}/total`);
    this.#weight = new CompensatedSum(`${this.name}/weight`);
  }

  /** The value of each example, `[batch, ...]`: float32, or bool for a hit or a miss. */
  protected abstract perExample(yTrue: Tensor, yPred: Tensor): Tensor;

  /** Which of these values count, bool in their shape; undefined where all do. Those that do not must be finite. */
  protected counted(_yTrue: Tensor, _yPred: Tensor): Tensor | undefined {
    return undefined;
  }

  get variables(): readonly Variable[] {
    return [this.#hits.variable, this.#examples.variable, ...this.#total.variables, ...this.#weight.variables];
  }

  update(yTrue: Tensor, yPred: Tensor, sampleWeight?: Tensor): void {
    const values = this.perExample(yTrue, yPred);
    const weights = this.#weightsOf(yTrue, yPred, values.shape, sampleWeight);
    if (weights) {
      this.#total.add(sum(multiply(cast(values, "float32"), weights)));
      this.#weight.add(sum(weights));
      return;
    }
    if (values.dtype === "bool") this.#hits.add(sum(values));
    else this.#total.add(sum(values));
    this.#examples.add(values.size);
  }

  #weightsOf(yTrue: Tensor, yPred: Tensor, shape: readonly number[], sampleWeight?: Tensor): Tensor | undefined {
    const given = sampleWeight && alignWeights(this.name, sampleWeight, shape);
    const counted = this.counted(yTrue, yPred);
    if (!counted) return given;
    const kept = cast(counted, "float32");
    return given ? multiply(given, kept) : kept;
  }

  async result(): Promise<number> {
    const parts = [this.#hits, this.#total, this.#examples, this.#weight];
    const [hits, total, examples, weight] = (await Promise.all(parts.map((part) => part.read()))) as [
      number,
      number,
      number,
      number,
    ];
    return (hits + total) / (examples + weight);
  }

  reset(): void {
    for (const part of [this.#hits, this.#examples, this.#total, this.#weight]) part.reset();
  }
}

/**
 * Weights of examples, `[batch]`, or of the values' first axes, such as `[batch, time]`, stretched over values `[batch, ...]`.
 *
 * @throws If the weights' axes are not the values' first ones.
 */
export function alignWeights(name: string, sampleWeight: Tensor, shape: readonly number[]): Tensor {
  const weights = cast(sampleWeight, "float32");
  const [batch = 1] = shape;
  const axes = weights.size === batch ? shape.slice(0, 1) : weights.shape;
  if (axes.length > shape.length || axes.some((size, axis) => size !== shape[axis]))
    throw new Error(
      `${name}: sampleWeight has the shape ${formatShape(sampleWeight.shape)}, expected one weight an example, [${batch}]` +
        (shape.length > 1 ? `, or the first axes of ${formatShape(shape)}` : ""),
    );
  return broadcastTo(reshape(weights, [...axes, ...shape.slice(axes.length).map(() => 1)]), shape);
}
