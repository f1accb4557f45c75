/** EvaluationPass: loss and metrics over a data set on the device, exact over all its examples. */

import type { Metric } from "../../metrics/metric.ts";
import { getDevice } from "../../tensor/storage.ts";
import type { Tensor } from "../../tensor/tensor.ts";
import { type HostExamples, releaseBatch, sliceHostExamples, toDevice } from "../examples/examples.ts";
import type { Batch } from "./batch.ts";
import { metricsOf } from "./judge.ts";
import { Pace } from "./pace.ts";
import type { StepPrograms } from "./programs.ts";
import type { TrainableModel } from "./trainable.ts";
import { traitsOf } from "./traits.ts";

/** A way through data that are judged, as often as wanted. */
export interface Pass {
  /** Goes through all examples; totals and metrics then hold what was found. */
  run(): Promise<void>;
  /** The model's inputs, batch by batch: of all, or of the last one where the others are gone. */
  inputs(): Iterable<readonly Tensor[]>;
  /** Frees the examples' memory on the device. */
  release(): void;
}

export class EvaluationPass implements Pass {
  readonly #model: TrainableModel;
  readonly #programs: StepPrograms;
  readonly #metrics: readonly Metric[];
  readonly #examples: HostExamples;
  readonly #batchSize: number;
  readonly #resident: Batch | undefined;
  readonly #pace = new Pace();

  /** @param further Metrics beside the compiled ones, which the programs update too. */
  constructor(
    model: TrainableModel,
    programs: StepPrograms,
    examples: HostExamples,
    batchSize: number,
    further: readonly Metric[] = [],
  ) {
    this.#model = model;
    this.#programs = programs;
    this.#metrics = [...metricsOf(model), ...further];
    this.#examples = examples;
    this.#batchSize = Math.min(batchSize, examples.length);
    this.#resident = toDeviceIfItFits(examples);
  }

  async run(): Promise<void> {
    this.#programs.totals.reset();
    for (const metric of this.#metrics) metric.reset();
    const { length } = this.#examples;
    const fullSteps = Math.floor(length / this.#batchSize);
    for (let step = 0; step < fullSteps; ) {
      const steps = this.#resident ? this.#pace.next(fullSteps - step) : 1;
      const begin = performance.now();
      await this.#take(step, steps, this.#batchSize);
      this.#pace.record(steps, performance.now() - begin);
      await this.#pace.pause();
      step += steps;
    }
    const rest = length - fullSteps * this.#batchSize;
    if (rest > 0) await this.#take(fullSteps, 1, rest);
  }

  release(): void {
    if (this.#resident) releaseBatch(this.#resident);
  }

  async #take(step: number, steps: number, batchSize: number): Promise<void> {
    const traits = traitsOf(this.#model);
    if (this.#resident) {
      this.#programs.onResident.repeat(steps, { ...this.#resident, order: undefined }, batchSize, traits);
      return getDevice().finish();
    }
    const start = step * this.#batchSize;
    const batch = toDevice(sliceHostExamples(this.#examples, start, start + batchSize));
    this.#programs.onBatch(batch, traits);
    await getDevice().finish();
    releaseBatch(batch);
  }

  *inputs(): Generator<readonly Tensor[]> {
    const { length } = this.#examples;
    for (let start = 0; start < length; start += this.#batchSize)
      yield toDevice(sliceHostExamples(this.#examples, start, Math.min(start + this.#batchSize, length))).x;
  }
}

/** The examples on the device; undefined where its memory does not hold them. */
export function toDeviceIfItFits(examples: HostExamples): Batch | undefined {
  try {
    return toDevice(examples);
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}
