/** History: what every epoch's logs were. `fit` returns one. */
import type { Callback, CallbackState, Logs, TrainingParameters } from "./callback.ts";
import { numberListsIn, numbersIn } from "./state-values.ts";

/**
 * The course of a training.
 *
 * @example
 * const { history } = await model.fit(train, { epochs: 3, validationSplit: 0.2 });
 * history.loss; // three numbers, and so history.valLoss, history.accuracy, history.valAccuracy
 */
export class History implements Callback {
  readonly className = "history";
  /** A number an epoch for each name: `loss`, `accuracy`, `valLoss`, `valAccuracy` … */
  history: Record<string, number[]> = {};
  /** The numbers of the epochs, counted from 0. */
  epoch: number[] = [];
  #params: TrainingParameters | undefined;

  /** What stayed the same during the run. @throws Before training has begun. */
  get params(): TrainingParameters {
    if (!this.#params) throw new Error("History: there are no parameters before fit has begun");
    return this.#params;
  }

  setParameters(parameters: TrainingParameters): void {
    this.#params = parameters;
  }

  onTrainBegin(): void {
    this.history = {};
    this.epoch = [];
  }

  onEpochEnd(epoch: number, logs: Readonly<Logs>): void {
    this.epoch.push(epoch);
    for (const [name, value] of Object.entries(logs)) {
      this.history[name] ??= [];
      this.history[name].push(value);
    }
  }

  getState(): CallbackState {
    return { values: { history: this.history, epoch: this.epoch } };
  }

  setState({ values }: CallbackState): void {
    this.history = numberListsIn(values.history);
    this.epoch = numbersIn(values.epoch);
  }
}
