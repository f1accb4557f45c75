/** How `model.save` reaches the part of Rappel that writes files, which stands above models and may not be imported here. */
import type { Json } from "../graph/registry.ts";
import type { Model } from "./model.ts";

export interface SaveOptions {
  /** The names of the classes; default the model's `classNames`. */
  readonly classNames?: readonly string[];
  /** Anything that JSON can hold, to be kept with the model; default its `metadata`. */
  readonly metadata?: { readonly [key: string]: Json };
}

/** Writes a model to a folder. */
export type Saver = (model: Model, directory: string, options: SaveOptions) => Promise<void>;

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
