/** The largest error over a whole data set. */
import { checkOptions } from "../graph/options.ts";
import { alignTargets } from "../losses/align.ts";
import { abs, cast, maximum, notEqual, subtract, where } from "../ops/elementwise.ts";
import { max } from "../ops/reduce.ts";
import { fill } from "../tensor/creation.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { Variable } from "../tensor/variable.ts";
import { alignWeights } from "./mean-metric.ts";
import { Metric, type MetricOptions } from "./metric.ts";

/** max |yTrue - yPred|. Examples whose weight is 0 are left out; other weights make no difference. NaN of nothing. */
export class MaxError extends Metric {
  static readonly className = "maxError";
  readonly className = MaxError.className;
  /** No error is negative: -1 is none yet. */
  readonly #largest: Variable;

  constructor(options: MetricOptions = {}) {
    checkOptions("maxError", options, { name: true });
    super("maxError", options);
    this.#largest = new Variable(fill([], -1), { name: `${this.name}/largest`, trainable: false });
  }

  get variables(): readonly Variable[] {
    return [this.#largest];
  }

  update(yTrue: Tensor, yPred: Tensor, sampleWeight?: Tensor): void {
    const errors = abs(subtract(alignTargets(this.name, yTrue, yPred), cast(yPred, "float32")));
    const weights = sampleWeight && alignWeights(this.name, sampleWeight, errors.shape);
    const counted = weights ? where(notEqual(weights, 0), errors, -1) : errors;
    this.#largest.assign(maximum(this.#largest, max(counted)));
  }

  async result(): Promise<number> {
    const largest = await this.#largest.item();
    return largest < 0 ? Number.NaN : largest;
  }

  reset(): void {
    this.#largest.assign(fill([], -1));
  }
}
