/**
 * What the blocks of transformers share: sublayers, each with a normalization and a path around it, and the feedforward network
 * that is the last of them.
 *
 *   normalizeFirst:  x + dropout(sublayer(norm(x)))
 *   otherwise:       norm(x + dropout(sublayer(x)))
 */
import { checkBoolean, checkInteger, checkNumber, type OptionNames } from "../../graph/options.ts";
import type { Configuration } from "../../graph/registry.ts";
import { formatShape, type Shape } from "../../graph/shape.ts";
import type { InitializerLike } from "../../initializers/index.ts";
import { add } from "../../ops/elementwise.ts";
import type { RegularizerLike } from "../../regularizers/index.ts";
import type { Tensor } from "../../tensor/tensor.ts";
import { type ActivationName, activationOf } from "../activations/activation-names.ts";
import { Dense } from "../core/dense.ts";
import { type CallContext, Layer, type LayerOptions } from "../layer.ts";
import { LayerNormalization } from "../normalization/layer-normalization.ts";
import { Dropout } from "../regularization/dropout.ts";
import { WeightSettings } from "../weight-settings.ts";
import { MultiHeadAttention } from "./multi-head-attention.ts";

export interface TransformerBlockOptions extends LayerOptions {
  /** The width of the feedforward network's hidden layer, at least 1. */
  intermediateDim: number;
  /** How many heads attention has, a divisor of the width of the input. */
  numHeads: number;
  /** How many heads of keys and values self-attention has, a divisor of `numHeads`; default `numHeads`. */
  numKeyValueHeads?: number;
  /** The fraction dropped in training of attention weights and of each sublayer's result, in [0, 1]; default 0. */
  dropout?: number;
  /** The fraction dropped in training inside the feedforward network; default 0. PyTorch takes `dropout` here too. */
  intermediateDropout?: number;
  /** Inside the feedforward network; default `"relu"`. */
  activation?: ActivationName;
  /** Added to variances in normalizations, above 0; default 1e-5. */
  layerNormEpsilon?: number;
  /** Whether to normalize what goes into each sublayer (GPT-2 and later) rather than what comes out (2017); default false. */
  normalizeFirst?: boolean;
  /** Whether attention, the feedforward network and normalizations have biases; default true. */
  useBias?: boolean;
  /** Whether self-attention turns queries and keys by their positions; default false. */
  useRotaryEmbedding?: boolean;
  /** Default `"glorotUniform"`. */
  kernelInitializer?: InitializerLike;
  /** Default `"zeros"`. */
  biasInitializer?: InitializerLike;
  /** A penalty on all kernels; default none. */
  kernelRegularizer?: RegularizerLike;
  /** An integer that fixes what is dropped; by default drawn from the default generator. */
  seed?: number;
}

/** For `checkLayerOptions`: the names of these options. */
export const transformerBlockOptionNames: OptionNames<Omit<TransformerBlockOptions, keyof LayerOptions>> = {
  intermediateDim: true,
  numHeads: true,
  numKeyValueHeads: true,
  dropout: true,
  intermediateDropout: true,
  activation: true,
  layerNormEpsilon: true,
  normalizeFirst: true,
  useBias: true,
  useRotaryEmbedding: true,
  kernelInitializer: true,
  biasInitializer: true,
  kernelRegularizer: true,
  seed: true,
};

/** How one attention of a block differs from the others. */
export interface BlockAttention {
  readonly useCausalMask?: boolean;
  readonly useAttentionMask: boolean;
  /** Whether keys come from the queries' own sequence, where positions and shared heads apply. */
  readonly toItself: boolean;
}

/** A block of a transformer. Subclasses name their sublayers in `buildSublayers` and apply them in `transform`. */
export abstract class TransformerBlock extends Layer {
  override readonly supportsMasking = true;
  readonly intermediateDim: number;
  readonly numHeads: number;
  readonly numKeyValueHeads: number;
  readonly dropout: number;
  readonly intermediateDropout: number;
  readonly activation: ActivationName;
  readonly layerNormEpsilon: number;
  readonly normalizeFirst: boolean;
  readonly useBias: boolean;
  readonly useRotaryEmbedding: boolean;
  readonly seed: number | undefined;
  readonly #kernel: WeightSettings;
  readonly #bias: WeightSettings;

  constructor(className: string, options: TransformerBlockOptions) {
    super(className, options);
    const { intermediateDim, numHeads, numKeyValueHeads = numHeads, dropout = 0, intermediateDropout = 0 } = options;
    const { activation = "relu", layerNormEpsilon = 1e-5, normalizeFirst = false, useBias = true } = options;
    const { useRotaryEmbedding = false, seed } = options;
    for (const [option, value] of Object.entries({ intermediateDim, numHeads, numKeyValueHeads }))
      checkInteger(className, option, value, 1);
    for (const [option, value] of Object.entries({ dropout, intermediateDropout }))
      checkNumber(className, option, value, { minimum: 0, maximum: 1 });
    for (const [option, value] of Object.entries({ normalizeFirst, useBias, useRotaryEmbedding }))
      checkBoolean(className, option, value);
    checkNumber(className, "layerNormEpsilon", layerNormEpsilon, { above: 0 });
    activationOf(className, activation);
    if (numHeads % numKeyValueHeads !== 0)
      throw new RangeError(
        `${className}: numKeyValueHeads is ${numKeyValueHeads}, which does not divide numHeads, ${numHeads}`,
      );
    if (seed !== undefined) checkInteger(className, "seed", seed);
    this.intermediateDim = intermediateDim;
    this.numHeads = numHeads;
    this.numKeyValueHeads = numKeyValueHeads;
    this.dropout = dropout;
    this.intermediateDropout = intermediateDropout;
    this.activation = activation;
    this.layerNormEpsilon = layerNormEpsilon;
    this.normalizeFirst = normalizeFirst;
    this.useBias = useBias;
    this.useRotaryEmbedding = useRotaryEmbedding;
    this.seed = seed;
    this.#kernel = new WeightSettings(className, "kernel", options, "glorotUniform");
    this.#bias = new WeightSettings(className, "bias", options, "zeros");
    this.setInputRequirement({ rank: 2, axes: "[time, features]" });
  }

  /** Adds and builds the sublayers, which the shape of the inputs decides. */
  protected abstract buildSublayers(inputShapes: readonly Shape[]): void;
  /** The result for inputs that were checked. */
  protected abstract transform(inputs: readonly Tensor[], context: CallContext): Tensor;

  override build(inputShape: Shape): void {
    this.buildAll([inputShape]);
  }

  override buildAll(inputShapes: readonly Shape[]): void {
    this.beginBuild(inputShapes);
    this.setInputRequirement({ lastAxis: inputShapes[0]?.[1] as number });
    this.buildSublayers(inputShapes);
    if (this.seed !== undefined) this.reseed(this.seed);
  }

  call(x: Tensor, context: CallContext): Tensor {
    return this.callAll([x], context);
  }

  override callAll(inputs: readonly Tensor[], context: CallContext): Tensor {
    const [first] = inputs;
    if (first) this.checkedInput(first);
    this.outputShapeAll(inputs.map(({ shape }) => shape.slice(1)));
    return this.transform(inputs, context);
  }

  override outputShape(inputShape: Shape): Shape {
    return this.outputShapeAll([inputShape]);
  }

  /** @throws If the heads cannot share the width evenly. */
  protected override checkShape(shape: Shape): void {
    super.checkShape(shape);
    const features = shape[1] as number;
    if (features % this.numHeads !== 0)
      throw new Error(
        `${this.path}: an example has the shape ${formatShape(shape)}, but ${this.numHeads} heads do not divide its ${features} features; ` +
          "choose numHeads that do, or put a dense before it",
      );
  }

  /** What the weights of attention and of the feedforward network are made of. */
  get #weightOptions() {
    const { initializer: kernelInitializer, regularizer: kernelRegularizer } = this.#kernel;
    return {
      kernelInitializer,
      biasInitializer: this.#bias.initializer,
      ...(kernelRegularizer && { kernelRegularizer }),
    };
  }

  /** Adds an attention and its normalization, built for the shapes of the query and of the other inputs. */
  protected addAttention(name: string, [shape, ...others]: readonly [Shape, ...Shape[]], kind: BlockAttention): void {
    const { numHeads, dropout, useBias } = this;
    const { toItself, useCausalMask = false, useAttentionMask } = kind;
    const attention = new MultiHeadAttention({
      name,
      numHeads,
      ...(toItself && { numKeyValueHeads: this.numKeyValueHeads, useRotaryEmbedding: this.useRotaryEmbedding }),
      keyDim: (shape[1] as number) / numHeads,
      dropout,
      useBias,
      useCausalMask,
      useAttentionMask,
      ...this.#weightOptions,
    });
    this.addSublayer(name, attention).buildAll([shape, ...others]);
    this.#addAround(name, shape);
  }

  /** Adds the feedforward network and its normalization. */
  protected addFeedforward(shape: Shape): void {
    const dense = (name: string, units: number, activation: ActivationName) =>
      this.addSublayer(
        name,
        new Dense({
          name,
          units,
          activation,
          useBias: this.useBias,
          ...this.#weightOptions,
        }),
      );
    const [time, features] = shape as [number, number];
    dense("feedforwardIntermediate", this.intermediateDim, this.activation).build(shape);
    this.#addDropout("feedforwardIntermediateDropout", this.intermediateDropout, [time, this.intermediateDim]);
    dense("feedforwardOutput", features, "linear").build([time, this.intermediateDim]);
    this.#addAround("feedforward", shape);
  }

  /** What stands around a sublayer: the dropout of its result and the normalization. */
  #addAround(name: string, shape: Shape): void {
    const norm = new LayerNormalization({
      name: `${name}Norm`,
      epsilon: this.layerNormEpsilon,
      center: this.useBias,
    });
    this.#addDropout(`${name}Dropout`, this.dropout, shape);
    this.addSublayer(`${name}Norm`, norm).build(shape);
  }

  #addDropout(name: string, rate: number, shape: Shape): void {
    if (rate > 0) this.addSublayer(name, new Dropout({ name, rate })).build(shape);
  }

  /** The result of a sublayer by name; of one that is not there, as a dropout of nothing, the input. */
  #run(name: string, x: Tensor, context: CallContext): Tensor {
    return this.sublayers.get(name)?.call(x, context) ?? x;
  }

  /** One sublayer with its normalization, its dropout and the path around it. */
  protected around(name: string, x: Tensor, context: CallContext, sublayer: (x: Tensor) => Tensor): Tensor {
    const normalize = (y: Tensor) => this.#run(`${name}Norm`, y, context);
    const drop = (y: Tensor) => this.#run(`${name}Dropout`, y, context);
    return this.normalizeFirst ? add(x, drop(sublayer(normalize(x)))) : normalize(add(x, drop(sublayer(x))));
  }

  /** An attention of the block, to the other inputs that it was built for; the context has the masks of all of them. */
  protected attend(name: string, x: Tensor, others: readonly Tensor[], context: CallContext): Tensor {
    const attention = this.sublayers.get(name);
    return this.around(name, x, context, (y) => attention?.callAll([y, ...others], context) ?? y);
  }

  protected feedforward(x: Tensor, context: CallContext): Tensor {
    const names = ["feedforwardIntermediate", "feedforwardIntermediateDropout", "feedforwardOutput"];
    return this.around("feedforward", x, context, (y) =>
      names.reduce((value, name) => this.#run(name, value, context), y),
    );
  }

  override config(): Configuration {
    const { intermediateDim, numHeads, numKeyValueHeads, dropout, intermediateDropout, activation } = this;
    const { layerNormEpsilon, normalizeFirst, useBias, useRotaryEmbedding, seed } = this;
    return {
      ...super.config(),
      intermediateDim,
      numHeads,
      numKeyValueHeads,
      dropout,
      intermediateDropout,
      activation,
      layerNormEpsilon,
      normalizeFirst,
      useBias,
      useRotaryEmbedding,
      ...this.#kernel.config(),
      ...this.#bias.config(),
      ...(seed !== undefined && { seed }),
    };
  }
}
