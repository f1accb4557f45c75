/** ModelLayer: a whole model as one layer of another; its weights are the model's, under `model/layer/kernel`. */
import { type Configuration, isSerialized, type SerializedObject } from "../../graph/registry.ts";
import type { Shape } from "../../graph/shape.ts";
import { type CallContext, checkLayerOptions, Layer, type LayerOptions } from "../../layers/layer.ts";
import type { Results } from "../../layers/mask.ts";
import type { Tensor } from "../../tensor/tensor.ts";
import type { Variable } from "../../tensor/variable.ts";
import { modelFromConfig } from "./model-kinds.ts";
import type { Network } from "./network.ts";

export interface ModelLayerOptions extends LayerOptions {
  /** The model, or one written down as data. */
  model: Network | SerializedObject;
}

/** A model inside another. Made by the outer model, or by the inner one's `apply`. */
export class ModelLayer extends Layer {
  static readonly className = "model";
  readonly className = ModelLayer.className;
  override readonly supportsMasking = true;
  readonly model: Network;

  constructor(options: ModelLayerOptions) {
    checkLayerOptions("model", options, { model: true });
    const { model, trainable, ...others } = options;
    const given = isSerialized(model);
    const inner = given ? modelFromConfig(model) : model;
    super("model", { name: inner.name, ...others });
    this.model = inner;
    if (given) inner.setLayer(this);
    // Its layers have flags of their own, which only freezing overrules.
    if (trainable === false) this.trainable = false;
  }

  override get sublayers(): ReadonlyMap<string, Layer> {
    // The base class asks before the model is there.
    return this.model ? this.model.namedLayers : new Map();
  }

  /** Texts that enter a model inside are prepared for it where they enter the whole. */
  override takesTextsAt(input: number): boolean {
    return this.model.inputSpecs[input]?.text !== undefined;
  }

  override get trainable(): boolean {
    return this.model ? this.model.trainable : true;
  }
  override set trainable(trainable: boolean) {
    this.model.trainable = trainable;
  }

  override get built(): boolean {
    return this.model.built;
  }

  override get weights(): ReadonlyMap<string, Variable> {
    return new Map([...this.model.ownVariables, ...super.weights]);
  }

  override get trainableVariables(): readonly Variable[] {
    return this.model.trainableVariables;
  }

  override get path(): string {
    return super.path;
  }
  override set path(path: string) {
    super.path = path;
    for (const [name, variable] of this.model?.ownVariables ?? []) variable.name = `${path}/${name}`;
  }

  override get inputShape(): Shape | undefined {
    return super.inputShape ?? this.model.inputShape;
  }

  override build(inputShape: Shape): void {
    this.buildAll([inputShape]);
  }

  override buildAll(inputShapes: readonly Shape[]): void {
    if (!this.model.built) this.model.buildAll(inputShapes);
    this.beginBuild(inputShapes);
    this.path = `${this.path}`; // The layers inside have been built since the path was set.
  }

  call(x: Tensor, context: CallContext): Tensor {
    return this.callAll([x], context);
  }

  override callAll(inputs: readonly Tensor[], context: CallContext): Tensor {
    return this.callOutputs(inputs, context)[0] as Tensor;
  }

  override callOutputs(inputs: readonly Tensor[], context: CallContext): readonly Tensor[] {
    return this.run(inputs, context).outputs;
  }

  /** The model's layers heed the masks. */
  override run(inputs: readonly Tensor[], context: CallContext): Results {
    if (!this.built) throw new Error(`${this.path}: is not built; call build(inputShape) before, or use it in a model`);
    return this.model.run(inputs, context);
  }

  override outputShape(inputShape: Shape): Shape {
    return this.outputShapeAll([inputShape]);
  }

  override outputShapeAll(inputShapes: readonly Shape[]): Shape {
    return this.outputShapes(inputShapes)[0] as Shape;
  }

  override outputShapes(inputShapes: readonly Shape[]): readonly Shape[] {
    const { inputSpecs } = this.model;
    if (inputShapes.length !== inputSpecs.length)
      throw new Error(
        `${this.path}: got ${inputShapes.length} ${inputShapes.length === 1 ? "input" : "inputs"}, but the model ${this.model.name} ` +
          `takes ${inputSpecs.length}: ${inputSpecs.map(({ name }) => name).join(", ")}; give them in one array`,
      );
    return this.model.outputShapesFor(inputShapes);
  }

  override config(): Configuration {
    return { name: this.name, trainable: this.trainable, model: this.model.config() };
  }

  /** The model's layers check what comes to them. */
  protected override checkShape(): void {}
}
