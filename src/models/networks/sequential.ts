/** Sequential: a model whose layers stand one behind the other. */
import { checkOptions, describe } from "../../graph/options.ts";
import type { Configuration, SerializedObject } from "../../graph/registry.ts";
import { formatShape, type Shape } from "../../graph/shape.ts";
import { type CallContext, Layer } from "../../layers/layer.ts";
import { knownLayerFromConfig } from "../../layers/layer-registry.ts";
import type { Results } from "../../layers/mask.ts";
import { uniqueName } from "../../layers/module.ts";
import { serializeLayer } from "../../layers/sharing.ts";
import type { Tensor } from "../../tensor/tensor.ts";
import { BaseModel } from "../base-model.ts";
import type { PlotNode } from "../summary/plot.ts";
import type { CompileOptions } from "../training/compilation.ts";
import type { TensorSpec } from "../training/trainable.ts";
import { Network } from "./network.ts";
import { textReaderOf } from "./text-readers.ts";

export interface SequentialOptions {
  /** Default `sequential`, with a number where there was one before. */
  readonly name?: string;
}

export class Sequential extends BaseModel {
  static readonly className = "sequential";
  override readonly className = Sequential.className;
  readonly #layers: Layer[] = [];
  #inputShape: Shape | undefined;
  #outputShape: Shape | undefined;

  constructor(layers: readonly (Layer | Network)[], options: SequentialOptions = {}) {
    checkOptions("sequential", options, { name: true });
    super(options.name ?? uniqueName("sequential"));
    if (!Array.isArray(layers))
      throw new TypeError(`${this.name}: layers is ${describe(layers)}, expected an array of layers`);
    for (const layer of layers) this.add(layer);
  }

  override get layers(): readonly Layer[] {
    return this.#layers;
  }

  override get namedLayers(): ReadonlyMap<string, Layer> {
    return new Map(this.#layers.map((layer) => [layer.name, layer]));
  }

  override get built(): boolean {
    return this.#outputShape !== undefined;
  }

  override get inputShape(): Shape | undefined {
    return this.#inputShape ?? this.#layers[0]?.inputShape;
  }

  override get outputShape(): Shape {
    if (this.#outputShape) return this.#outputShape;
    throw new Error(
      `${this.name}: the output shape is not known before the model is built; give the first layer an inputShape, or call build or fit`,
    );
  }

  override get inputSpecs(): readonly TensorSpec[] {
    const [first, second] = this.#layers;
    const text = first?.givesTexts ? second : first;
    return [
      {
        name: "x",
        layer: first,
        shape: this.inputShape,
        text: textReaderOf(text),
      },
    ];
  }

  override get outputSpecs(): readonly TensorSpec[] {
    const layer = this.#layers.at(-1);
    return [{ name: layer?.name ?? this.name, layer, shape: this.#outputShape }];
  }

  /**
   * Appends a layer, or a model as one. It is built at once where the shape that comes to it is known.
   *
   * @throws If it is no layer, is in the model already, or another has its name.
   */
  add(added: Layer | Network): void {
    const layer = added instanceof Network ? added.asLayer() : added;
    if (!(layer instanceof Layer))
      throw new TypeError(
        `${this.name}: layer ${this.#layers.length} is ${describe(added)}, expected a layer such as layers.dense({ units: 10 })`,
      );
    if (this.#layers.includes(layer))
      throw new Error(`${this.name}: the layer "${layer.name}" is in the model already; make a second one`);
    if (this.#layers.some(({ name }) => name === layer.name))
      throw new Error(`${this.name}: two layers are called "${layer.name}"; give one of them another name`);
    layer.path = `${this.name}/${layer.name}`;
    const before = this.#layers.at(-1);
    if (before) layer.checkTextsFrom(before);
    this.#layers.push(layer);
    if (this.#outputShape) this.#outputShape = buildLayer(layer, this.#outputShape);
    else if (this.#layers.length === 1 && layer.inputShape) this.build(layer.inputShape);
  }

  override buildAll(inputShapes: readonly Shape[]): void {
    const [first, second] = inputShapes;
    if (!first || second) throw new Error(`${this.name}: got ${inputShapes.length} inputs to build for, but takes one`);
    this.build(first);
  }

  override build(inputShape: Shape): void {
    if (this.built)
      throw new Error(`${this.name}: is built already, for ${formatShape(this.#inputShape ?? [])}; make a new model`);
    if (this.#layers.length === 0) throw new Error(`${this.name}: has no layers; add one before`);
    this.#outputShape = this.#layers.reduce((shape, layer) => buildLayer(layer, shape), inputShape);
    this.#inputShape = [...inputShape];
  }

  override call(x: Tensor, context?: CallContext): Tensor {
    return this.run([x], context).outputs[0] as Tensor;
  }

  override callAll(inputs: readonly Tensor[], context?: CallContext): readonly Tensor[] {
    return this.run(inputs, context).outputs;
  }

  override run(inputs: readonly Tensor[], context: CallContext = { training: false }): Results {
    const [x] = inputs;
    if (!x || inputs.length > 1)
      throw new Error(`${this.name}: got ${inputs.length} tensors, but a sequential model takes one`);
    if (!this.built) this.build(x.shape.slice(1));
    const { masks = [], ...others } = context;
    return this.#layers.reduce<Results>(
      (before, layer) => layer.run(before.outputs, { ...others, masks: before.masks }),
      { outputs: [x], masks },
    );
  }

  override compile(options: CompileOptions): void {
    super.compile(options);
  }

  protected override plotNodes(): readonly PlotNode[] {
    return this.#layers.map((layer, index) => ({ name: layer.name, layer, sources: index > 0 ? [index - 1] : [] }));
  }

  override config(): SerializedObject {
    return { className: this.className, config: { name: this.name, layers: this.#layers.map(serializeLayer) } };
  }

  /** The model that `config` wrote down, without its weights. @throws If the data are of another form, or a layer is not known. */
  static fromConfig({ name, layers }: Configuration): Sequential {
    if (typeof name !== "string" || !Array.isArray(layers))
      throw new TypeError("sequential: a saved configuration must have a name and an array of layers");
    const made = layers.map((layer: unknown, index) => {
      if (!isSerialized(layer))
        throw new TypeError(`${name}: layer ${index} is ${describe(layer)}, expected { className, config }`);
      return knownLayerFromConfig(layer);
    });
    return new Sequential(made, { name });
  }
}

function isSerialized(value: unknown): value is SerializedObject {
  return typeof value === "object" && value !== null && "className" in value && "config" in value;
}

/** Builds a layer unless that has happened, as in a layer taken over from another model. @returns The shape it gives. */
function buildLayer(layer: Layer, inputShape: Shape): Shape {
  if (!layer.built) layer.build(inputShape);
  const [shape, second] = layer.outputShapes([inputShape]);
  if (!shape || second)
    throw new Error(
      `${layer.path}: gives several results, but in a sequential model each layer hands one to the next; ` +
        "connect the layers with model({ inputs, outputs })",
    );
  return shape;
}

/**
 * A model of layers one behind the other; a model may be one of them.
 *
 * @throws If two layers have one name, or a layer whose input is known cannot take it.
 * @example
 * const model = sequential([
 *   layers.flatten({ inputShape: [28, 28, 1] }),
 *   layers.dense({ units: 128, activation: "relu" }),
 *   layers.dense({ units: 10 }),
 * ]);
 */
export function sequential(layers: readonly (Layer | Network)[] = [], options: SequentialOptions = {}): Sequential {
  return new Sequential(layers, options);
}
