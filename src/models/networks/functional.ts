/**
 * FunctionalModel: a model whose layers are connected in any way without circles: branches, residual connections, shared
 * layers, several inputs and outputs.
 */
import { checkOptions } from "../../graph/options.ts";
import type { Configuration, SerializedObject } from "../../graph/registry.ts";
import { formatShape, type Shape } from "../../graph/shape.ts";
import { InputLayer, type InputOptions } from "../../layers/core/input.ts";
import type { CallContext, Layer } from "../../layers/layer.ts";
import type { Results } from "../../layers/mask.ts";
import { uniqueName } from "../../layers/module.ts";
import type { Application, SymbolicTensor } from "../../layers/symbolic-tensor.ts";
import type { Tensor } from "../../tensor/tensor.ts";
import { BaseModel } from "../base-model.ts";
import type { PlotNode } from "../summary/plot.ts";
import type { CompileOptions } from "../training/compilation.ts";
import type { TensorSpec } from "../training/trainable.ts";
import {
  connectionsOf,
  describeGraph,
  type FunctionalGraph,
  graphBetween,
  readGraph,
  type SymbolicTensors,
  symbolOfInput,
  textLayerOf,
} from "./functional-graph.ts";

export interface ModelOptions {
  /** What `input` gave: one, several in an array, or several by name. */
  readonly inputs: SymbolicTensors;
  /** What layers' `apply` gave, likewise. In an array each has the name of its layer. */
  readonly outputs: SymbolicTensors;
  /** Default `functional`, with a number where there was one before. */
  readonly name?: string;
}

/** A graph of layers between inputs and outputs. Made by `model`. */
export class FunctionalModel extends BaseModel {
  static readonly className = "functional";
  override readonly className = FunctionalModel.className;
  readonly #graph: FunctionalGraph;

  constructor(options: ModelOptions) {
    checkOptions("model", options, { inputs: true, outputs: true, name: true });
    super(options.name ?? uniqueName("functional"));
    this.#graph = graphBetween(this.name, options.inputs, options.outputs);
    this.setPaths();
  }

  override get layers(): readonly Layer[] {
    return this.#graph.layers;
  }

  override get built(): boolean {
    return true;
  }

  override get namedLayers(): ReadonlyMap<string, Layer> {
    return new Map(this.#graph.layers.map((layer) => [layer.name, layer]));
  }

  /** The shape of one example of a model of one input; undefined with several, whose shapes are in `inputSpecs`. */
  override get inputShape(): Shape | undefined {
    const [input, second] = this.#graph.inputs;
    return second ? undefined : input?.symbol.shape;
  }

  /** The shape of one example's result of a model of one output. @throws With several, whose shapes are in `outputSpecs`. */
  override get outputShape(): Shape {
    const [output, second] = this.#graph.outputs;
    if (output && !second) return output.symbol.shape;
    throw new Error(`${this.name}: has ${this.#graph.outputs.length} outputs; their shapes are in outputSpecs`);
  }

  override get inputSpecs(): readonly TensorSpec[] {
    return this.#graph.inputs.map(({ name, symbol }) => ({
      name,
      layer: symbol.layer,
      shape: symbol.shape,
      text: textLayerOf(this.#graph, symbol),
    }));
  }

  override get outputSpecs(): readonly TensorSpec[] {
    return this.#graph.outputs.map(({ name, symbol: { layer, shape } }) => ({ name, layer, shape }));
  }

  override buildFor(): void {}

  /** @throws Always: the weights exist since the layers were applied. */
  override build(inputShape: Shape): void {
    throw new Error(
      `${this.name}: is built already, when its layers were applied, and not for ${formatShape(inputShape)}; make a new model`,
    );
  }

  override call(x: Tensor, context?: CallContext): Tensor {
    const { inputs, outputs } = this.#graph;
    if (inputs.length !== 1 || outputs.length !== 1)
      throw new Error(
        `${this.name}.call: the model has ${inputs.length} inputs and ${outputs.length} outputs; callAll takes and gives several`,
      );
    return this.callAll([x], context)[0] as Tensor;
  }

  override callAll(inputs: readonly Tensor[], context?: CallContext): readonly Tensor[] {
    return this.run(inputs, context).outputs;
  }

  override run(tensors: readonly Tensor[], context: CallContext = { training: false }): Results {
    const { inputs, outputs, applications } = this.#graph;
    if (tensors.length !== inputs.length)
      throw new Error(
        `${this.name}: got ${tensors.length} tensors for ${inputs.length} inputs: ${inputs.map(({ name }) => name).join(", ")}`,
      );
    const { masks: givenMasks = [], ...others } = context;
    const places = new Map(inputs.map(({ symbol }, index) => [symbol.application, index]));
    const results = new Map<Application, Results>();
    const outputOf = ({ application, index }: SymbolicTensor) => results.get(application)?.outputs[index] as Tensor;
    const maskOf = ({ application, index }: SymbolicTensor) => results.get(application)?.masks[index];
    for (const application of applications) {
      const { layer } = application;
      const place = places.get(application);
      const result =
        place === undefined
          ? layer.run(application.inputs.map(outputOf), {
              ...others,
              masks: application.inputs.map((symbol, index) => {
                const mask = application.masks[index];
                return mask ? outputOf(mask) : maskOf(symbol);
              }),
            })
          : layer.run([tensors[place] as Tensor], { ...others, masks: [givenMasks[place]] });
      results.set(application, result);
    }
    return {
      outputs: outputs.map(({ symbol }) => outputOf(symbol)),
      masks: outputs.map(({ symbol }) => maskOf(symbol)),
    };
  }

  override compile(options: CompileOptions): void {
    super.compile(options);
  }

  protected override plotNodes(): readonly PlotNode[] {
    const { applications } = this.#graph;
    const places = new Map(applications.map((application, place) => [application, place]));
    return applications.map(({ layer, inputs, masks }) => ({
      name: layer.name,
      layer,
      sources: [...inputs, ...masks].flatMap((symbol) => (symbol ? (places.get(symbol.application) ?? []) : [])),
    }));
  }

  override config(): SerializedObject {
    return { className: this.className, config: { name: this.name, ...describeGraph(this.#graph) } };
  }

  /** The model that `config` wrote down, without its weights. @throws If the data are of another form, or a layer is not known. */
  static fromConfig(config: Configuration): FunctionalModel {
    const { name } = config;
    if (typeof name !== "string") throw new TypeError("functional: a saved configuration must have a name");
    return new FunctionalModel({ name, ...readGraph(name, config) });
  }

  override connectedTo(layer: Layer): string {
    return connectionsOf(this.#graph, layer);
  }
}

/**
 * Declares an input of a model: the beginning of a network that is described by applying layers.
 *
 * @param options `shape`, of one example, without the batch axis; `dtype` in which the model computes with it, by default as the
 *   data are, or `"string"` for texts; `name`, by which data are given.
 * @example
 * const image = input({ shape: [28, 28, 1], name: "image" });
 */
export function input(options: InputOptions): SymbolicTensor {
  checkOptions("input", options, { shape: true, dtype: true, name: true });
  const { shape, ...others } = options;
  return symbolOfInput(new InputLayer({ ...others, inputShape: shape }));
}

/**
 * A model of all that lies between inputs and outputs. A layer that is applied twice shares its weights.
 *
 * @throws If an output depends on an input that is not listed, or two layers have one name.
 * @example
 * const image = input({ shape: [64] });
 * const hidden = layers.dense({ units: 64, activation: "relu" }).apply(image);
 * const sum = layers.add().apply([image, hidden]); // a residual connection
 * const classifier = model({ inputs: image, outputs: layers.dense({ units: 10 }).apply(sum) });
 *
 * // Several inputs and outputs have names, by which data, losses and metrics are given:
 * const both = model({ inputs: { image, region }, outputs: { age, kind } });
 * both.compile({ optimizer: "adam", loss: { age: "meanSquaredError", kind: "binaryCrossentropy" }, lossWeights: { kind: 0.5 } });
 * await both.fit({ x: { image: images, region: regions }, y: { age: ages, kind: kinds } });
 */
export function model(options: ModelOptions): FunctionalModel {
  return new FunctionalModel(options);
}
