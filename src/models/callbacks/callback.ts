/** Callback: what may be done while a model trains, and what a callback sees of the model and of the run. */
import type { Json } from "../../graph/registry.ts";
import type { Tensor } from "../../tensor/tensor.ts";
import type { SaveOptions, TrainingState } from "../saver.ts";

/** Losses and metrics by name: `loss`, `accuracy`, `valLoss`, `valAccuracy` … A callback may add names of its own. */
export type Logs = Record<string, number>;

/** Which way a monitored value gets better. */
export type Direction = "min" | "max";

/** What stays the same during one call of `fit`. */
export interface TrainingParameters {
  /** The number of epochs at which training ends, counted from the model's first. */
  readonly epochs: number;
  /** The epoch that comes first, counted from 0. */
  readonly initialEpoch: number;
  /** Batches an epoch; undefined where the data come as a stream of unknown length. */
  readonly steps: number | undefined;
  /** Examples an epoch; undefined where the data come as a stream of unknown length. */
  readonly examples: number | undefined;
  readonly batchSize: number | undefined;
  /** The names that logs will have, with the way each gets better where that is known. */
  readonly logs: ReadonlyMap<string, Direction | undefined>;
  /** All callbacks of the run, in the order in which they are called. */
  readonly callbacks: readonly Callback[];
  /** Whether the run goes on with one that a callback brought back. */
  readonly resumed: boolean;
}

/** How far an epoch is, at the edge of a submission to the device. */
export interface BatchProgress {
  /** Counted from 0. */
  readonly epoch: number;
  readonly epochs: number;
  /** Batches done in this epoch. */
  readonly step: number;
  /** Batches an epoch; undefined where the data come as a stream of unknown length. */
  readonly steps: number | undefined;
  /** Examples seen in this epoch. */
  readonly examples: number;
  /** The mean loss of this epoch so far. */
  readonly loss: number;
  /** Loss and metrics of this epoch so far, by name. */
  readonly metrics: Readonly<Logs>;
  /** Training examples a second in this epoch so far. */
  readonly examplesPerSecond: number;
  /** Seconds until the end of the epoch's training at this rate; undefined where the number of steps is unknown. */
  readonly secondsLeft: number | undefined;
}

/** What a callback may do with the model that trains. */
export interface CallbackModel {
  readonly name: string;
  /** Set to true, it ends the training at the next edge between batches. */
  stopTraining: boolean;
  getWeights(): Tensor[];
  setWeights(weights: readonly Tensor[]): void;
  /** The optimizer's rate at this moment. */
  getLearningRate(): Promise<number>;
  /** @throws If the optimizer follows a schedule. */
  setLearningRate(rate: number): void;
  /** Puts the optimizer's moving averages in the place of the weights, or the weights back. @throws Without its option `useEma`. */
  swapEmaWeights(averaged: boolean): void;
  /** Whether the moving averages are in the place of the weights. */
  readonly emaSwapped: boolean;
  save(directory: string, options?: SaveOptions): Promise<void>;
  /** Takes all state from a folder that `save` wrote. Resolves to what was saved of a training that was going on, if anything. */
  loadState(directory: string): Promise<TrainingState | undefined>;
}

/** What a callback remembers from epoch to epoch, to be kept and given back when a training goes on in another process. */
export interface CallbackState {
  readonly values: { readonly [key: string]: Json };
  readonly tensors?: readonly Tensor[];
}

/** Where a training that stopped goes on. */
export interface Resumption {
  /** The epoch that comes next, counted from 0. */
  readonly epoch: number;
  /** Whether it had come to its end already. */
  readonly ended: boolean;
  /** The logs of the epoch before. */
  readonly logs: Logs;
  /** What the callbacks of a class remembered, in their order. */
  readonly states: ReadonlyMap<string, readonly CallbackState[]>;
}

/**
 * Something that `fit` calls at the edges of epochs and batches. Every hook is optional and may be asynchronous; training
 * goes on when it has resolved. An error thrown by a hook ends the training.
 *
 * @example
 * const history = await model.fit(train, {
 *   epochs: 10,
 *   callbacks: [{ onEpochEnd: (epoch, { loss }) => console.log(epoch, loss) }],
 * });
 */
export interface Callback {
  /** By which `getState` and `setState` find one another; no two kinds of callbacks share one. */
  readonly className?: string;
  /** Whether it has stopped a training that should go on another time, such as at a limit of time. */
  readonly interrupted?: boolean;
  /** What `setState` needs to go on as if nothing had happened. */
  getState?(): CallbackState;
  /** Called after `onTrainBegin` where a training goes on that was stopped. */
  setState?(state: CallbackState): void | Promise<void>;
  /**
   * Called before everything else, before the data are put in place. A callback that brings back a training that was stopped
   * loads the model's state here and says where to go on.
   */
  resume?(model: CallbackModel): Promise<Resumption | undefined>;
  /** Called once before the data are gone through. */
  setModel?(model: CallbackModel): void;
  /** Called once after `setModel`. */
  setParameters?(parameters: TrainingParameters): void;
  onTrainBegin?(): void | Promise<void>;
  /** @param logs Of the last epoch; empty if there was none. */
  onTrainEnd?(logs: Readonly<Logs>): void | Promise<void>;
  /** @param epoch Counted from 0. */
  onEpochBegin?(epoch: number): void | Promise<void>;
  /** Called before the validation of an epoch, if there is one. */
  onValidationBegin?(): void | Promise<void>;
  /** Called after the validation of an epoch, if there is one. */
  onValidationEnd?(): void | Promise<void>;
  /** @param logs Losses and metrics of training and, with the prefix `val`, of the validation. */
  onEpochEnd?(epoch: number, logs: Logs): void | Promise<void>;
  /** Called when every callback has seen the end of an epoch, unless training was stopped in the midst of it. */
  afterEpoch?(epoch: number, logs: Readonly<Logs>): void | Promise<void>;
  /** Called at the edge of each submission to the device, about every 50 ms, or after every batch where one takes longer. */
  onBatchEnd?(progress: BatchProgress): void | Promise<void>;
  /**
   * Called when the loss of a batch is NaN or infinite. Training ends; without any callback that has this hook, with `error`.
   */
  onNonFiniteLoss?(error: Error): void | Promise<void>;
}
