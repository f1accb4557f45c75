/** earlyStopping: ends the training when a monitored value no longer gets better. */
import { checkBoolean, checkInteger, checkNumber, checkOptions } from "../../graph/options.ts";
import type { Tensor } from "../../tensor/tensor.ts";
import { printLine } from "../print.ts";
import type { Callback, CallbackModel, CallbackState, Logs, TrainingParameters } from "./callback.ts";
import { Monitor, type MonitorOptions } from "./monitor.ts";
import { numberIn } from "./state-values.ts";

export interface EarlyStoppingOptions extends MonitorOptions {
  /** How many epochs in a row may pass without improvement before training ends. Default 0. */
  readonly patience?: number;
  /** 1 prints a line when training stops and when weights are restored. Default 0. */
  readonly verbose?: 0 | 1;
  /** A value that must be beaten for the patience to start anew. */
  readonly baseline?: number;
  /** Whether the weights of the best epoch are put back at the end of training, also if it ran to its end. Default false. */
  readonly restoreBestWeights?: boolean;
  /** Epochs before this one (counted from 0) are not looked at. Default 0. */
  readonly startFromEpoch?: number;
}

/**
 * Stops training when the monitored value has not improved for `patience` epochs; the options and what they do are Keras's.
 *
 * @throws RangeError If an option is out of range. Before training, if there will be no value of the monitored name.
 * @example
 * await model.fit(train, {
 *   epochs: 100,
 *   validationSplit: 0.1,
 *   callbacks: [callbacks.earlyStopping({ monitor: "valLoss", patience: 5, restoreBestWeights: true })],
 * });
 */
export function earlyStopping(options: EarlyStoppingOptions = {}): EarlyStopping {
  return new EarlyStopping(options);
}

export class EarlyStopping implements Callback {
  readonly className = "earlyStopping";
  readonly #monitor: Monitor;
  readonly #patience: number;
  readonly #verbose: 0 | 1;
  readonly #baseline: number | undefined;
  readonly #restoreBestWeights: boolean;
  readonly #startFromEpoch: number;
  #model: CallbackModel | undefined;
  #bestWeights: readonly Tensor[] | undefined;
  #wait = 0;

  /** The best value so far. */
  best: number | undefined;
  /** The epoch of the best value, counted from 0. */
  bestEpoch = 0;
  /** The epoch after which training was stopped, counted from 0; undefined if it was not. */
  stoppedEpoch: number | undefined;

  constructor(options: EarlyStoppingOptions) {
    const owner = "earlyStopping";
    checkOptions(owner, options, {
      monitor: true,
      mode: true,
      minDelta: true,
      patience: true,
      verbose: true,
      baseline: true,
      restoreBestWeights: true,
      startFromEpoch: true,
    });
    const { patience = 0, verbose = 0, baseline, restoreBestWeights = false, startFromEpoch = 0 } = options;
    checkInteger(owner, "patience", patience, 0);
    checkInteger(owner, "startFromEpoch", startFromEpoch, 0);
    checkBoolean(owner, "restoreBestWeights", restoreBestWeights);
    if (baseline !== undefined) checkNumber(owner, "baseline", baseline);
    this.#monitor = new Monitor(owner, options);
    this.#patience = patience;
    this.#verbose = verbose;
    this.#baseline = baseline;
    this.#restoreBestWeights = restoreBestWeights;
    this.#startFromEpoch = startFromEpoch;
  }

  setModel(model: CallbackModel): void {
    this.#model = model;
  }

  setParameters(parameters: TrainingParameters): void {
    this.#monitor.setParameters(parameters);
  }

  onTrainBegin(): void {
    this.#wait = 0;
    this.#bestWeights = undefined;
    this.best = undefined;
    this.bestEpoch = 0;
    this.stoppedEpoch = undefined;
  }

  onEpochEnd(epoch: number, logs: Readonly<Logs>): void {
    const value = this.#monitor.valueIn(logs);
    if (value === undefined || epoch < this.#startFromEpoch) return;
    if (this.#restoreBestWeights && !this.#bestWeights) this.#keepWeights(epoch);
    this.#wait++;
    if (this.#monitor.isImprovement(value, this.best)) {
      this.best = value;
      this.bestEpoch = epoch;
      if (this.#restoreBestWeights) this.#keepWeights(epoch);
      // An improvement that does not beat the baseline does not win back the patience.
      if (this.#monitor.isImprovement(value, this.#baseline)) this.#wait = 0;
      return;
    }
    // As in Keras, the very first epoch never stops the training.
    if (this.#wait >= this.#patience && epoch > 0) {
      this.stoppedEpoch = epoch;
      if (this.#model) this.#model.stopTraining = true;
    }
  }

  onTrainEnd(): void {
    if (this.stoppedEpoch !== undefined && this.#verbose > 0)
      printLine(`Epoch ${this.stoppedEpoch + 1}: early stopping`);
    if (!this.#bestWeights) return;
    if (this.#verbose > 0) printLine(`Restoring the weights of the best epoch, ${this.bestEpoch + 1}`);
    this.#model?.setWeights(this.#bestWeights);
  }

  getState(): CallbackState {
    const { best, bestEpoch, stoppedEpoch } = this;
    return {
      values: { best: best ?? null, bestEpoch, stoppedEpoch: stoppedEpoch ?? null, wait: this.#wait },
      tensors: this.#bestWeights ?? [],
    };
  }

  setState(state: CallbackState): void {
    this.best = numberIn(state, "best");
    this.bestEpoch = numberIn(state, "bestEpoch") ?? 0;
    this.stoppedEpoch = numberIn(state, "stoppedEpoch");
    this.#wait = numberIn(state, "wait") ?? 0;
    this.#bestWeights = state.tensors?.length ? state.tensors : undefined;
  }

  #keepWeights(epoch: number): void {
    this.#bestWeights = this.#model?.getWeights();
    this.bestEpoch = epoch;
  }
}
