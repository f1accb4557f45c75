/** reduceLROnPlateau: lowers the learning rate when a monitored value no longer gets better. */
import { checkInteger, checkNumber, checkOptions } from "../../graph/options.ts";
import { printLine } from "../print.ts";
import type { Callback, CallbackModel, CallbackState, Logs, TrainingParameters } from "./callback.ts";
import { Monitor, type MonitorOptions } from "./monitor.ts";
import { numberIn } from "./state-values.ts";

export interface ReduceLROnPlateauOptions extends MonitorOptions {
  /** What the learning rate is multiplied with, in (0, 1). Default 0.1. */
  readonly factor?: number;
  /** How many epochs in a row may pass without improvement before the rate is lowered. Default 10. */
  readonly patience?: number;
  /** 1 prints a line at each change. Default 0. */
  readonly verbose?: 0 | 1;
  /** Epochs to wait after a change before counting again. Default 0. */
  readonly cooldown?: number;
  /** The rate is not lowered below this. Default 0. */
  readonly minLearningRate?: number;
}

/**
 * Multiplies the learning rate by `factor` when the monitored value has not improved for `patience` epochs, and adds
 * `learningRate` to the logs. Options and behaviour are Keras's; `minDelta` is 1e-4 by default.
 *
 * @throws RangeError If an option is out of range. Before training, if there will be no value of the monitored name.
 * @example
 * callbacks.reduceLROnPlateau({ monitor: "valLoss", factor: 0.5, patience: 3 });
 */
export function reduceLROnPlateau(options: ReduceLROnPlateauOptions = {}): ReduceLROnPlateau {
  return new ReduceLROnPlateau(options);
}

export class ReduceLROnPlateau implements Callback {
  readonly className = "reduceLROnPlateau";
  readonly #monitor: Monitor;
  readonly #factor: number;
  readonly #patience: number;
  readonly #verbose: 0 | 1;
  readonly #cooldown: number;
  readonly #minLearningRate: number;
  #model: CallbackModel | undefined;
  #best: number | undefined;
  #wait = 0;
  #cooldownLeft = 0;

  constructor(options: ReduceLROnPlateauOptions) {
    const owner = "reduceLROnPlateau";
    checkOptions(owner, options, {
      monitor: true,
      mode: true,
      minDelta: true,
      factor: true,
      patience: true,
      verbose: true,
      cooldown: true,
      minLearningRate: true,
    });
    const { factor = 0.1, patience = 10, verbose = 0, cooldown = 0, minLearningRate = 0 } = options;
    checkNumber(owner, "factor", factor, { above: 0, below: 1 });
    checkInteger(owner, "patience", patience, 0);
    checkInteger(owner, "cooldown", cooldown, 0);
    checkNumber(owner, "minLearningRate", minLearningRate, { minimum: 0 });
    this.#monitor = new Monitor(owner, { minDelta: 1e-4, ...options });
    this.#factor = factor;
    this.#patience = patience;
    this.#verbose = verbose;
    this.#cooldown = cooldown;
    this.#minLearningRate = minLearningRate;
  }

  setModel(model: CallbackModel): void {
    this.#model = model;
  }

  setParameters(parameters: TrainingParameters): void {
    this.#monitor.setParameters(parameters);
  }

  onTrainBegin(): void {
    this.#best = undefined;
    this.#wait = 0;
    this.#cooldownLeft = 0;
  }

  async onEpochEnd(epoch: number, logs: Logs): Promise<void> {
    if (!this.#model) return;
    const rate = await this.#model.getLearningRate();
    logs.learningRate = rate;
    const value = this.#monitor.valueIn(logs);
    if (value === undefined) return;
    if (this.#cooldownLeft > 0) {
      this.#cooldownLeft--;
      this.#wait = 0;
    }
    if (this.#monitor.isImprovement(value, this.#best)) {
      this.#best = value;
      this.#wait = 0;
    } else if (
      this.#cooldownLeft === 0 &&
      ++this.#wait >= this.#patience &&
      rate > Math.fround(this.#minLearningRate)
    ) {
      const lowered = Math.max(rate * this.#factor, this.#minLearningRate);
      this.#model.setLearningRate(lowered);
      if (this.#verbose > 0) printLine(`Epoch ${epoch + 1}: learning rate reduced to ${lowered}`);
      this.#cooldownLeft = this.#cooldown;
      this.#wait = 0;
    }
  }

  getState(): CallbackState {
    return { values: { best: this.#best ?? null, wait: this.#wait, cooldownLeft: this.#cooldownLeft } };
  }

  setState(state: CallbackState): void {
    this.#best = numberIn(state, "best");
    this.#wait = numberIn(state, "wait") ?? 0;
    this.#cooldownLeft = numberIn(state, "cooldownLeft") ?? 0;
  }
}
