/** The kinds of models by name, so that one can be made again from data: on its own, or as a layer of another. */
import { suggestion } from "../../graph/options.ts";
import type { Configuration, SerializedObject } from "../../graph/registry.ts";
import type { Model } from "../model.ts";

/** Makes a model from what its `config` wrote down, without its weights. */
export type ModelFromConfig = (config: Configuration) => Model;

/** A class of models. Its constructor takes one object of options, those that its `config` writes down. */
export interface ModelClass {
  readonly className: string;
  new (options: never): Model;
}

const kinds = new Map<string, { readonly origin: unknown; readonly make: ModelFromConfig }>();

/** Makes a kind of model known. @throws If another has its name. */
export function registerModelKind(className: string, origin: unknown, make: ModelFromConfig): void {
  const known = kinds.get(className);
  if (known && known.origin !== origin) throw new Error(`model "${className}" is already registered by another class`);
  kinds.set(className, { origin, make });
}

/**
 * Makes a class of one's own models known, so that `load` can make one. Its constructor takes one object of options, what its
 * `config` returns.
 *
 * @throws If another class has its `className`.
 * @example
 * class Classifier extends Model {
 *   static readonly className = "classifier";
 *   readonly hidden: layers.Dense;
 *   constructor({ units, ...options }: ModelSettings & { units: number }) {
 *     super(options);
 *     this.hidden = layers.dense({ units });
 *   }
 *   override call(x: Tensor, context: CallContext) {
 *     return this.hidden.call(x, context);
 *   }
 *   override config() {
 *     const { className, config } = super.config();
 *     return { className, config: { ...config, units: this.hidden.units } };
 *   }
 * }
 * registerModel(Classifier);
 */
export function registerModel(added: ModelClass): void {
  // The types end here: what the options are is known to the constructor alone.
  registerModelKind(added.className, added, ({ adaptedLayers, ...config }) => {
    const model = new added(config as never);
    if (adaptedLayers !== undefined) model.restoreAdapted(adaptedLayers);
    return model;
  });
}

/** The model that was written down, not built where its layers do not say for which shape. @throws If its kind is unknown. */
export function modelFromConfig({ className, config }: SerializedObject): Model {
  const kind = kinds.get(className);
  if (kind) return kind.make(config);
  throw new TypeError(
    `unknown kind of model "${className}"${suggestion(className, [...kinds.keys()])}; ` +
      "a class of your own must be registered first, with registerModel",
  );
}
