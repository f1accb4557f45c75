/** Metric: a number that judges predictions, exact over all the examples seen since it was reset. */
import type { Configurable, Configuration } from "../graph/registry.ts";
import type { Tensor } from "../tensor/tensor.ts";
import type { Variable } from "../tensor/variable.ts";

/** A number; one for each class; or the rows of a matrix. */
export type MetricResult = number | readonly number[] | readonly (readonly number[])[];

export interface MetricOptions {
  /** The key in logs and reports; default: the kind of metric. */
  name?: string;
}

/**
 * A metric. Its state is Variables, which `update` assigns: inside `jit` that is part of the program, and nothing is read back
 * before `result`. Counts and sums are kept, not means of batches, so the size of batches makes no difference.
 */
export abstract class Metric implements Configurable {
  abstract readonly className: string;
  readonly name: string;

  constructor(className: string, options: MetricOptions = {}) {
    this.name = options.name ?? className;
  }

  /** The state; empty before the first update of a metric that learns the number of classes from it. */
  abstract get variables(): readonly Variable[];

  /**
   * Takes in a batch.
   *
   * @param yTrue The targets, `[batch, ...]`.
   * @param yPred The model's predictions, `[batch, ...]`.
   * @param sampleWeight `[batch]`, how often each example counts, or `[batch, time]`, each step; default once.
   */
  abstract update(yTrue: Tensor, yPred: Tensor, sampleWeight?: Tensor): void;

  /** The value over everything since the last reset; NaN of nothing. */
  abstract result(): Promise<MetricResult>;

  /** Forgets what was seen. */
  abstract reset(): void;

  /** The options, enough to make an equal metric. A subclass adds its own. */
  config(): Configuration {
    return { name: this.name };
  }
}
