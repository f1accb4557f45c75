/** learningRateScheduler: sets the learning rate anew at each epoch. */
import { printLine } from "../print.ts";
import type { Callback, CallbackModel, Logs } from "./callback.ts";

/** The rate for an epoch (counted from 0), from the one of the epoch before. */
export type EpochSchedule = (epoch: number, learningRate: number) => number;

/**
 * Asks `schedule` for the learning rate at the start of every epoch, and adds `learningRate` to the logs. For a rate that
 * changes with every step give the optimizer one of `schedules` instead.
 *
 * @throws RangeError While training, if the schedule gives anything but a finite number of at least 0.
 * @example
 * callbacks.learningRateScheduler((epoch, rate) => (epoch < 10 ? rate : rate * 0.9));
 */
export function learningRateScheduler(
  schedule: EpochSchedule,
  { verbose = 0 }: { readonly verbose?: 0 | 1 } = {},
): LearningRateScheduler {
  return new LearningRateScheduler(schedule, verbose);
}

export class LearningRateScheduler implements Callback {
  readonly #schedule: EpochSchedule;
  readonly #verbose: 0 | 1;
  #model: CallbackModel | undefined;

  constructor(schedule: EpochSchedule, verbose: 0 | 1) {
    if (typeof schedule !== "function")
      throw new TypeError(
        `learningRateScheduler: the schedule is ${typeof schedule}, expected a function of the epoch`,
      );
    this.#schedule = schedule;
    this.#verbose = verbose;
  }

  setModel(model: CallbackModel): void {
    this.#model = model;
  }

  async onEpochBegin(epoch: number): Promise<void> {
    if (!this.#model) return;
    const rate = this.#schedule(epoch, await this.#model.getLearningRate());
    if (typeof rate !== "number" || !Number.isFinite(rate) || rate < 0)
      throw new RangeError(
        `learningRateScheduler: the schedule gave ${rate} for epoch ${epoch}, expected a finite number of at least 0`,
      );
    if (this.#verbose > 0) printLine(`Epoch ${epoch + 1}: learning rate ${rate}`);
    this.#model.setLearningRate(rate);
  }

  async onEpochEnd(_epoch: number, logs: Logs): Promise<void> {
    if (this.#model) logs.learningRate = await this.#model.getLearningRate();
  }
}
