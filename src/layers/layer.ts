/** Layer: a function of a tensor with weights of its own. Every layer extends this class. */
import { warn } from "../devices/host.ts";
import { checkInteger, checkOptions, describe, type OptionNames } from "../graph/options.ts";
import { type Configurable, type Configuration, serialize } from "../graph/registry.ts";
import { formatShape, type Shape } from "../graph/shape.ts";
import { cast, divide } from "../ops/elementwise.ts";
import type { Regularizer } from "../regularizers/regularizer.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { activeTrace } from "../tensor/trace.ts";
import { type ApplyOptions, inputsGiven, masksGiven } from "./apply-options.ts";
import { checkRequirement, type InputRequirement } from "./input-requirement.ts";
import { checkedMask, isList, type Mask, type Results } from "./mask.ts";
import { Module } from "./module.ts";
import { type Application, SymbolicTensor } from "./symbolic-tensor.ts";

/** Options that every layer takes. */
export interface LayerOptions {
  /** By default the kind of layer, with a number where it is not the first: `dense`, `dense_1` … */
  name?: string;
  /** Whether training changes the layer's weights; default true. */
  trainable?: boolean;
  /** The shape of one example, without the batch axis; the first layer of a model may declare it. */
  inputShape?: Shape;
}

/** For `checkOptions`: the names of the options that every layer takes. */
export const layerOptionNames: OptionNames<LayerOptions> = { name: true, trainable: true, inputShape: true };

/** What a layer is told in a call beside its input. */
export interface CallContext {
  /** Whether the result serves training: dropout drops and batch normalization uses the batch's statistics. */
  readonly training: boolean;
  /** Receives the penalties of activity regularizers, scalars to be added to the loss; without it there are none. */
  readonly penalties?: Tensor[];
  /** The inputs' masks, in their order: bool `[batch, time]`, true where a step counts; undefined where all do. */
  readonly masks?: readonly Mask[];
}

/**
 * A layer. A subclass passes its name to this constructor, creates its weights in `build`, computes in `call`, tells its
 * `outputShape`, and lists its options in `config`. Shapes given to `build` and `outputShape` have no batch axis.
 *
 * @example
 * class Scale extends Layer {
 *   static readonly className = "scale";
 *   readonly className = Scale.className;
 *   constructor(options: LayerOptions = {}) {
 *     super("scale", options);
 *   }
 *   override build(inputShape: Shape) {
 *     super.build(inputShape);
 *     this.addWeight({ name: "factor", shape: [], initializer: initializers.ones() });
 *   }
 *   call(x: Tensor) {
 *     return multiply(this.checkedInput(x), this.weight("factor"));
 *   }
 * }
 */
export abstract class Layer extends Module implements Configurable {
  abstract readonly className: string;
  /** Whether the layer heeds masks of its inputs, or hands them on as `computeMask` says; one that does not drops them. */
  readonly supportsMasking: boolean = false;
  #built = false;
  #declaredShape: Shape | undefined;
  #builtShape: Shape | undefined;
  #requirement: InputRequirement = {};
  #warnedOfMask = false;

  /** @throws If `options` holds a wrong value for one of the options that every layer takes. */
  constructor(className: string, options: LayerOptions = {}) {
    super(className, options);
    const { inputShape } = options;
    if (inputShape !== undefined) {
      if (!Array.isArray(inputShape))
        throw new TypeError(
          `${className}: inputShape is ${describe(inputShape)}, expected an array such as [28, 28, 1]`,
        );
      for (const [axis, size] of inputShape.entries()) checkInteger(className, `axis ${axis} of inputShape`, size, 0);
      this.#declaredShape = [...inputShape];
    }
  }

  /** Whether one of its inputs takes texts, which are no tensors: such a layer stands where data enter a model. */
  takesTextsAt(_input: number): boolean {
    return false;
  }

  /** Whether texts go through it, as through an `input` that declares them. */
  get givesTexts(): boolean {
    return false;
  }

  /** @throws If this layer takes texts and the one before gives numbers, or the other way round. */
  checkTextsFrom(before: Layer, input = 0): void {
    const takesTexts = this.takesTextsAt(input);
    if (before.givesTexts === takesTexts) return;
    throw new TypeError(
      takesTexts
        ? `${this.path}: takes texts, but ${before.path} before it gives numbers; put it first in a sequential model, or apply it to ` +
            'input({ shape, dtype: "string" })'
        : `${this.path}: takes numbers, but ${before.path} before it gives texts; put layers.textVectorization or ` +
            "layers.stringLookup between them",
    );
  }

  get built(): boolean {
    return this.#built;
  }

  /** The shape of one example: that for which the layer was built, or the one declared. */
  get inputShape(): Shape | undefined {
    return this.#builtShape ?? this.#declaredShape;
  }

  /** Of a layer that takes indices: the limit that they stay below. Models check their data against it. */
  get indexLimit(): number | undefined {
    return undefined;
  }

  /** How many examples every batch must have; undefined for any number, as it is for all layers but stateful ones. */
  get fixedBatchSize(): number | undefined {
    return undefined;
  }

  /**
   * Creates the weights for inputs of a shape, without the batch axis. A subclass calls this first, then adds its weights.
   *
   * @throws If the layer is built already, the shape differs from the one declared, or the layer cannot take it.
   */
  build(inputShape: Shape): void {
    this.beginBuild([inputShape]);
  }

  /** Builds a layer of several inputs, which merge layers are; any other takes one. */
  buildAll(inputShapes: readonly Shape[]): void {
    this.build(this.#only(inputShapes));
  }

  /** The checks before building, and the mark that it has happened; for a subclass that builds for several inputs. */
  protected beginBuild(inputShapes: readonly Shape[]): void {
    const [inputShape = []] = inputShapes;
    if (this.#built)
      throw new Error(
        `${this.path}: is built already, for ${formatShape(this.#builtShape ?? [])}; make a new layer for other inputs`,
      );
    if (activeTrace())
      throw new Error(`${this.path}: cannot be built inside a function traced by jit; build it before`);
    const declared = this.#declaredShape;
    if (declared && (declared.length !== inputShape.length || declared.some((size, axis) => size !== inputShape[axis])))
      throw new Error(
        `${this.path}: the examples have the shape ${formatShape(inputShape)}, but the layer's inputShape says ` +
          `${formatShape(declared)}; change the option or the data`,
      );
    this.outputShapeAll(inputShapes);
    this.#builtShape = [...inputShape];
    this.#built = true;
  }

  /**
   * The layer's result for a batch.
   *
   * @param x `[batch, ...]`
   * @throws If the layer is not built, or was built for inputs of another shape.
   */
  abstract call(x: Tensor, context: CallContext): Tensor;

  /** The result of a layer of several inputs, which merge layers are; any other takes one. */
  callAll(inputs: readonly Tensor[], context: CallContext): Tensor {
    return this.call(this.#only(inputs), context);
  }

  /** All results of a layer that has several, such as a recurrent layer with `returnState`; of any other the only one. */
  callOutputs(inputs: readonly Tensor[], context: CallContext): readonly Tensor[] {
    return [this.callAll(inputs, context)];
  }

  /** The mask of the result, or those of several; that of the first input by default. Asked where `supportsMasking` says so. */
  computeMask(_inputs: readonly Tensor[], masks: readonly Mask[]): Mask | readonly Mask[] {
    return masks[0];
  }

  /**
   * The results with their masks: how models call layers.
   *
   * @param context With the inputs' masks, if there are any. A layer that does not support masks warns once and does without.
   * @throws If a mask does not fit its input.
   */
  run(inputs: readonly Tensor[], context: CallContext): Results {
    const { masks: given = [], ...others } = context;
    const masks = inputs.map((x, index) => checkedMask(this.path, given[index], x));
    const isMasked = masks.some((mask) => mask !== undefined);
    if (this.supportsMasking) {
      const outputs = this.callOutputs(inputs, isMasked ? { ...others, masks } : others);
      const computed = this.computeMask(inputs, masks);
      return { outputs, masks: isList(computed) ? computed : [computed] };
    }
    if (isMasked && !this.#warnedOfMask) {
      this.#warnedOfMask = true;
      warn(
        `${this.path}: its input has a mask, but a ${this.className} does not support masks: it treats all steps alike, and the ` +
          "layers behind it see no mask",
      );
    }
    return { outputs: this.callOutputs(inputs, others), masks: [] };
  }

  /**
   * Applies the layer to values of a network that is being described, and builds it if that has not happened. Applied more
   * than once, it uses the same weights each time.
   *
   * @param x What `input` or another layer's `apply` gave; for a merge layer several of them in an array.
   * @param options `mask`: which steps count, if that does not come with the input.
   * @throws If the layer cannot take such an input; the message names the layer, the axis and the sizes.
   * @example
   * const image = input({ shape: [784] });
   * const hidden = layers.dense({ units: 64, activation: "relu" }).apply(image);
   */
  apply(x: SymbolicTensor | readonly SymbolicTensor[], options?: ApplyOptions): SymbolicTensor {
    return this.applyOutputs(x, options)[0] as SymbolicTensor;
  }

  /**
   * As `apply`, for a layer of several results.
   *
   * @example
   * const [, ...state] = layers.lstm({ units: 8, returnState: true }).applyOutputs(source);
   * const decoded = layers.lstm({ units: 8, returnSequences: true }).apply([target, ...state]);
   */
  applyOutputs(x: SymbolicTensor | readonly SymbolicTensor[], options: ApplyOptions = {}): readonly SymbolicTensor[] {
    const inputs = inputsGiven(this.path, x);
    for (const [index, { layer }] of inputs.entries()) this.checkTextsFrom(layer, index);
    const shapes = inputs.map(({ shape }) => shape);
    const masks = masksGiven(this, inputs, options);
    if (!this.#built) this.buildAll(shapes);
    const application: Application = { layer: this, inputs, masks };
    return this.outputShapes(shapes).map((shape, index) => new SymbolicTensor(application, index, shape));
  }

  /**
   * The shape of one example's result, without the batch axis.
   *
   * @throws If the layer cannot take such an input; the message names the layer, the axis, the sizes and the mend.
   */
  outputShape(inputShape: Shape): Shape {
    this.checkShape(inputShape);
    return inputShape;
  }

  /** The shape of one example's result of a layer of several inputs, which merge layers are; any other takes one. */
  outputShapeAll(inputShapes: readonly Shape[]): Shape {
    return this.outputShape(this.#only(inputShapes));
  }

  /** The shapes of all results of a layer that has several; of any other the only one. */
  outputShapes(inputShapes: readonly Shape[]): readonly Shape[] {
    return [this.outputShapeAll(inputShapes)];
  }

  #only<T>(inputs: readonly T[]): T {
    const [first] = inputs;
    if (first !== undefined && inputs.length === 1) return first;
    throw new Error(
      `${this.path}: got ${inputs.length} inputs, but a ${this.className} takes one; ` +
        "bring them together before, with layers.concatenate or layers.add",
    );
  }

  /**
   * The options that were taken from data, such as a vocabulary that `adapt` found; for models of one's own, whose constructor makes
   * the layers anew.
   */
  adapted(): Configuration | undefined {
    return undefined;
  }

  /** Takes over what `adapted` gave. */
  restoreAdapted(_options: Configuration): void {
    throw new Error(`${this.path}: takes nothing over from data; the saved layer of this name was another`);
  }

  /** The options, enough to make an equal layer without its weights. A subclass adds its own. */
  config(): Configuration {
    return {
      name: this.name,
      trainable: this.trainable,
      ...(this.#declaredShape && { inputShape: this.#declaredShape }),
    };
  }

  /** Says what the layer demands of its input: in the constructor the axes, in `build` their sizes. */
  protected setInputRequirement(requirement: InputRequirement): void {
    this.#requirement = { ...this.#requirement, ...requirement };
  }

  /** @throws If an input's shape, without the batch axis, does not meet the layer's requirement. */
  protected checkShape(shape: Shape): void {
    checkRequirement(this.path, this.#requirement, shape);
  }

  /** The input, checked: the layer is built, and for such a shape. */
  protected checkedInput(x: Tensor): Tensor {
    if (!this.#built)
      throw new Error(`${this.path}: is not built; call build(inputShape) before, or use it in a model`);
    if (x.rank === 0) throw new Error(`${this.path}: the input is a scalar, expected [batch, ...]`);
    this.checkShape(x.shape.slice(1));
    return x;
  }

  /** The input, checked, as float32. */
  protected checkedFloatInput(x: Tensor): Tensor {
    return cast(this.checkedInput(x), "float32");
  }

  /** Adds an activity regularizer's penalty on a result, averaged over the batch, to the context. */
  protected penalize(output: Tensor, regularizer: Regularizer | undefined, context: CallContext): void {
    if (regularizer) context.penalties?.push(divide(regularizer.call(output), output.shape[0] ?? 1));
  }
}

/** A regularizer or initializer in a configuration; nothing where there is none. */
export function serializeOptional(name: string, value: Configurable | undefined): Configuration {
  return value ? { [name]: serialize(value) } : {};
}

/** Checks a layer's options: names, with those that every layer takes. */
export function checkLayerOptions<Options extends LayerOptions>(
  className: string,
  options: Options,
  own: OptionNames<Omit<Options, keyof LayerOptions>>,
): void {
  checkOptions<LayerOptions>(className, options, { ...layerOptionNames, ...own });
}
