/** Where the batches of a training come from, and the usual place: examples that lie on the device. */
import { fill } from "../../tensor/creation.ts";
import { permutation } from "../../tensor/permutation.ts";
import { getDevice } from "../../tensor/storage.ts";
import { type Tensor, tensor } from "../../tensor/tensor.ts";
import { releaseBatch } from "../examples/examples.ts";
import { type Batch, lengthOf, type ResidentExamples, selectBatch } from "./batch.ts";
import type { TrainingPrograms } from "./programs.ts";
import type { StateCopy } from "./state-copy.ts";
import type { TrainableModel } from "./trainable.ts";
import { traitsOf } from "./traits.ts";

/** Takes training steps on batches from somewhere. */
export interface TrainingSource {
  /** Batches an epoch, where it is known. */
  readonly steps: number | undefined;
  /** Examples an epoch, where it is known. */
  readonly examples: number | undefined;
  readonly batchSize: number | undefined;
  /** What the steps are. */
  readonly programs: TrainingPrograms;
  beginEpoch(epoch: number): Promise<void>;
  /** Submits up to `limit` training steps. Resolves to how many; 0 at the epoch's end. */
  advance(limit: number): Promise<number>;
  /**
   * Puts the model back to the state it had before the first batch whose loss was not finite, and returns that batch.
   *
   * @param position How many examples of the epoch came before it.
   */
  rewind(position: number): Promise<{ readonly step: number; readonly batch: Batch }>;
  /** The model's inputs, batch by batch: of all, or of the last one where the others are gone. */
  inputs(): Iterable<readonly Tensor[]>;
  /** Frees the examples' memory on the device. */
  release(): void;
}

export interface ResidentOptions {
  readonly batchSize: number;
  readonly shuffle: boolean;
  readonly seed: number;
}

/** Examples that lie on the device: a submission of many steps needs nothing from the host. */
export class ResidentSource implements TrainingSource {
  readonly steps: number;
  readonly examples: number;
  readonly batchSize: number;
  readonly #model: TrainableModel;
  readonly programs: TrainingPrograms;
  readonly #options: ResidentOptions;
  readonly #batch: Batch;
  readonly #before: StateCopy;
  readonly #fullSteps: number;
  #order: Tensor | undefined;
  #step = 0;

  /** @param batch All the examples. */
  constructor(model: TrainableModel, programs: TrainingPrograms, batch: Batch, options: ResidentOptions) {
    this.#model = model;
    this.programs = programs;
    this.#options = options;
    this.#batch = batch;
    this.#before = programs.before;
    this.examples = lengthOf(batch);
    this.batchSize = Math.min(options.batchSize, this.examples);
    this.#fullSteps = Math.floor(this.examples / this.batchSize);
    this.steps = Math.ceil(this.examples / this.batchSize);
  }

  async beginEpoch(epoch: number): Promise<void> {
    const { shuffle, seed } = this.#options;
    if (shuffle) {
      this.#order?.[Symbol.dispose]();
      this.#order = tensor(Int32Array.from(permutation(this.examples, seed, epoch)));
    }
    this.#step = 0;
    this.programs.totals.reset();
    this.#before.take();
  }

  async advance(limit: number): Promise<number> {
    const whole = Math.min(limit, this.#fullSteps - this.#step);
    const steps = whole > 0 ? whole : Math.min(limit, this.steps - this.#step);
    if (steps === 0) return 0;
    const batchSize = this.#sizeOf(this.#step);
    this.programs.onResident.repeat(steps, this.#resident, batchSize, traitsOf(this.#model));
    this.#step += steps;
    await getDevice().finish();
    return steps;
  }

  *inputs(): Generator<readonly Tensor[]> {
    for (let step = 0; step < this.steps; step++)
      yield selectBatch(this.#resident, fill([], step * this.batchSize, "int32"), this.#sizeOf(step)).x;
  }

  /** Training is the same each time, so the way to any step is to go there again from the epoch's start. */
  async rewind(position: number): Promise<{ step: number; batch: Batch }> {
    const { totals, onResident } = this.programs;
    const step = Math.floor(position / this.batchSize);
    this.#before.restore();
    totals.reset();
    if (step > 0) onResident.repeat(step, this.#resident, this.batchSize, traitsOf(this.#model));
    await getDevice().finish();
    return { step, batch: selectBatch(this.#resident, totals.position, this.#sizeOf(step)) };
  }

  release(): void {
    releaseBatch(this.#batch);
    this.#order?.[Symbol.dispose]();
  }

  get #resident(): ResidentExamples {
    return { ...this.#batch, order: this.#order };
  }

  /** The last batch has what is left. */
  #sizeOf(step: number): number {
    return step < this.#fullSteps ? this.batchSize : this.examples - this.#fullSteps * this.batchSize;
  }
}
