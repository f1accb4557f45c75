/** StreamEvaluationPass: loss and metrics over batches that come one by one from the host, exact over all their examples. */
import type { Metric } from "../../metrics/metric.ts";
import { getDevice } from "../../tensor/storage.ts";
import type { Tensor } from "../../tensor/tensor.ts";
import { releaseBatch } from "../examples/examples.ts";
import type { Batch } from "./batch.ts";
import { type BatchReader, endedEarly } from "./batch-reader.ts";
import type { Pass } from "./evaluation-pass.ts";
import { metricsOf } from "./judge.ts";
import { Pace } from "./pace.ts";
import type { StepPrograms } from "./programs.ts";
import type { TrainableModel } from "./trainable.ts";
import { traitsOf } from "./traits.ts";

export interface StreamPassOptions {
  /** How many batches to take, which the stream must have; default all there are. */
  readonly steps?: number | undefined;
  /** Metrics beside the compiled ones, which the programs update too. */
  readonly further?: readonly Metric[];
}

export class StreamEvaluationPass implements Pass {
  readonly #model: TrainableModel;
  readonly #programs: StepPrograms;
  readonly #batches: BatchReader;
  readonly #options: StreamPassOptions;
  readonly #pace = new Pace();
  #passes = 0;
  #last: Batch | undefined;

  constructor(model: TrainableModel, programs: StepPrograms, batches: BatchReader, options: StreamPassOptions = {}) {
    this.#model = model;
    this.#programs = programs;
    this.#batches = batches;
    this.#options = options;
  }

  async run(): Promise<void> {
    const { steps, further = [] } = this.#options;
    this.#programs.totals.reset();
    for (const metric of [...metricsOf(this.#model), ...further]) metric.reset();
    await this.#batches.beginEpoch(this.#passes++);
    for (let step = 0; step !== steps; step++) {
      const batch = await this.#batches.next();
      if (!batch) {
        if (steps !== undefined) throw endedEarly(this.#batches.owner, step, steps);
        break;
      }
      this.#last = batch;
      this.#programs.onBatch(batch, traitsOf(this.#model));
      await getDevice().finish();
      releaseBatch(batch);
      await this.#pace.pause();
    }
  }

  inputs(): readonly (readonly Tensor[])[] {
    return this.#last ? [this.#last.x] : [];
  }

  release(): void {}
}
