/** backupAndRestore: keeps a training on disk, so that it goes on after a crash as if there had been none. */
import { checkBoolean, checkInteger, checkOptions } from "../../graph/options.ts";
import type { Json } from "../../graph/registry.ts";
import { defaultGenerator } from "../../tensor/random.ts";
import { type Tensor, tensor } from "../../tensor/tensor.ts";
import { printLine } from "../print.ts";
import type { TrainingState } from "../saver.ts";
import type { Callback, CallbackModel, CallbackState, Logs, Resumption, TrainingParameters } from "./callback.ts";

export interface BackupAndRestoreOptions {
  /** The folder of the backup, for this training alone. It is made if need be. */
  readonly directory: string;
  /** After how many epochs the next backup is made. Default 1. */
  readonly everyEpochs?: number;
  /** Whether the backup goes away when training has come to its end. Default true; without it the same call trains no more. */
  readonly deleteCheckpoint?: boolean;
  /** 1 prints a line when a training goes on. Default 0. */
  readonly verbose?: 0 | 1;
}

/**
 * Saves at the end of an epoch all that the training depends on: weights, moving statistics, the optimizer's state, random
 * generators, the order of the examples, the history and what the other callbacks remember. When `fit` is called again with
 * the same model, data and options, in this process or another, it goes on with the epoch after the last backup, and gives bit
 * for bit what it would have given without a break. An epoch that was not finished is trained again.
 *
 * A backup is whole or not there at all: it is written beside the last one, which goes only then. After a `timeLimit` it stays, so
 * that the next call goes on. The layers need the same names in each process. Needs Node.
 *
 * @throws Before training, if the folder cannot be read or holds the backup of another model.
 * @example
 * await model.fit(train, { epochs: 100, callbacks: [callbacks.backupAndRestore({ directory: "backup" })] });
 */
export function backupAndRestore(options: BackupAndRestoreOptions): BackupAndRestore {
  return new BackupAndRestore(options);
}

export class BackupAndRestore implements Callback {
  readonly #directory: string;
  readonly #everyEpochs: number;
  readonly #deleteCheckpoint: boolean;
  readonly #verbose: 0 | 1;
  #model: CallbackModel | undefined;
  #parameters: TrainingParameters | undefined;
  /** The epoch that is under way or was last, and the last that was whole, counted from 0. */
  #begun = -1;
  #whole = -1;

  constructor(options: BackupAndRestoreOptions) {
    const owner = "backupAndRestore";
    checkOptions(owner, options, { directory: true, everyEpochs: true, deleteCheckpoint: true, verbose: true });
    const { directory, everyEpochs = 1, deleteCheckpoint = true, verbose = 0 } = options;
    if (typeof directory !== "string" || directory === "")
      throw new TypeError(`${owner}: directory is ${JSON.stringify(directory)}, expected the path of a folder`);
    checkInteger(owner, "everyEpochs", everyEpochs, 1);
    checkBoolean(owner, "deleteCheckpoint", deleteCheckpoint);
    this.#directory = directory;
    this.#everyEpochs = everyEpochs;
    this.#deleteCheckpoint = deleteCheckpoint;
    this.#verbose = verbose;
  }

  async resume(model: CallbackModel): Promise<Resumption | undefined> {
    const { latestBackup } = await import("./backup-folder.node.ts");
    const folder = await latestBackup(this.#directory);
    if (folder === undefined) return undefined;
    const training = await model.loadState(folder);
    if (!training) throw new Error(`backupAndRestore: "${folder}" holds a model but no training; give an empty folder`);
    const { resumption, generator } = decode(training);
    defaultGenerator().state.assign(tensor(Int32Array.from(generator)));
    if (this.#verbose > 0) printLine(`Going on with epoch ${resumption.epoch + 1}, from ${folder}`);
    return resumption;
  }

  setModel(model: CallbackModel): void {
    this.#model = model;
  }

  setParameters(parameters: TrainingParameters): void {
    this.#parameters = parameters;
  }

  onTrainBegin(): void {
    this.#begun = -1;
    this.#whole = -1;
  }

  onEpochBegin(epoch: number): void {
    this.#begun = epoch;
  }

  async afterEpoch(epoch: number, logs: Readonly<Logs>): Promise<void> {
    this.#whole = epoch;
    const model = this.#model;
    const parameters = this.#parameters;
    if (!model || !parameters) return;
    const isLast = model.stopTraining || epoch + 1 === parameters.epochs;
    if ((epoch + 1) % this.#everyEpochs !== 0 && !isLast) return;
    const ended = model.stopTraining && !this.#isInterrupted;
    const { writeBackup } = await import("./backup-folder.node.ts");
    const generator = Array.from(await defaultGenerator().state.data());
    const training = encode({ epoch: epoch + 1, ended, logs, states: statesOf(parameters.callbacks) }, generator);
    const averaged = model.emaSwapped;
    // The next epoch begins with the weights themselves, and so does one that comes after a restart.
    if (averaged) model.swapEmaWeights(false);
    await writeBackup(this.#directory, epoch + 1, (folder) => model.save(folder, { training }));
    if (averaged) model.swapEmaWeights(true);
  }

  async onTrainEnd(): Promise<void> {
    const isOver = this.#begun === this.#whole && !this.#isInterrupted;
    if (!this.#deleteCheckpoint || !isOver) return;
    const { removeBackups } = await import("./backup-folder.node.ts");
    await removeBackups(this.#directory);
  }

  get #isInterrupted(): boolean {
    return this.#parameters?.callbacks.some(({ interrupted }) => interrupted) ?? false;
  }
}

function statesOf(callbacks: readonly Callback[]): Map<string, CallbackState[]> {
  const states = new Map<string, CallbackState[]>();
  for (const callback of callbacks) {
    const state = callback.getState?.();
    if (!state || callback.className === undefined) continue;
    states.set(callback.className, [...(states.get(callback.className) ?? []), state]);
  }
  return states;
}

/** Tensors are kept by the class of their callback, its place among those of the class, and their own place. */
const tensorName = (className: string, index: number, at: number) => `${className}/${index}/${at}`;

function encode({ epoch, ended, logs, states }: Resumption, generator: readonly number[]): TrainingState {
  const tensors = new Map<string, Tensor>();
  const values: Record<string, Json> = {};
  for (const [className, each] of states)
    values[className] = each.map((state, index) => {
      for (const [at, value] of (state.tensors ?? []).entries()) tensors.set(tensorName(className, index, at), value);
      return { values: state.values, tensors: state.tensors?.length ?? 0 };
    });
  return { values: { epoch, ended, logs, generator, callbacks: values }, tensors };
}

function decode({ values, tensors }: TrainingState): { resumption: Resumption; generator: readonly number[] } {
  const { epoch, ended, logs, generator, callbacks } = recordOf(values);
  if (typeof epoch !== "number") throw damaged();
  const states = Object.entries(recordOf(callbacks)).map(([className, each]): [string, CallbackState[]] => [
    className,
    listOf(each).map((item, index) => {
      const { values: remembered, tensors: count } = recordOf(item);
      const own = Array.from({ length: Number(count) }, (_, at) => {
        const found = tensors.get(tensorName(className, index, at));
        if (!found) throw damaged();
        return found;
      });
      return { values: recordOf(remembered), tensors: own };
    }),
  ]);
  return {
    resumption: {
      epoch,
      ended: ended === true,
      logs: Object.fromEntries(Object.entries(recordOf(logs)).map(([name, value]) => [name, Number(value)])),
      states: new Map(states),
    },
    generator: listOf(generator).map(Number),
  };
}

function recordOf(value: Json | undefined): { readonly [key: string]: Json } {
  if (typeof value !== "object" || value === null || isList(value)) throw damaged();
  return value;
}

function listOf(value: Json | undefined): readonly Json[] {
  if (value === undefined || !isList(value)) throw damaged();
  return value;
}

function isList(value: Json): value is readonly Json[] {
  return Array.isArray(value);
}

function damaged(): Error {
  return new Error("backupAndRestore: the backup lacks something; it was altered, or is of another version of Rappel");
}
