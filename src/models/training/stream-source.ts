/** Training on batches that come one by one from the host: data that are made meanwhile, or do not fit on the device. */
import { getDevice } from "../../tensor/storage.ts";
import type { Tensor } from "../../tensor/tensor.ts";
import type { ClassWeight } from "../examples/class-weight.ts";
import { releaseBatch } from "../examples/examples.ts";
import type { Batch } from "./batch.ts";
import { BatchReader } from "./batch-reader.ts";
import type { BatchStream } from "./batch-stream.ts";
import type { TrainingPrograms } from "./programs.ts";
import type { StateCopy } from "./state-copy.ts";
import type { TrainableModel } from "./trainable.ts";
import type { TrainingSource } from "./training-source.ts";
import { warnOfSingleExamples } from "./training-warnings.ts";
import { traitsOf } from "./traits.ts";

export interface StreamOptions {
  /** Batches an epoch. Without it an epoch lasts as long as the stream. */
  readonly steps?: number | undefined;
  /** Examples an epoch, where they are known. */
  readonly examples?: number | undefined;
  readonly classWeight?: ClassWeight | undefined;
  /** The first epoch, counted from 0. */
  readonly initialEpoch: number;
}

export class StreamSource implements TrainingSource {
  readonly steps: number | undefined;
  readonly examples: number | undefined;
  readonly batchSize = undefined;
  readonly programs: TrainingPrograms;
  readonly #model: TrainableModel;
  readonly #before: StateCopy;
  readonly #batches: BatchReader;
  #batch: Batch | undefined;
  #step = 0;

  private constructor(model: TrainableModel, programs: TrainingPrograms, batches: BatchReader, options: StreamOptions) {
    this.#model = model;
    this.programs = programs;
    this.#batches = batches;
    this.#before = programs.before;
    this.steps = options.steps;
    this.examples = options.examples;
  }

  /**
   * Reads the first batch, for which a model that is not built yet is built.
   *
   * @param programs Gives the steps of the built model.
   */
  static async open(
    model: TrainableModel,
    programs: (sample: Batch) => TrainingPrograms,
    stream: BatchStream,
    options: StreamOptions,
  ): Promise<StreamSource> {
    const { steps, classWeight } = options;
    const batches = new BatchReader(model, stream, { owner: "fit", classWeight, goesOn: steps !== undefined });
    await batches.beginEpoch(options.initialEpoch);
    const first = await batches.peek();
    warnOfSingleExamples(
      model,
      first.x.map(({ shape }) => shape[0] ?? 0),
      "fit",
    );
    return new StreamSource(model, programs(first), batches, options);
  }

  async beginEpoch(epoch: number): Promise<void> {
    await this.#batches.beginEpoch(epoch);
    this.#step = 0;
    this.programs.totals.reset();
  }

  async advance(): Promise<number> {
    if (this.#step === this.steps) return 0;
    const batch = await this.#batches.next();
    if (!batch) {
      if (this.steps !== undefined)
        throw new Error(
          `fit: the stream of batches ended after ${this.#step} of the epoch's ${this.steps} steps; ` +
            "give a stream with more batches, fewer stepsPerEpoch, or a function that makes a new stream for each epoch",
        );
      return 0;
    }
    this.release();
    this.#batch = batch;
    this.#step++;
    this.#before.take();
    this.programs.onBatch(batch, traitsOf(this.#model));
    await getDevice().finish();
    return 1;
  }

  async rewind(): Promise<{ step: number; batch: Batch }> {
    if (!this.#batch) throw new Error("fit: there is no batch to go back to");
    this.#before.restore();
    return { step: this.#step - 1, batch: this.#batch };
  }

  inputs(): readonly (readonly Tensor[])[] {
    return this.#batch ? [this.#batch.x] : [];
  }

  release(): void {
    if (this.#batch) releaseBatch(this.#batch);
    this.#batch = undefined;
  }
}
