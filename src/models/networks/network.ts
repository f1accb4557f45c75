/** Network: layers that compute together — their weights and names, and how they become one layer of a larger network. */
import { checkBoolean, describe } from "../../graph/options.ts";
import type { Json, SerializedObject } from "../../graph/registry.ts";
import { formatShape, type Shape, sameShape } from "../../graph/shape.ts";
import type { ApplyOptions } from "../../layers/apply-options.ts";
import type { CallContext, Layer } from "../../layers/layer.ts";
import type { Results } from "../../layers/mask.ts";
import type { SymbolicTensor } from "../../layers/symbolic-tensor.ts";
import type { Regularizer } from "../../regularizers/regularizer.ts";
import { zeros } from "../../tensor/creation.ts";
import { Tensor } from "../../tensor/tensor.ts";
import type { Variable } from "../../tensor/variable.ts";
import type { TensorSpec } from "../training/trainable.ts";
import { ModelLayer } from "./model-layer.ts";

/** What every model is before anything is said of training. Kinds of models differ in how their layers are connected. */
export abstract class Network {
  /** The kind of model in saved files: `sequential`, `functional`, or the name of a class of one's own. */
  abstract readonly className: string;
  readonly name: string;
  #trainable = true;
  #layer: ModelLayer | undefined;

  constructor(name: string) {
    if (typeof name !== "string" || name === "" || name.includes("/"))
      throw new TypeError(`model: name is ${describe(name)}, expected a text without "/"`);
    this.name = name;
  }

  /** The layers by the names under which their weights stand, in the order in which they compute. A model inside is one layer. */
  abstract get namedLayers(): ReadonlyMap<string, Layer>;
  /** Whether the weights exist. */
  abstract get built(): boolean;
  /** The shape of one example, `[height, width, channels]`; undefined where neither a layer nor data have told it yet. */
  abstract get inputShape(): Shape | undefined;
  /** The shape of one example's result. @throws Before the model is built. */
  abstract get outputShape(): Shape;
  /** The inputs: names, layers and shapes. */
  abstract get inputSpecs(): readonly TensorSpec[];
  /** The outputs: names, layers and shapes. */
  abstract get outputSpecs(): readonly TensorSpec[];

  /**
   * Creates the weights for examples of a shape, without the batch axis. `fit` and the others do it at the first data.
   *
   * @throws If a layer cannot take what comes to it; the message names the layer, the axis and the sizes.
   */
  abstract build(inputShape: Shape): void;

  /**
   * The model's result for a batch `[batch, ...]`; an expression like any other, for use in `jit` and with `gradients`.
   *
   * @param context Whether it serves training; by default not.
   */
  abstract call(x: Tensor, context?: CallContext): Tensor;

  /** As `call`, for a model of any number of inputs and outputs, in the order of `inputSpecs` and `outputSpecs`. */
  abstract callAll(inputs: readonly Tensor[], context?: CallContext): readonly Tensor[];

  /** As `callAll`, with the results' masks; `context.masks` are the inputs'. */
  run(inputs: readonly Tensor[], context?: CallContext): Results {
    return { outputs: this.callAll(inputs, context), masks: [] };
  }

  /** Layers and their options, enough to make an equal model without its weights. */
  abstract config(): SerializedObject;

  /** Gives layers back what they took from data, where `config` does not write the layers down; see `Model`. */
  restoreAdapted(_adaptedLayers: Json): void {}

  /** State of the model's own, beside its layers', by name; most models have none. */
  get ownVariables(): ReadonlyMap<string, Variable> {
    return new Map();
  }

  /** In the order in which they compute. */
  get layers(): readonly Layer[] {
    return [...this.namedLayers.values()];
  }

  /** Builds a model of several inputs; any other takes one. */
  buildAll(inputShapes: readonly Shape[]): void {
    const [first, second] = inputShapes;
    if (!first || second)
      throw new Error(`${this.name}: got ${inputShapes.length} inputs to build for, but the model takes one`);
    this.build(first);
  }

  /** Builds a model that is not built yet, before it is given data of these shapes. */
  buildFor(inputShapes: readonly Shape[]): void {
    if (!this.built) this.buildAll(inputShapes);
  }

  /**
   * The shapes of one example's results, of a built model.
   *
   * @param inputShapes Of one example for each input.
   * @throws If the model cannot take them; the message names the layer.
   */
  outputShapesFor(inputShapes: readonly Shape[]): readonly Shape[] {
    const outputs = tryOut(this, inputShapes, { training: false });
    return outputs.map(({ shape }) => shape.slice(1));
  }

  /**
   * Applies the model, as one layer, to values of a network that is being described. Applied more than once, it uses the same
   * weights each time.
   *
   * @param x What `input` or another layer's `apply` gave; for a model of several inputs several of them in an array.
   * @throws If the model cannot take such an input, or has several outputs.
   * @example
   * const encoder = sequential([layers.dense({ units: 16, activation: "relu" }), layers.dense({ units: 4 })]);
   * const [left, right] = [input({ shape: [64] }), input({ shape: [64] })];
   * const distance = layers.dot({ axes: -1, normalize: true }).apply([encoder.apply(left), encoder.apply(right)]);
   */
  apply(x: SymbolicTensor | readonly SymbolicTensor[], options?: ApplyOptions): SymbolicTensor {
    const outputs = this.outputSpecs.map(({ name }) => name);
    if (outputs.length > 1)
      throw new Error(
        `${this.name}.apply: the model has ${outputs.length} outputs, ${outputs.join(", ")}; applyAll gives them all by name`,
      );
    return this.asLayer().apply(x, options);
  }

  /**
   * As `apply`, for a model of any number of outputs.
   *
   * @example
   * const { mean, logVariance } = encoder.applyAll(image);
   */
  applyAll(
    x: SymbolicTensor | readonly SymbolicTensor[],
    options?: ApplyOptions,
  ): Readonly<Record<string, SymbolicTensor>> {
    const symbols = this.asLayer().applyOutputs(x, options);
    return Object.fromEntries(this.outputSpecs.map(({ name }, index) => [name, symbols[index] as SymbolicTensor]));
  }

  /** The model as a layer of another one, always the same layer. */
  asLayer(): ModelLayer {
    this.#layer ??= new ModelLayer({ model: this });
    return this.#layer;
  }

  /** For the layer that makes its model from data. */
  setLayer(layer: ModelLayer): void {
    this.#layer = layer;
  }

  /**
   * Whether training changes any weights, default true. A change holds for all layers, in whatever models they are; single ones
   * may be changed afterwards. Compiled models notice at their next step.
   */
  get trainable(): boolean {
    return this.#trainable;
  }
  set trainable(trainable: boolean) {
    checkBoolean(this.name, "trainable", trainable);
    this.#trainable = trainable;
    for (const layer of this.layers) layer.trainable = trainable;
  }

  /** All state of all layers, each once: weights, moving statistics, random generators. */
  get variables(): readonly Variable[] {
    return unique([...this.ownVariables.values(), ...this.layers.flatMap(({ variables }) => variables)]);
  }

  /** The weights that training changes. */
  get trainableVariables(): readonly Variable[] {
    if (!this.#trainable) return [];
    const own = [...this.ownVariables.values()].filter(({ trainable }) => trainable);
    return unique([...own, ...this.layers.flatMap(({ trainableVariables }) => trainableVariables)]);
  }

  /** The state that training by gradients leaves alone. */
  get nonTrainableVariables(): readonly Variable[] {
    const trainable = new Set(this.trainableVariables);
    return this.variables.filter((variable) => !trainable.has(variable));
  }

  /** The weights that are penalized, by what. */
  get regularizers(): ReadonlyMap<Variable, Regularizer> {
    return new Map(this.layers.flatMap(({ regularizers }) => [...regularizers]));
  }

  /** The variables that are weights: not the states of random generators. */
  protected get weights(): readonly Variable[] {
    return weightsOf(this.variables);
  }

  /** The number of weights and moving statistics, trainable or not; 0 before the model is built. */
  countParameters(): number {
    return sizesOf(this.weights);
  }

  /** Copies of all weights and moving statistics, layer by layer, as tensors that later training does not change. */
  getWeights(): Tensor[] {
    return this.weights.map(({ node }) => new Tensor(node));
  }

  /**
   * Sets all weights and moving statistics, in the order of `getWeights`.
   *
   * @throws If their number or one of their shapes differs.
   */
  setWeights(weights: readonly Tensor[]): void {
    const own = this.weights;
    if (weights.length !== own.length)
      throw new Error(
        `${this.name}.setWeights: got ${weights.length} tensors, but the model has ${own.length} weights` +
          (this.built ? "" : "; it is not built yet, call build(inputShape) before"),
      );
    for (const [index, variable] of own.entries()) {
      const { shape } = weights[index] as Tensor;
      if (!sameShape(shape, variable.shape))
        throw new Error(
          `${this.name}.setWeights: the tensor ${index} has the shape ${formatShape(shape)}, but ${variable.name} has ${formatShape(variable.shape)}`,
        );
    }
    for (const [index, variable] of own.entries()) variable.assign(weights[index] as Tensor);
  }

  /** Layers may be part of several models; the one that is used names them and their weights. */
  setPaths(): void {
    for (const [name, variable] of this.ownVariables) variable.name = `${this.name}/${name}`;
    for (const [name, layer] of this.namedLayers) layer.path = `${this.name}/${name}`;
  }
}

/**
 * What a model makes of examples of zeros, to see what its results look like. Only builds the expression: nothing is
 * computed, and state that the call changes is put back.
 */
export function tryOut(
  model: Pick<Network, "layers" | "variables" | "callAll" | "inputSpecs">,
  inputShapes: readonly Shape[],
  context: CallContext,
): readonly Tensor[] {
  const fixed = allLayers(model.layers).find(({ fixedBatchSize }) => fixedBatchSize !== undefined)?.fixedBatchSize;
  const inputs = inputShapes.map((shape, index) => {
    const text = model.inputSpecs[index]?.text;
    return text ? zeros([fixed ?? 1, ...text.indicesShape(shape)], "int32") : zeros([fixed ?? 1, ...shape]);
  });
  const compute = () => model.callAll(inputs, context);
  return fixed === undefined ? compute() : withoutChange(model.variables, compute);
}

/** Undoes what a call does to state: to moving statistics, random generators and the states of stateful layers. */
export function withoutChange<T>(variables: readonly Variable[], compute: () => T): T {
  const before = variables.map(({ node }) => new Tensor(node));
  try {
    return compute();
  } finally {
    for (const [index, variable] of variables.entries()) variable.assign(before[index] as Tensor);
  }
}

/** Without the states of random generators, which are no weights. */
export function weightsOf(variables: readonly Variable[]): readonly Variable[] {
  return variables.filter(({ dtype }) => dtype === "float32");
}

/** How many numbers variables hold. */
export function sizesOf(variables: readonly Variable[]): number {
  return variables.reduce((total, { size }) => total + size, 0);
}

function unique<T>(list: readonly T[]): readonly T[] {
  return [...new Set(list)];
}

/** All layers, each once, with the layers inside them behind each. */
export function allLayers(layers: Iterable<Layer>): readonly Layer[] {
  const found = new Set<Layer>();
  const visit = (layer: Layer) => {
    if (found.has(layer)) return;
    found.add(layer);
    for (const inner of layer.sublayers.values()) visit(inner);
  };
  for (const layer of layers) visit(layer);
  return [...found];
}
