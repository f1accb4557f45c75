/** Batches that come one by one from the host: data that are made while training goes on, or do not fit on the device. */
import { describe } from "../../graph/options.ts";
import { getDevice } from "../../tensor/storage.ts";
import { hasFeatures, type LabelledExamples } from "../examples/arrays.ts";
import { type ClassWeight, prepareExamples, releaseBatch, toDevice, withClassWeight } from "../examples/examples.ts";
import { type Batch, type TrainingPrograms, traitsOf } from "./programs.ts";
import type { StateCopy } from "./state-copy.ts";
import type { TrainableModel } from "./trainable.ts";
import type { TrainingSource } from "./training-source.ts";

type Batches = AsyncIterable<LabelledExamples> | Iterable<LabelledExamples>;

/** Batches `{ x, y }` one after another; a function is asked for them anew for each epoch (counted from 0). */
export type BatchStream = Batches | ((epoch: number) => Batches);

export interface StreamOptions {
  /** Batches an epoch. Without it an epoch lasts as long as the stream. */
  readonly steps?: number | undefined;
  /** Examples an epoch, where they are known. */
  readonly examples?: number | undefined;
  readonly classWeight?: ClassWeight | undefined;
  /** The first epoch, counted from 0. */
  readonly initialEpoch: number;
}

/** Whether a value can be iterated for batches. */
export function isBatchStream(value: unknown): value is BatchStream {
  if (typeof value === "function") return true;
  return (
    typeof value === "object" &&
    value !== null &&
    !ArrayBuffer.isView(value) &&
    (Symbol.asyncIterator in value || (Symbol.iterator in value && !Array.isArray(value)))
  );
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
    const batches = new BatchReader(model, stream, options);
    await batches.beginEpoch(options.initialEpoch);
    return new StreamSource(model, programs(await batches.peek()), batches, options);
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

  release(): void {
    if (this.#batch) releaseBatch(this.#batch);
    this.#batch = undefined;
  }
}

function iterate(batches: Batches): AsyncIterator<LabelledExamples> | Iterator<LabelledExamples> {
  if (typeof batches === "object" && batches !== null) {
    if (Symbol.asyncIterator in batches) return batches[Symbol.asyncIterator]();
    if (Symbol.iterator in batches) return batches[Symbol.iterator]();
  }
  throw new TypeError(`fit: the function of batches gave ${describe(batches)}, expected something to iterate`);
}

/** Reads batches from a stream, epoch after epoch, and checks each. */
class BatchReader {
  readonly #model: TrainableModel;
  readonly #stream: BatchStream;
  readonly #options: StreamOptions;
  #iterator: AsyncIterator<LabelledExamples> | Iterator<LabelledExamples> | undefined;
  #epoch: number | undefined;
  #ahead: Batch | undefined;
  #count = 0;

  constructor(model: TrainableModel, stream: BatchStream, options: StreamOptions) {
    this.#model = model;
    this.#stream = stream;
    this.#options = options;
  }

  /** Starts the stream again, unless it is one that goes on from epoch to epoch. */
  async beginEpoch(epoch: number): Promise<void> {
    if (epoch === this.#epoch) return;
    this.#epoch = epoch;
    const goesOn = typeof this.#stream !== "function" && this.#options.steps !== undefined;
    if (this.#iterator && goesOn) return;
    this.#iterator = iterate(typeof this.#stream === "function" ? this.#stream(epoch) : this.#stream);
    this.#ahead = undefined;
    this.#count = 0;
  }

  async peek(): Promise<Batch> {
    this.#ahead ??= await this.#read();
    if (!this.#ahead) throw new Error("fit: the stream of batches is empty; look at how it is made");
    return this.#ahead;
  }

  async next(): Promise<Batch | undefined> {
    const batch = this.#ahead ?? (await this.#read());
    this.#ahead = undefined;
    if (!batch && this.#count === 0)
      throw new Error(
        `fit: the stream of batches is empty in epoch ${(this.#epoch ?? 0) + 1}: an iterator can be read only once; ` +
          "give a function that makes a new one for each epoch, or stepsPerEpoch",
      );
    return batch;
  }

  async #read(): Promise<Batch | undefined> {
    const { value, done } = (await this.#iterator?.next()) ?? { value: undefined, done: true };
    if (done === true) return undefined;
    const owner = `fit: batch ${this.#count++} of the stream`;
    if (!hasFeatures(value)) throw new TypeError(`${owner} is ${describe(value)}, expected { x, y }`);
    const examples = await prepareExamples(this.#model, value, owner);
    const { classWeight } = this.#options;
    return toDevice(classWeight ? withClassWeight(examples, classWeight, owner) : examples);
  }
}
