/** How `model.save` reaches the part of Rappel that writes files, which stands above models and may not be imported here. */
import type { Json } from "../graph/registry.ts";
import type { Model } from "./model.ts";

export interface SaveOptions {
  /** The names of the classes; default the model's `classNames`. */
  readonly classNames?: readonly string[];
  /** Anything that JSON can hold, to be kept with the model; default its `metadata`. */
  readonly metadata?: { readonly [key: string]: Json };
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

let registered: Saver | undefined;

/** Says how models are saved. The package's entry does this; with another entry, call it with `saveModel`. */
export function setSaver(saver: Saver): void {
  registered = saver;
}

/** @throws If nothing was registered. */
export function getSaver(): Saver {
  if (!registered)
    throw new Error(
      'save: nothing writes files here; import from "rappel", or call setSaver with a function of your own',
    );
  return registered;
}
