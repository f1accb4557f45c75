/** SavedNetwork: a network that is kept in files, as a whole or its weights alone, and takes its state from them again. */
import type { Json } from "../../graph/registry.ts";
import type { Model } from "../model.ts";
import {
  getFileFunction,
  type ModelFiles,
  type SaveDestination,
  type SavedSource,
  type SaveOptions,
  type TrainingState,
} from "../saver.ts";
import { FieldNetwork } from "./field-network.ts";

export abstract class SavedNetwork extends FieldNetwork {
  /** The names of the classes, from the data trained on or the file loaded; they are saved with the model. */
  classNames: readonly string[] | undefined;
  /** Whatever should be kept with the model; it is saved with it. */
  metadata: { readonly [key: string]: Json } = {};

  /**
   * Saves the weights and moving statistics alone to one file (safetensors), under their names without the model's.
   *
   * @throws Before the model is built; Node's own errors if the file cannot be written.
   * @example
   * await autoencoder.saveWeights("weights.safetensors");
   */
  async saveWeights(this: Model, file: string): Promise<void> {
    this.setPaths();
    await getFileFunction("saveWeights")(this, file);
  }

  /**
   * Reads weights that `saveWeights` wrote, of this model or one like it.
   *
   * @throws If a weight is missing, too much or of another shape: the message names file and weight. The model then stays as it is.
   */
  async loadWeights(this: Model, file: string): Promise<void> {
    this.setPaths();
    await getFileFunction("loadWeights")(this, file);
  }

  /**
   * Takes all state that `save` wrote: weights, moving statistics, random generators and, where the model is compiled and they
   * were saved, the optimizer's. The layers must be those of the saved model, of the same names.
   *
   * @throws If a file is missing, truncated or altered, or the model has other weights.
   * @example
   * await model.loadState("checkpoints/best");
   */
  async loadState(this: Model, source: SavedSource): Promise<TrainingState | undefined> {
    this.setPaths();
    return getFileFunction("loadState")(this, source);
  }

  /**
   * Saves architecture, weights and the optimizer's state; `load` reads them.
   *
   * @param destination In Node the path of a folder, which is made if need be; in pages `indexeddb://NAME`, which the browser keeps;
   *   or a store of one's own.
   * @throws If the model is not built, or Node's or the browser's own errors if nothing can be written there; an older model there
   *   then stays.
   * @example
   * await model.save("fashion");
   */
  async save(this: Model, destination: SaveDestination, options: SaveOptions = {}): Promise<void> {
    this.setPaths();
    await getFileFunction("save")(this, destination, options);
  }

  /**
   * The files that `save` would write, by name: to be sent somewhere, or offered for download. `load` takes them again.
   *
   * @example
   * const files = await model.toFiles();
   * await fetch("/models/fashion", { method: "PUT", body: files.get("weights.safetensors") });
   */
  async toFiles(this: Model, options: SaveOptions = {}): Promise<ModelFiles> {
    this.setPaths();
    let result: ModelFiles = new Map();
    const keep = async (files: ModelFiles) => {
      result = files;
    };
    await getFileFunction("save")(this, { name: this.name, write: keep }, options);
    return result;
  }
}
