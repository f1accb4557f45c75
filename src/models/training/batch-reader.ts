/** Reads batches that come one by one from the host, epoch after epoch. */
import { describe } from "../../graph/options.ts";
import { hasFeatures, type LabelledExamples } from "../examples/arrays.ts";
import { checkIndices } from "../examples/check-indices.ts";
import { type ClassWeight, withClassWeight } from "../examples/class-weight.ts";
import { prepareExamples, toDevice } from "../examples/examples.ts";
import type { Batch } from "./batch.ts";
import type { BatchStream, StreamOf } from "./batch-stream.ts";
import type { TrainableModel } from "./trainable.ts";

/** Begins to read a stream. @throws TypeError If its function gives nothing to iterate. */
export function iterate<T>(stream: StreamOf<T>, epoch: number, owner: string): AsyncIterator<T> | Iterator<T> {
  const batches = typeof stream === "function" ? stream(epoch) : stream;
  if (typeof batches === "object" && batches !== null) {
    if (Symbol.asyncIterator in batches) return batches[Symbol.asyncIterator]();
    if (Symbol.iterator in batches) return batches[Symbol.iterator]();
  }
  throw new TypeError(`${owner}: the function of batches gave ${describe(batches)}, expected something to iterate`);
}

/** What to say of a stream with fewer batches than were asked for. */
export function endedEarly(owner: string, taken: number, steps: number): Error {
  return new Error(
    `${owner}: the stream of batches ended after ${taken} of ${steps} steps; give a stream with more batches, or fewer steps`,
  );
}

export interface BatchReaderOptions {
  /** What is called, for messages: `fit`, `evaluate`. */
  readonly owner: string;
  readonly classWeight?: ClassWeight | undefined;
  /** Whether an epoch takes up a stream where the last one left it, unless a function gives a new one; default false. */
  readonly goesOn?: boolean;
}

/** Reads batches from a stream, epoch after epoch, and checks each. */
export class BatchReader {
  readonly #model: TrainableModel;
  readonly #stream: BatchStream;
  readonly #options: BatchReaderOptions;
  #iterator: AsyncIterator<LabelledExamples> | Iterator<LabelledExamples> | undefined;
  #epoch: number | undefined;
  #ahead: Batch | undefined;
  #count = 0;

  constructor(model: TrainableModel, stream: BatchStream, options: BatchReaderOptions) {
    this.#model = model;
    this.#stream = stream;
    this.#options = options;
  }

  /** What is called, for messages. */
  get owner(): string {
    return this.#options.owner;
  }

  /** Starts the stream again, unless it is one that goes on from epoch to epoch. */
  async beginEpoch(epoch: number): Promise<void> {
    if (epoch === this.#epoch) return;
    this.#epoch = epoch;
    const { goesOn = false, owner } = this.#options;
    if (this.#iterator && goesOn && typeof this.#stream !== "function") return;
    this.#iterator = iterate(this.#stream, epoch, owner);
    this.#ahead = undefined;
    this.#count = 0;
  }

  /** The first batch, which stays the next; a model that is not built yet is built for it. */
  async peek(): Promise<Batch> {
    this.#ahead ??= await this.#read();
    if (!this.#ahead) throw new Error(`${this.#options.owner}: the stream of batches is empty; look at how it is made`);
    return this.#ahead;
  }

  async next(): Promise<Batch | undefined> {
    const batch = this.#ahead ?? (await this.#read());
    this.#ahead = undefined;
    if (!batch && this.#count === 0)
      throw new Error(
        `${this.#options.owner}: the stream of batches is empty in epoch ${(this.#epoch ?? 0) + 1}: an iterator can be read only once; ` +
          "give a function that makes a new one for each epoch" +
          (this.#options.owner === "fit" ? ", or stepsPerEpoch" : ""),
      );
    return batch;
  }

  async #read(): Promise<Batch | undefined> {
    const { value, done } = (await this.#iterator?.next()) ?? { value: undefined, done: true };
    if (done === true) return undefined;
    const owner = `${this.#options.owner}: batch ${this.#count++} of the stream`;
    if (!hasFeatures(value)) throw new TypeError(`${owner} is ${describe(value)}, expected { x, y }`);
    const examples = await prepareExamples(this.#model, value, owner);
    await checkIndices(this.#model, examples.x, owner);
    const { classWeight } = this.#options;
    return toDevice(classWeight ? withClassWeight(examples, classWeight, owner) : examples);
  }
}
