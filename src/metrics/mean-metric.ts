/** What metrics share that are a mean over the examples: of hits, of errors, of losses. */
import { formatShape } from "../graph/shape.ts";
import { cast, multiply } from "../ops/elementwise.ts";
import { broadcastTo, reshape } from "../ops/movement.ts";
import { sum } from "../ops/reduce.ts";
import { fill } from "../tensor/creation.ts";
import type { Tensor } from "../tensor/tensor.ts";
import type { Variable } from "../tensor/variable.ts";
import { Metric, type MetricOptions } from "./metric.ts";
import { CompensatedSum } from "./sums.ts";

/** The mean of a value over all examples, weighted where weights are given. */
export abstract class MeanMetric extends Metric {
  readonly #total: CompensatedSum;
  readonly #weight: CompensatedSum;

  constructor(className: string, options: MetricOptions) {
    super(className, options);
    this.#total = new CompensatedSum(`${this.name}/total`);
    this.#weight = new CompensatedSum(`${this.name}/weight`);
  }

  /** The value of each example, `[batch, ...]`, float32 or bool. */
  protected abstract perExample(yTrue: Tensor, yPred: Tensor): Tensor;

  get variables(): readonly Variable[] {
    return [...this.#total.variables, ...this.#weight.variables];
  }

  update(yTrue: Tensor, yPred: Tensor, sampleWeight?: Tensor): void {
    const values = this.perExample(yTrue, yPred);
    if (!sampleWeight) {
      this.#total.add(cast(sum(values), "float32"));
      this.#weight.add(fill([], values.size));
      return;
    }
    const weights = alignWeights(this.name, sampleWeight, values.shape);
    this.#total.add(sum(multiply(cast(values, "float32"), weights)));
    this.#weight.add(sum(weights));
  }

  async result(): Promise<number> {
    const [total, weight] = await Promise.all([this.#total.read(), this.#weight.read()]);
    return total / weight;
  }

  reset(): void {
    this.#total.reset();
    this.#weight.reset();
  }
}

/** Weights of examples, `[batch]`, stretched over values `[batch, ...]`. */
export function alignWeights(name: string, sampleWeight: Tensor, shape: readonly number[]): Tensor {
  const weights = cast(sampleWeight, "float32");
  const [batch = 1, ...rest] = shape;
  if (weights.size !== batch)
    throw new Error(
      `${name}: sampleWeight has the shape ${formatShape(sampleWeight.shape)}, expected one weight an example, [${batch}]`,
    );
  return broadcastTo(reshape(weights, shape.length === 0 ? [] : [batch, ...rest.map(() => 1)]), shape);
}
