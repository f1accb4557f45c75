/**
 * How `model.save`, `model.loadState` and callbacks reach the part of Rappel that reads and writes files, which stands above models
 * and may not be imported here.
 */
import type { Json } from "../graph/registry.ts";
import type { Tensor } from "../tensor/tensor.ts";
import type { Model } from "./model.ts";

export interface SaveOptions {
  /** The names of the classes; default the model's `classNames`. */
  readonly classNames?: readonly string[];
  /** Anything that JSON can hold, to be kept with the model; default its `metadata`. */
  readonly metadata?: { readonly [key: string]: Json };
  /** Whether to save what training needs: compile settings and the optimizer's state. Default true. */
  readonly includeOptimizer?: boolean;
  /** What else belongs to a training that is going on. */
  readonly training?: TrainingState;
}

/** State of a training beside that of the model and the optimizer. Numbers may be NaN or infinite. */
export interface TrainingState {
  readonly values: Json;
  readonly tensors: ReadonlyMap<string, Tensor>;
}

/** The files of a saved model by name. */
export type ModelFiles = ReadonlyMap<string, Uint8Array>;

/** A place of one's own where the files of a model are kept. */
export interface ModelStore {
  /** What messages call it; a file in it is called `name/file`. */
  readonly name: string;
  /** Writes all files, those that were there stay as they were if that fails. */
  write(files: ModelFiles): Promise<void>;
  /** The content of one file. @throws If there is none of that name. */
  read(file: string): Promise<Uint8Array>;
}

/** Where a model is saved: a folder's path or `file:` URL (in Node), `indexeddb://NAME` (in pages), or a store of one's own. */
export type SaveDestination = string | URL | Pick<ModelStore, "name" | "write">;

/** Writes a model. */
export type Saver = (model: Model, destination: SaveDestination, options: SaveOptions) => Promise<void>;

/** Where a saved model is read from: a folder's path or `file:` URL (in Node), an address, its files, or a store of one's own. */
export type SavedSource = string | URL | ModelFiles | Pick<ModelStore, "name" | "read">;

/** Puts saved state into a model. Resolves to the state of the training, if that was saved. */
export type StateLoader = (model: Model, source: SavedSource) => Promise<TrainingState | undefined>;

/** Takes a saved model out of a folder, and the folder away if nothing else is in it. */
export type Remover = (directory: string) => Promise<void>;

/** Writes or reads the weights of a model, without its architecture. */
export type WeightFileFunction = (model: Model, file: string) => Promise<void>;

/** The part that reads and writes saved models. */
export interface ModelFileFunctions {
  readonly saveWeights: WeightFileFunction;
  readonly loadWeights: WeightFileFunction;
  readonly save: Saver;
  readonly loadState: StateLoader;
  readonly remove: Remover;
}

const registered: { -readonly [Name in keyof ModelFileFunctions]?: ModelFileFunctions[Name] } = {};

/** Says how models are saved. The package's entry does this; with another entry, call it with `saveModel`. */
export function setSaver(saver: Saver, others: Partial<ModelFileFunctions> = {}): void {
  Object.assign(registered, others, { save: saver });
}

/** @throws If nothing was registered. */
export function getFileFunction<Name extends keyof ModelFileFunctions>(name: Name): ModelFileFunctions[Name] {
  const found: ModelFileFunctions[Name] | undefined = registered[name];
  if (!found)
    throw new Error(
      `${name}: nothing handles files here; import from "rappel", or call setSaver with functions of your own`,
    );
  return found;
}
