/** timeLimit: ends the training when it has taken so long. */
import { checkNumber, checkOptions } from "../../graph/options.ts";
import { printLine } from "../print.ts";
import type { BatchProgress, Callback, CallbackModel } from "./callback.ts";

export interface TimeLimitOptions {
  /** How long training may take, above 0; what is given in several units adds up. */
  readonly seconds?: number;
  readonly minutes?: number;
  readonly hours?: number;
  /** 1, the default, prints a line when training is ended; 0 does not. */
  readonly verbose?: 0 | 1;
}

/**
 * Ends the training at the first edge between submissions (about every 50 ms, or after every batch where one takes longer) at which
 * so much time has passed since it began. An epoch that is cut short is validated and stands in the history as far as it
 * came; the weights are those after its last batch. With `backupAndRestore` the next call of `fit` goes on with that epoch.
 *
 * @throws RangeError If no time is given, or one that is not above 0.
 * @example
 * const limit = callbacks.timeLimit({ minutes: 30 });
 * await model.fit(train, { epochs: 1000, callbacks: [limit] });
 * console.log(limit.reason); // "the time limit of 30 min passed in epoch 12 of 1000, after step 230 of 469"
 */
export function timeLimit(options: TimeLimitOptions): TimeLimit {
  return new TimeLimit(options);
}

export class TimeLimit implements Callback {
  readonly #seconds: number;
  readonly #verbose: 0 | 1;
  #model: CallbackModel | undefined;
  #begin = 0;
  #epochs = 0;
  /** Why training was ended; undefined if the time sufficed. */
  reason: string | undefined;

  constructor(options: TimeLimitOptions) {
    checkOptions("timeLimit", options, { seconds: true, minutes: true, hours: true, verbose: true });
    const { verbose = 1, ...times } = options;
    const units = { seconds: 1, minutes: 60, hours: 3600 };
    let total = 0;
    for (const unit of ["seconds", "minutes", "hours"] as const) {
      const time = times[unit];
      if (time === undefined) continue;
      checkNumber("timeLimit", unit, time, { above: 0 });
      total += time * units[unit];
    }
    if (total === 0) throw new RangeError("timeLimit: no time is given; give seconds, minutes or hours");
    this.#seconds = total;
    this.#verbose = verbose;
  }

  get interrupted(): boolean {
    return this.reason !== undefined;
  }

  setModel(model: CallbackModel): void {
    this.#model = model;
  }

  setParameters({ epochs }: { readonly epochs: number }): void {
    this.#epochs = epochs;
  }

  onTrainBegin(): void {
    this.#begin = performance.now();
    this.reason = undefined;
  }

  onBatchEnd({ epoch, step, steps }: BatchProgress): void {
    this.#stopIfOver(
      () => `in epoch ${epoch + 1} of ${this.#epochs}, after step ${step}${steps === undefined ? "" : ` of ${steps}`}`,
    );
  }

  onEpochEnd(epoch: number): void {
    // The time may have passed while the epoch was validated; after the last epoch nothing is cut short.
    if (epoch + 1 < this.#epochs) this.#stopIfOver(() => `after epoch ${epoch + 1} of ${this.#epochs}`);
  }

  onTrainEnd(): void {
    if (this.reason !== undefined && this.#verbose > 0) printLine(`Training ended: ${this.reason}`);
  }

  #stopIfOver(where: () => string): void {
    if (this.reason !== undefined || performance.now() - this.#begin < this.#seconds * 1000) return;
    this.reason = `the time limit of ${formatTime(this.#seconds)} passed ${where()}`;
    if (this.#model) this.#model.stopTraining = true;
  }
}

/** `90 s`, `30 min`, `2 h` */
function formatTime(seconds: number): string {
  if (seconds >= 3600 && seconds % 3600 === 0) return `${seconds / 3600} h`;
  return seconds >= 60 && seconds % 60 === 0 ? `${seconds / 60} min` : `${seconds} s`;
}
