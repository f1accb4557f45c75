/**
 * What recurrent layers share: `[batch, time, features]` is projected by the kernel for all steps at once, then a scan carries
 * the state from step to step.
 */
import { checkBoolean, checkInteger, checkNumber, type OptionNames } from "../graph/options.ts";
import { type Configuration, serialize } from "../graph/registry.ts";
import type { Shape } from "../graph/shape.ts";
import { type InitializerLike, resolveInitializer } from "../initializers/index.ts";
import type { Initializer } from "../initializers/initializer.ts";
import { multiply, where } from "../ops/elementwise.ts";
import { matmul } from "../ops/linear.ts";
import { expandDims, flip, transpose } from "../ops/movement.ts";
import { scan } from "../ops/scan.ts";
import { type RegularizerLike, resolveRegularizer } from "../regularizers/index.ts";
import type { Regularizer } from "../regularizers/regularizer.ts";
import { zeros } from "../tensor/creation.ts";
import { type Generator, randomBernoulli } from "../tensor/random.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { type ActivationName, activationOf } from "./activation-names.ts";
import { type CallContext, Layer, type LayerOptions, serializeOptional } from "./layer.ts";
import { layerGenerator } from "./layer-generator.ts";

/** Options that every recurrent layer takes. */
export interface RecurrentLayerOptions extends LayerOptions {
  /** The width of the state and of the output, at least 1. */
  units: number;
  /** Default `"tanh"`. */
  activation?: ActivationName;
  /** Whether to add a bias; default true. */
  useBias?: boolean;
  /** Of the weights for the input; default `"glorotUniform"`. */
  kernelInitializer?: InitializerLike;
  /** Of the weights for the state; default `"orthogonal"`. */
  recurrentInitializer?: InitializerLike;
  /** Default `"zeros"`. */
  biasInitializer?: InitializerLike;
  kernelRegularizer?: RegularizerLike;
  recurrentRegularizer?: RegularizerLike;
  biasRegularizer?: RegularizerLike;
  /** A penalty on the result, averaged over the batch; default none. */
  activityRegularizer?: RegularizerLike;
  /** The fraction of input features dropped in training, the same ones at every step of an example; default 0. */
  dropout?: number;
  /** The fraction of the state dropped before it meets its weights, the same at every step of an example; default 0. */
  recurrentDropout?: number;
  /** The seed of the dropouts; default drawn from the default generator. */
  seed?: number;
  /** Whether to give the output of every step, `[batch, time, units]`, or of the last; default false. */
  returnSequences?: boolean;
  /** Whether to go through time backwards; sequences come out in the order in which they were computed. Default false. */
  goBackwards?: boolean;
}

/** For `checkLayerOptions`: the names of these options. */
export const recurrentLayerOptionNames: OptionNames<Omit<RecurrentLayerOptions, keyof LayerOptions>> = {
  units: true,
  activation: true,
  useBias: true,
  kernelInitializer: true,
  recurrentInitializer: true,
  biasInitializer: true,
  kernelRegularizer: true,
  recurrentRegularizer: true,
  biasRegularizer: true,
  activityRegularizer: true,
  dropout: true,
  recurrentDropout: true,
  seed: true,
  returnSequences: true,
  goBackwards: true,
};

type RegularizerOption = "kernelRegularizer" | "recurrentRegularizer" | "biasRegularizer" | "activityRegularizer";

/** A recurrent layer. A subclass says how many blocks of `units` its weights have, and what one step does. */
export abstract class RecurrentLayer extends Layer {
  readonly units: number;
  readonly activation: ActivationName;
  readonly useBias: boolean;
  readonly dropout: number;
  readonly recurrentDropout: number;
  readonly seed: number | undefined;
  readonly returnSequences: boolean;
  readonly goBackwards: boolean;
  readonly #initializers: Readonly<Record<"kernel" | "recurrentKernel" | "bias", Initializer>>;
  readonly #regularizers: Readonly<Record<RegularizerOption, Regularizer | undefined>>;
  readonly #generator: Generator;

  constructor(className: string, options: RecurrentLayerOptions) {
    super(className, options);
    const { units, activation = "tanh", useBias = true, dropout = 0, recurrentDropout = 0, seed } = options;
    const { returnSequences = false, goBackwards = false } = options;
    checkInteger(className, "units", units, 1);
    activationOf(className, activation);
    for (const [name, value] of Object.entries({ useBias, returnSequences, goBackwards }))
      checkBoolean(className, name, value);
    checkNumber(className, "dropout", dropout, { minimum: 0, maximum: 1 });
    checkNumber(className, "recurrentDropout", recurrentDropout, { minimum: 0, maximum: 1 });
    if (seed !== undefined) checkInteger(className, "seed", seed);
    this.units = units;
    this.activation = activation;
    this.useBias = useBias;
    this.dropout = dropout;
    this.recurrentDropout = recurrentDropout;
    this.seed = seed;
    this.returnSequences = returnSequences;
    this.goBackwards = goBackwards;
    const initializer = (
      option: "kernelInitializer" | "recurrentInitializer" | "biasInitializer",
      value: InitializerLike,
    ) => resolveInitializer(`${className}: ${option}`, options[option] ?? value);
    this.#initializers = {
      kernel: initializer("kernelInitializer", "glorotUniform"),
      recurrentKernel: initializer("recurrentInitializer", "orthogonal"),
      bias: initializer("biasInitializer", "zeros"),
    };
    const regularizer = (option: RegularizerOption) => {
      const value = options[option];
      return value === undefined ? undefined : resolveRegularizer(`${className}: ${option}`, value);
    };
    this.#regularizers = {
      kernelRegularizer: regularizer("kernelRegularizer"),
      recurrentRegularizer: regularizer("recurrentRegularizer"),
      biasRegularizer: regularizer("biasRegularizer"),
      activityRegularizer: regularizer("activityRegularizer"),
    };
    this.#generator = layerGenerator(seed);
    this.setInputRequirement({ rank: 2, axes: "[time, features]" });
  }

  /** How many blocks of `units` columns the weights have: one for each gate and one for the candidate. */
  protected abstract readonly blocks: number;
  /** How many tensors `[batch, units]` the state has; the first is the output. */
  protected abstract readonly stateCount: number;

  /** What to add to the projected input of every step, if anything. */
  protected abstract addInputBias(projected: Tensor): Tensor;

  /**
   * The state after one step.
   *
   * @param input `[batch, blocks · units]`: the step's input, projected.
   * @param state The state before, each `[batch, units]`; the first with recurrent dropout applied.
   * @param product `[batch, blocks · units]`: the dropped-out first state times the recurrent kernel.
   */
  protected abstract step(input: Tensor, state: readonly Tensor[], product: Tensor): readonly Tensor[];

  /** The bias's shape and initial values, where a layer needs others. */
  protected biasShape(): Shape {
    return [this.blocks * this.units];
  }
  protected biasInitializer(): Initializer {
    return this.#initializers.bias;
  }

  override build(inputShape: Shape): void {
    super.build(inputShape);
    const features = inputShape[1] as number;
    this.setInputRequirement({ lastAxis: features });
    const { kernelRegularizer, recurrentRegularizer, biasRegularizer } = this.#regularizers;
    const columns = this.blocks * this.units;
    const { kernel, recurrentKernel } = this.#initializers;
    this.addWeight({ name: "kernel", shape: [features, columns], initializer: kernel, regularizer: kernelRegularizer });
    this.addWeight({
      name: "recurrentKernel",
      shape: [this.units, columns],
      initializer: recurrentKernel,
      regularizer: recurrentRegularizer,
    });
    if (this.useBias)
      this.addWeight({
        name: "bias",
        shape: this.biasShape(),
        initializer: this.biasInitializer(),
        regularizer: biasRegularizer,
      });
    if (this.dropout > 0 || this.recurrentDropout > 0) this.addVariable("generator", this.#generator.state);
  }

  call(input: Tensor, context: CallContext): Tensor {
    const x = this.checkedFloatInput(input);
    const [batch, , features] = x.shape as [number, number, number];
    const { training } = context;
    const inputMask = training ? this.#mask([batch, features], this.dropout) : undefined;
    const stateMask = training ? this.#mask([batch, this.units], this.recurrentDropout) : undefined;
    const seen = inputMask ? multiply(x, expandDims(inputMask, 1)) : x;
    const projected = this.addInputBias(matmul(transpose(seen, [1, 0, 2]), this.weight("kernel")));
    const recurrentKernel = this.weight("recurrentKernel");
    const initial = Array.from({ length: this.stateCount }, () => zeros([batch, this.units]));
    const { carry, outputs } = scan(
      (state, [slice]) => {
        const [hidden] = state as [Tensor];
        const product = matmul(stateMask ? multiply(hidden, stateMask) : hidden, recurrentKernel);
        const next = this.step(slice as Tensor, state, product);
        return { carry: next, outputs: this.returnSequences ? [next[0] as Tensor] : [] };
      },
      initial,
      [projected],
      { reverse: this.goBackwards },
    );
    const output = this.returnSequences ? this.#inBatchOrder(outputs[0] as Tensor) : (carry[0] as Tensor);
    this.penalize(output, this.#regularizers.activityRegularizer, context);
    return output;
  }

  #inBatchOrder(stacked: Tensor): Tensor {
    const sequence = transpose(stacked, [1, 0, 2]);
    return this.goBackwards ? flip(sequence, 1) : sequence;
  }

  /** 1 / (1 - rate) where a value is kept and 0 where it is dropped. */
  #mask(shape: Shape, rate: number): Tensor | undefined {
    if (rate === 0) return undefined;
    if (rate === 1) return zeros(shape);
    return where(randomBernoulli(shape, 1 - rate, { generator: this.#generator }), 1 / (1 - rate), 0);
  }

  override outputShape(inputShape: Shape): Shape {
    this.checkShape(inputShape);
    return this.returnSequences ? [inputShape[0] as number, this.units] : [this.units];
  }

  override reseed(seed: number): void {
    super.reseed(seed);
    this.#generator.reseed(seed);
  }

  override config(): Configuration {
    const { units, activation, useBias, dropout, recurrentDropout, seed, returnSequences, goBackwards } = this;
    const { kernel, recurrentKernel, bias } = this.#initializers;
    return {
      ...super.config(),
      units,
      activation,
      useBias,
      kernelInitializer: serialize(kernel),
      recurrentInitializer: serialize(recurrentKernel),
      biasInitializer: serialize(bias),
      ...serializeOptional("kernelRegularizer", this.#regularizers.kernelRegularizer),
      ...serializeOptional("recurrentRegularizer", this.#regularizers.recurrentRegularizer),
      ...serializeOptional("biasRegularizer", this.#regularizers.biasRegularizer),
      ...serializeOptional("activityRegularizer", this.#regularizers.activityRegularizer),
      dropout,
      recurrentDropout,
      ...(seed !== undefined && { seed }),
      returnSequences,
      goBackwards,
    };
  }
}
