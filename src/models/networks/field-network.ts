/**
 * FieldNetwork: a network of one's own, whose layers stand in the fields of its class and whose `call` says how they compute. The
 * other kinds of models say both otherwise.
 */
import { checkOptions, describe, suggestion } from "../../graph/options.ts";
import type { Configuration, Json, SerializedObject } from "../../graph/registry.ts";
import { formatShape, type Shape } from "../../graph/shape.ts";
import type { CallContext, Layer } from "../../layers/layer.ts";
import type { Results } from "../../layers/mask.ts";
import { uniqueName } from "../../layers/module.ts";
import type { Metric } from "../../metrics/metric.ts";
import type { Optimizer } from "../../optimizers/optimizer.ts";
import type { Generator } from "../../tensor/random.ts";
import type { Tensor } from "../../tensor/tensor.ts";
import type { Variable } from "../../tensor/variable.ts";
import type { TensorSpec } from "../training/trainable.ts";
import { carryingMasks, type MasksByTensor } from "./carry-masks.ts";
import { allLayers, Network, tryOut } from "./network.ts";
import { textReaderOf, textReadersOf } from "./text-readers.ts";
import { trackedFields } from "./tracked-fields.ts";
import { watchLayers } from "./watch-layers.ts";

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

export abstract class FieldNetwork extends Network {
  readonly className: string;
  readonly #inputs: readonly string[];
  readonly #outputs: readonly string[];
  readonly #texts: Readonly<Record<string, string>> | undefined;
  #inputShapes: readonly Shape[] | undefined;
  #outputShapes: readonly Shape[] | undefined;
  /** While the model computes. */
  #masks: MasksByTensor | undefined;

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
    if (this.run !== FieldNetwork.prototype.run) return;
    const { call, callAll } = this;
    if (call !== FieldNetwork.prototype.call)
      this.call = (x, context) =>
        this.#masks ? call.call(this, x, context) : this.#carrying([x], context, (inner) => call.call(this, x, inner));
    if (callAll !== FieldNetwork.prototype.callAll)
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

  override get ownVariables(): ReadonlyMap<string, Variable> {
    const { variables, generators } = trackedFields(this);
    return new Map([...variables, ...[...generators].map(([name, { state }]) => [name, state] as const)]);
  }

  /** Metrics in the model's fields: `fit` and `evaluate` reset and report them, its own steps update them. */
  get ownMetrics(): readonly Metric[] {
    return [...trackedFields(this).metrics.values()];
  }

  /** Random generators in the model's fields: `fit` starts them by its seed, and their states are saved. */
  get ownGenerators(): readonly Generator[] {
    return [...trackedFields(this).generators.values()];
  }

  /** Optimizers in the model's fields, by the fields' names. */
  get ownOptimizers(): ReadonlyMap<string, Optimizer> {
    return trackedFields(this).optimizers;
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
    return this.#outputs.map((name, index) => ({ name, layer: undefined, shape: this.#outputShapes?.[index] }));
  }

  build(inputShape: Shape): void {
    this.buildAll([inputShape]);
  }

  /** Layers may have weights before; how they compute is known now. */
  override buildFor(inputShapes: readonly Shape[]): void {
    if (!this.#inputShapes) this.buildAll(inputShapes);
  }

  /** Computes once, on zeros that never become numbers; each layer that is not built yet is built for what comes to it. */
  override buildAll(inputShapes: readonly Shape[]): void {
    if (this.#inputShapes)
      throw new Error(
        `${this.name}: is built already, for ${this.#inputShapes.map(formatShape).join(", ")}; make a new model`,
      );
    this.setPaths();
    const isCallable = this.call !== FieldNetwork.prototype.call || this.callAll !== FieldNetwork.prototype.callAll;
    const outputs = isCallable
      ? watchLayers(
          allLayers(this.layers),
          {
            before: (layer, inputs) => {
              if (!layer.built) layer.buildAll(inputs.map((x, index) => this.#shapeFor(layer, index, x, inputShapes)));
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
  restoreAdapted(adaptedLayers: Json): void {
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
