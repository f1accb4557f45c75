/**
 * Model: a class of one's own, whose layers stand in its fields and whose `call` says how they compute. The other kinds of models say
 * both otherwise, and are bundled without this.
 */
import { checkOptions, describe, suggestion } from "../graph/options.ts";
import type { Configuration, Json, SerializedObject } from "../graph/registry.ts";
import { formatShape, type Shape } from "../graph/shape.ts";
import type { CallContext, Layer } from "../layers/layer.ts";
import type { Results } from "../layers/mask.ts";
import { uniqueName } from "../layers/module.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { BaseModel } from "./base-model.ts";
import { carryingMasks, type MasksByTensor } from "./networks/carry-masks.ts";
import { allLayers, tryOut } from "./networks/network.ts";
import { textReaderOf, textReadersOf } from "./networks/text-readers.ts";
import { trackedFields } from "./networks/tracked-fields.ts";
import { watchLayers } from "./networks/watch-layers.ts";
import type { TensorSpec } from "./training/trainable.ts";

/** Options of a model of one's own. */
export interface ModelSettings {
  /** Default: the name of the class, with a number where there was one before. */
  readonly name?: string;
  /** The names of the inputs of a model that defines `callAll`; default one, `x`. */
  readonly inputs?: readonly string[];
  /** The names of the outputs of a model that defines `callAll`; default one, with the model's name. */
  readonly outputs?: readonly string[];
  /**
   * Which inputs are texts, and the field of the text layer that each goes to: `{ review: "words" }`. In `call` they are indices already,
   * for which that layer is called. Default: where there is one input and one text layer, the input goes to it.
   */
  readonly texts?: Readonly<Record<string, string>>;
}

abstract class OwnModel extends BaseModel {
  readonly className: string;
  readonly #inputs: readonly string[];
  readonly #outputs: readonly string[];
  readonly #texts: Readonly<Record<string, string>> | undefined;
  #inputShapes: readonly Shape[] | undefined;
  #outputShapes: readonly Shape[] | undefined;
  /** The layer that gives an output as it is, where one does. */
  #outputLayers: readonly (Layer | undefined)[] = [];
  /** While the model computes. */
  #masks: MasksByTensor | undefined;

  /** Models whose layers stand in a row or in a graph are models too. */
  static override [Symbol.hasInstance](value: unknown): boolean {
    // biome-ignore lint/complexity/noThisInStatic: a subclass, which inherits this, tells its own instances
    return this === OwnModel ? value instanceof BaseModel : Function.prototype[Symbol.hasInstance].call(this, value);
  }

  /** @param settings Or the name alone. */
  constructor(settings: string | ModelSettings = {}) {
    const { name, inputs = ["x"], outputs, texts } = typeof settings === "string" ? { name: settings } : settings;
    if (typeof settings !== "string")
      checkOptions("model", settings, { name: true, inputs: true, outputs: true, texts: true });
    const className = classNameOf(new.target);
    super(name ?? uniqueName(className));
    this.className = className;
    this.#inputs = checkedNames(this.name, "inputs", inputs);
    this.#outputs = checkedNames(this.name, "outputs", outputs ?? [this.name]);
    this.#texts = texts && checkedTexts(this.name, texts, this.#inputs);
    this.#carryMasksInCalls();
  }

  /** However a class computes, and whoever calls it, masks go with the tensors. */
  #carryMasksInCalls(): void {
    if (this.run !== OwnModel.prototype.run) return;
    const { call, callAll } = this;
    if (call !== OwnModel.prototype.call)
      this.call = (x, context) =>
        this.#masks ? call.call(this, x, context) : this.#carrying([x], context, (inner) => call.call(this, x, inner));
    if (callAll !== OwnModel.prototype.callAll)
      this.callAll = (inputs, context) =>
        this.#masks
          ? callAll.call(this, inputs, context)
          : this.#carrying(inputs, context, (inner) => callAll.call(this, inputs, inner));
  }

  #carrying<T>(inputs: readonly Tensor[], context: CallContext | undefined, compute: (context: CallContext) => T): T {
    const { masks = [], ...inner } = context ?? { training: false };
    const outer = this.#masks;
    this.#masks = new Map(inputs.map((x, index) => [x, masks[index]]));
    try {
      return carryingMasks(this.layers, this.#masks, () => compute(inner));
    } finally {
      this.#masks = outer;
    }
  }

  override run(inputs: readonly Tensor[], context?: CallContext): Results {
    return this.#carrying(inputs, context, (inner) => {
      const outputs = this.callAll(inputs, inner);
      return { outputs, masks: outputs.map((output) => this.#masks?.get(output)) };
    });
  }

  get namedLayers(): ReadonlyMap<string, Layer> {
    return trackedFields(this).layers;
  }

  get built(): boolean {
    const { layers } = this;
    return this.#outputShapes !== undefined || (layers.length > 0 && layers.every(({ built }) => built));
  }

  get inputShape(): Shape | undefined {
    return this.#inputs.length === 1 ? this.#inputShapes?.[0] : undefined;
  }

  get outputShape(): Shape {
    const [shape, second] = this.#outputShapes ?? [];
    if (shape && !second) return shape;
    throw new Error(
      this.#outputShapes
        ? `${this.name}: has ${this.#outputs.length} outputs; their shapes are in outputSpecs`
        : `${this.name}: the output shape is not known before the model is built; call build or fit`,
    );
  }

  get inputSpecs(): readonly TensorSpec[] {
    const readers = textReadersOf({ name: this.name, layers: this.namedLayers, inputs: this.#inputs }, this.#texts);
    return this.#inputs.map((name, index) => {
      const text = readers.get(name);
      return { name, layer: undefined, shape: this.#inputShapes?.[index], ...(text && { text }) };
    });
  }

  get outputSpecs(): readonly TensorSpec[] {
    return this.#outputs.map((name, index) => ({
      name,
      layer: this.#outputLayers[index],
      shape: this.#outputShapes?.[index],
    }));
  }

  build(inputShape: Shape): void {
    this.buildAll([inputShape]);
  }

  /** Layers may have weights before; how they compute is known now. A training step of the model's own may take other things than `call`. */
  override buildFor(inputShapes: readonly Shape[]): void {
    if (!this.#inputShapes && !(this.built && this.ownSteps.train)) this.buildAll(inputShapes);
  }

  /** Computes once, on zeros that never become numbers; each layer that is not built yet is built for what comes to it. */
  override buildAll(inputShapes: readonly Shape[]): void {
    if (this.#inputShapes)
      throw new Error(
        `${this.name}: is built already, for ${this.#inputShapes.map(formatShape).join(", ")}; make a new model`,
      );
    this.setPaths();
    const givers = new Map<Tensor, Layer>();
    const isCallable = this.call !== OwnModel.prototype.call || this.callAll !== OwnModel.prototype.callAll;
    const outputs = isCallable
      ? watchLayers(
          allLayers(this.layers),
          {
            before: (layer, inputs) => {
              if (!layer.built) layer.buildAll(inputs.map((x, index) => this.#shapeFor(layer, index, x, inputShapes)));
            },
            // Of layers inside others the outermost comes last.
            after: (layer, results) => {
              for (const result of results) givers.set(result, layer);
            },
          },
          () => tryOut(this, inputShapes, { training: false }),
        )
      : undefined;
    // Without a call, the layers that declare what comes to them can be built.
    for (const layer of this.layers) if (!layer.built && layer.inputShape) layer.build(layer.inputShape);
    const missing = this.layers.find(({ built }) => !built);
    if (missing)
      throw new Error(
        isCallable
          ? `${this.name}: call does not use the layer ${missing.path}, which therefore has no weights; use it, or build it before`
          : `${this.name}: the layer ${missing.path} is not built, and no call says what comes to it; define call, or give it an inputShape`,
      );
    this.setPaths();
    this.#inputShapes = inputShapes.map((shape) => [...shape]);
    if (outputs && outputs.length !== this.#outputs.length)
      throw new Error(
        `${this.name}: callAll gives ${outputs.length} tensors for ${this.#outputs.length} outputs: ${this.#outputs.join(", ")}; ` +
          "give super({ outputs: [...] }) a name for each",
      );
    this.#outputLayers = outputs?.map((output) => givers.get(output)) ?? [];
    this.#outputShapes = outputs?.map(({ shape }) => shape.slice(1)) ?? [];
  }

  /** The shape of one example of what comes to a layer: of texts their own, not that of the indices that they have become. */
  #shapeFor(layer: Layer, input: number, x: Tensor, inputShapes: readonly Shape[]): Shape {
    const text = textReaderOf(layer, input);
    if (!text) return x.shape.slice(1);
    const shape = inputShapes[this.inputSpecs.findIndex((spec) => spec.text === text)];
    if (shape) return shape;
    throw new Error(
      `${layer.path}: takes texts, but no input of ${this.name} goes to it; say which: super({ texts: { NAME: "${layer.name}" } })`,
    );
  }

  call(_x: Tensor, _context: CallContext = { training: false }): Tensor {
    throw new Error(
      `${this.name}: has no call; define call(x, { training }) in the class ${this.constructor.name}, ` +
        "or callAll(inputs, { training }) for several inputs or outputs",
    );
  }

  callAll(inputs: readonly Tensor[], context: CallContext = { training: false }): readonly Tensor[] {
    const [x] = inputs;
    if (!x || inputs.length > 1)
      throw new Error(
        `${this.name}: got ${inputs.length} tensors, but call takes one; define callAll(inputs, { training }) for several`,
      );
    return [this.call(x, context)];
  }

  /**
   * The name, and what layers took from data. A class whose constructor takes more options adds them, so that a saved model can be made
   * again.
   */
  config(): SerializedObject {
    const adaptedLayers = Object.fromEntries(
      layersByPath(this.namedLayers).flatMap(([path, layer]) => {
        const options = layer.adapted();
        return options ? [[path, options]] : [];
      }),
    );
    const has = Object.keys(adaptedLayers).length > 0;
    return { className: this.className, config: { name: this.name, ...(has && { adaptedLayers }) } };
  }

  /** Gives layers back what they took from data, as `config` wrote it down. @throws If there is no such layer, or it is another. */
  override restoreAdapted(adaptedLayers: Json): void {
    const layers = new Map(layersByPath(this.namedLayers));
    for (const [path, options] of Object.entries(isConfiguration(adaptedLayers) ? adaptedLayers : {})) {
      const layer = layers.get(path);
      if (!layer || !isConfiguration(options))
        throw new Error(
          `${this.name}: the saved model has a layer ${path} that took its options from data, and this one not`,
        );
      layer.restoreAdapted(options);
    }
  }
}

/** Any model. */
export type Model = BaseModel;

/**
 * A model: layers that are trained, judged, used and saved together. `sequential` and `model` make those whose layers stand in a
 * row or in a graph. A class of one's own keeps its layers (and models, optimizers, metrics, generators, Variables) in public
 * fields, where they are found and named, and says in `call` how they compute; what `fit` does with a batch it may say in
 * `trainStep`. Each step is one program.
 *
 * @example
 * class Autoencoder extends Model {
 *   readonly encoder = layers.dense({ units: 8, activation: "relu" });
 *   readonly decoder = layers.dense({ units: 64 });
 *   override call(x: Tensor, context: CallContext) {
 *     return this.decoder.call(this.encoder.call(x, context), context);
 *   }
 * }
 * const autoencoder = new Autoencoder();
 * autoencoder.compile({ optimizer: "adam", loss: "meanSquaredError" });
 * await autoencoder.fit(images, images, { epochs: 5 });
 * autoencoder.variables[0].name; // "autoencoder/encoder/kernel"
 */
export const Model: typeof OwnModel = OwnModel;

/** All layers with the paths under which their weights stand, those inside others too. */
function layersByPath(layers: ReadonlyMap<string, Layer>, prefix = ""): readonly (readonly [string, Layer])[] {
  return [...layers].flatMap(([name, layer]) => [
    [`${prefix}${name}`, layer] as const,
    ...layersByPath(layer.sublayers, `${prefix}${name}/`),
  ]);
}

function isConfiguration(value: Json): value is Configuration {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function checkedTexts(
  owner: string,
  texts: Readonly<Record<string, string>>,
  inputs: readonly string[],
): Readonly<Record<string, string>> {
  if (typeof texts !== "object" || texts === null || Array.isArray(texts))
    throw new TypeError(
      `${owner}: texts is ${describe(texts)}, expected the fields of text layers by input: { review: "words" }`,
    );
  for (const [input, field] of Object.entries(texts)) {
    if (!inputs.includes(input))
      throw new TypeError(`${owner}: texts names an unknown input "${input}"${suggestion(input, inputs)}`);
    if (typeof field !== "string")
      throw new TypeError(
        `${owner}: texts.${input} is ${describe(field)}, expected the name of a field that holds a text layer`,
      );
  }
  return { ...texts };
}

function classNameOf(made: { readonly name: string; readonly className?: unknown }): string {
  if (typeof made.className === "string") return made.className;
  return `${made.name.charAt(0).toLowerCase()}${made.name.slice(1)}` || "model";
}

function checkedNames(owner: string, option: string, names: readonly string[]): readonly string[] {
  if (!Array.isArray(names) || names.length === 0 || !names.every((name) => typeof name === "string" && name !== ""))
    throw new TypeError(`${owner}: ${option} is ${describe(names)}, expected names in an array, such as ["image"]`);
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice !== undefined) throw new TypeError(`${owner}: two ${option} are called "${twice}"; give one another name`);
  return [...names];
}
