/** modelCheckpoint: saves the model after epochs, all of them or only the best. */
import { checkBoolean, checkNumber, checkOptions } from "../../graph/options.ts";
import { printLine } from "../print.ts";
import type { Callback, CallbackModel, Logs, TrainingParameters } from "./callback.ts";
import { Monitor, type MonitorOptions } from "./monitor.ts";

export interface ModelCheckpointOptions extends MonitorOptions {
  /**
   * The folder to save to. `{epoch}` (counted from 1) and names of the logs in braces, such as `{valLoss}`, are replaced by
   * their values, so that each epoch can have a folder of its own; without them each saving replaces the one before.
   */
  readonly directory: string;
  /** Save only when the monitored value is the best so far. Default false. */
  readonly saveBestOnly?: boolean;
  /** With `saveBestOnly`: a value that must be beaten first. */
  readonly initialValueThreshold?: number;
  /** 1 prints a line at each saving. Default 0. */
  readonly verbose?: 0 | 1;
}

/**
 * Saves the model, with the optimizer's state so that training can go on from there, after every epoch or after the best ones.
 *
 * @throws Before training, if only the best are saved and there will be no value of the monitored name.
 * @example
 * callbacks.modelCheckpoint({ directory: "checkpoints/{epoch}", monitor: "valLoss", saveBestOnly: true });
 */
export function modelCheckpoint(options: ModelCheckpointOptions): ModelCheckpoint {
  return new ModelCheckpoint(options);
}

export class ModelCheckpoint implements Callback {
  readonly #monitor: Monitor;
  readonly #directory: string;
  readonly #saveBestOnly: boolean;
  readonly #verbose: 0 | 1;
  #model: CallbackModel | undefined;
  /** The best value so far. It outlives a call of `fit`, so that a second one does not replace a better model. */
  best: number | undefined;

  constructor(options: ModelCheckpointOptions) {
    const owner = "modelCheckpoint";
    checkOptions(owner, options, {
      directory: true,
      monitor: true,
      mode: true,
      minDelta: true,
      saveBestOnly: true,
      initialValueThreshold: true,
      verbose: true,
    });
    const { directory, saveBestOnly = false, initialValueThreshold, verbose = 0 } = options;
    if (typeof directory !== "string" || directory === "")
      throw new TypeError(`${owner}: directory is ${JSON.stringify(directory)}, expected the path of a folder`);
    checkBoolean(owner, "saveBestOnly", saveBestOnly);
    if (initialValueThreshold !== undefined) checkNumber(owner, "initialValueThreshold", initialValueThreshold);
    this.#monitor = new Monitor(owner, options);
    this.#directory = directory;
    this.#saveBestOnly = saveBestOnly;
    this.#verbose = verbose;
    this.best = initialValueThreshold;
  }

  setModel(model: CallbackModel): void {
    this.#model = model;
  }

  setParameters(parameters: TrainingParameters): void {
    if (this.#saveBestOnly) this.#monitor.setParameters(parameters);
  }

  async onEpochEnd(epoch: number, logs: Readonly<Logs>): Promise<void> {
    if (this.#saveBestOnly) {
      const value = this.#monitor.valueIn(logs);
      if (value === undefined || !this.#monitor.isImprovement(value, this.best)) return;
      this.best = value;
    }
    const directory = this.#directoryFor(epoch, logs);
    await this.#model?.save(directory);
    if (this.#verbose > 0) printLine(`Epoch ${epoch + 1}: saved to ${directory}`);
  }

  #directoryFor(epoch: number, logs: Readonly<Logs>): string {
    const known: Readonly<Record<string, string>> = {
      epoch: `${epoch + 1}`,
      ...Object.fromEntries(Object.entries(logs).map(([name, value]) => [name, value.toFixed(4)])),
    };
    return this.#directory.replaceAll(/\{(\w+)\}/g, (braces, name: string) => {
      const text = known[name];
      if (text === undefined)
        throw new Error(
          `modelCheckpoint: ${braces} in the directory "${this.#directory}" is no name of the logs; known are ${Object.keys(known).join(", ")}`,
        );
      return text;
    });
  }
}
