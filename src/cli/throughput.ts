/** How many examples a second the training itself took in, without validation and the rest. */
import type { BatchProgress, Callback } from "../models/callbacks/callback.ts";

export class Throughput implements Callback {
  #examples = 0;
  #seconds = 0;
  #epoch: BatchProgress | undefined;

  onBatchEnd(progress: BatchProgress): void {
    this.#epoch = progress;
  }

  onEpochEnd(): void {
    if (!this.#epoch) return;
    this.#examples += this.#epoch.examples;
    this.#seconds += this.#epoch.examples / this.#epoch.examplesPerSecond;
    this.#epoch = undefined;
  }

  /** Over all finished epochs; 0 before the first. */
  get examplesPerSecond(): number {
    return this.#seconds === 0 ? 0 : this.#examples / this.#seconds;
  }
}
