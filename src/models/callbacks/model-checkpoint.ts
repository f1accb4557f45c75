/** modelCheckpoint: saves the model after epochs or batches, all of them or only the best, and tidies up. */
import { checkBoolean, checkInteger, checkNumber, checkOptions } from "../../graph/options.ts";
import { printLine } from "../print.ts";
import { getFileFunction } from "../saver.ts";
import type { BatchProgress, Callback, CallbackModel, CallbackState, Logs, TrainingParameters } from "./callback.ts";
import { checkPattern, fillPattern, hasPlaceholder } from "./file-pattern.ts";
import { Monitor, type MonitorOptions } from "./monitor.ts";
import { numberIn, textsIn } from "./state-values.ts";

export interface ModelCheckpointOptions extends MonitorOptions {
  /**
   * The folder to save to. `{epoch}` and `{batch}` (counted from 1) and names of the logs in braces, such as `{valLoss}`, are replaced
   * by their values, so that each saving can have a folder of its own; without them each replaces the one before.
   * `{epoch:03d}` fills up with zeros, `{valLoss:.2f}` rounds to so many decimals, of which there are 4 by default.
   */
  readonly directory: string;
  /** Save only when the monitored value is the best so far. Default false. */
  readonly saveBestOnly?: boolean;
  /** With `saveBestOnly`: a value that must be beaten first. */
  readonly initialValueThreshold?: number;
  /** Save layers and weights only, without compile settings and the optimizer's state. Default false. */
  readonly saveWeightsOnly?: boolean;
  /**
   * When to save: at the end of each epoch (`"epoch"`, the default), or after so many batches, at the next edge between
   * submissions. Of a batch the logs have no values of the validation.
   */
  readonly saveFreq?: "epoch" | number;
  /** Keep only so many of the folders saved last. One is removed only after the newest is safely written. Default: all. */
  readonly keepLast?: number;
  /** With `keepLast`: keep the one with the best monitored value as well. Default false. */
  readonly keepBest?: boolean;
  /** 1 prints a line at each saving. Default 0. */
  readonly verbose?: 0 | 1;
}

/**
 * Saves the model, with the optimizer's state so that training can go on from there, after every epoch, after so many batches or
 * whenever it is better than before. Only what the callback saved itself is ever removed.
 *
 * @throws If an option is out of range or a pattern is no such. Before training, if the best is asked for and there will be no
 *   value of the monitored name.
 * @example
 * callbacks.modelCheckpoint({ directory: "checkpoints/{epoch:03d}-{valLoss:.3f}", keepLast: 3, keepBest: true });
 */
export function modelCheckpoint(options: ModelCheckpointOptions): ModelCheckpoint {
  return new ModelCheckpoint(options);
}

export class ModelCheckpoint implements Callback {
  readonly className = "modelCheckpoint";
  readonly #monitor: Monitor;
  readonly #directory: string;
  readonly #saveBestOnly: boolean;
  readonly #saveWeightsOnly: boolean;
  readonly #saveFreq: "epoch" | number;
  readonly #keepLast: number;
  readonly #keepBest: boolean;
  readonly #verbose: 0 | 1;
  #model: CallbackModel | undefined;
  /** The folders that are there, in the order of saving. */
  #saved: string[] = [];
  #batchesSeen = 0;
  #batchesSinceSaving = 0;
  /** The best value so far. It outlives a call of `fit`, so that a second one does not replace a better model. */
  best: number | undefined;
  /** The folder with the best value so far. */
  bestDirectory: string | undefined;

  constructor(options: ModelCheckpointOptions) {
    const owner = "modelCheckpoint";
    checkOptions(owner, options, {
      directory: true,
      monitor: true,
      mode: true,
      minDelta: true,
      saveBestOnly: true,
      initialValueThreshold: true,
      saveWeightsOnly: true,
      saveFreq: true,
      keepLast: true,
      keepBest: true,
      verbose: true,
    });
    const { directory, saveBestOnly = false, saveWeightsOnly = false, saveFreq = "epoch", verbose = 0 } = options;
    const { keepLast = Number.POSITIVE_INFINITY, keepBest = false, initialValueThreshold } = options;
    if (typeof directory !== "string" || directory === "")
      throw new TypeError(`${owner}: directory is ${JSON.stringify(directory)}, expected the path of a folder`);
    checkPattern(owner, directory);
    checkBoolean(owner, "saveBestOnly", saveBestOnly);
    checkBoolean(owner, "saveWeightsOnly", saveWeightsOnly);
    checkBoolean(owner, "keepBest", keepBest);
    if (saveFreq !== "epoch") checkInteger(owner, "saveFreq", saveFreq, 1);
    if (initialValueThreshold !== undefined) checkNumber(owner, "initialValueThreshold", initialValueThreshold);
    if (keepLast !== Number.POSITIVE_INFINITY) {
      checkInteger(owner, "keepLast", keepLast, 1);
      if (!hasPlaceholder(directory))
        throw new Error(
          `${owner}: keepLast is ${keepLast}, but each saving replaces the one before in "${directory}"; ` +
            `name folders of their own, such as "${directory}/{epoch}"`,
        );
    }
    this.#monitor = new Monitor(owner, options);
    this.#directory = directory;
    this.#saveBestOnly = saveBestOnly;
    this.#saveWeightsOnly = saveWeightsOnly;
    this.#saveFreq = saveFreq;
    this.#keepLast = keepLast;
    this.#keepBest = keepBest;
    this.#verbose = verbose;
    this.best = initialValueThreshold;
  }

  setModel(model: CallbackModel): void {
    this.#model = model;
  }

  setParameters(parameters: TrainingParameters): void {
    if (this.#looksAtValues) this.#monitor.setParameters(parameters);
  }

  onEpochBegin(): void {
    this.#batchesSeen = 0;
  }

  async onBatchEnd({ epoch, step, metrics }: BatchProgress): Promise<void> {
    if (this.#saveFreq === "epoch") return;
    this.#batchesSinceSaving += step - this.#batchesSeen;
    this.#batchesSeen = step;
    if (this.#batchesSinceSaving < this.#saveFreq) return;
    this.#batchesSinceSaving = 0;
    await this.#save({ epoch: epoch + 1, batch: step }, metrics);
  }

  async onEpochEnd(epoch: number, logs: Readonly<Logs>): Promise<void> {
    if (this.#saveFreq === "epoch") await this.#save({ epoch: epoch + 1 }, logs);
  }

  getState(): CallbackState {
    const { best, bestDirectory } = this;
    const counted = { batchesSinceSaving: this.#batchesSinceSaving, saved: [...this.#saved] };
    return { values: { best: best ?? null, bestDirectory: bestDirectory ?? null, ...counted } };
  }

  setState(state: CallbackState): void {
    this.best = numberIn(state, "best");
    this.bestDirectory = textsIn([state.values.bestDirectory ?? null])[0];
    this.#saved = textsIn(state.values.saved);
    this.#batchesSinceSaving = numberIn(state, "batchesSinceSaving") ?? 0;
  }

  get #looksAtValues(): boolean {
    return this.#saveBestOnly || this.#keepBest;
  }

  async #save(counts: Readonly<Record<string, number>>, logs: Readonly<Logs>): Promise<void> {
    const isBest = this.#looksAtValues && this.#takeIfBest(logs);
    if (this.#saveBestOnly && !isBest) return;
    const directory = fillPattern("modelCheckpoint", this.#directory, counts, logs);
    await this.#model?.save(directory, this.#saveWeightsOnly ? { includeOptimizer: false } : {});
    if (isBest) this.bestDirectory = directory;
    this.#saved = [...this.#saved.filter((each) => each !== directory), directory];
    const where = Object.entries(counts).map(([name, count]) => `${name} ${count}`);
    if (this.#verbose > 0) printLine(`${where.join(", ").replace("epoch", "Epoch")}: saved to ${directory}`);
    await this.#tidyUp();
  }

  #takeIfBest(logs: Readonly<Logs>): boolean {
    const value = this.#monitor.valueIn(logs);
    if (value === undefined || !this.#monitor.isImprovement(value, this.best)) return false;
    this.best = value;
    return true;
  }

  /** Removes what is too old, now that the newest is written. */
  async #tidyUp(): Promise<void> {
    const old = this.#saved.slice(0, Math.max(0, this.#saved.length - this.#keepLast));
    const removed = old.filter((directory) => !this.#keepBest || directory !== this.bestDirectory);
    for (const directory of removed) await getFileFunction("remove")(directory);
    this.#saved = this.#saved.filter((directory) => !removed.includes(directory));
  }
}
