/**
 * What recurrent layers of one cell share: `[batch, time, features]` is projected by the kernel, for all steps at once unless that takes too
 * much memory, and a scan carries the state from step to step. A masked step leaves the state as it was.
 */
import { checkBoolean, checkInteger, checkNumber } from "../../graph/options.ts";
import type { Configuration } from "../../graph/registry.ts";
import { formatShape, type Shape, sameShape } from "../../graph/shape.ts";
import type { Initializer } from "../../initializers/initializer.ts";
import { cumulativeMax } from "../../ops/cumulative.ts";
import { cast, multiply, where } from "../../ops/elementwise.ts";
import { matmul } from "../../ops/linear.ts";
import { expandDims, squeeze, transpose } from "../../ops/movement.ts";
import { any } from "../../ops/reduce.ts";
import { scan } from "../../ops/scan.ts";
import { flip, sliceAxis } from "../../ops/slicing.ts";
import type { Regularizer } from "../../regularizers/regularizer.ts";
import { zeros } from "../../tensor/creation.ts";
import type { Generator } from "../../tensor/random.ts";
import type { Tensor } from "../../tensor/tensor.ts";
import { Variable } from "../../tensor/variable.ts";
import { type ActivationName, activationOf } from "../activations/activation-names.ts";
import { type CallContext, serializeOptional } from "../layer.ts";
import { layerGenerator } from "../layer-generator.ts";
import { checkedMask, type Mask } from "../mask.ts";
import { optionalRegularizer, WeightSettings } from "../weight-settings.ts";
import { dropoutFactors, productByBlock } from "./recurrent-dropout.ts";
import { RecurrentLayer } from "./recurrent-layer.ts";
import type { RecurrentLayerOptions } from "./recurrent-options.ts";

/** More are best multiplied by the kernel for all steps in one product. */
const fewFeatures = 64;
/** What the caches may keep of the projected steps, in bytes, until their turns come. */
const mostProjectedAhead = 2 ** 24;

/**
 * Whether all steps are projected before the first turn. Few features become many columns: those of a long sequence would go to memory and
 * come back, twice with the gradient, so that it costs less to project each step in its own turn.
 */
function isProjectedAhead([time = 0, batch = 0, features = 0]: Shape, columns: number): boolean {
  return features > fewFeatures || 4 * time * batch * columns <= mostProjectedAhead;
}

/** A recurrent layer of one cell. A subclass says how many blocks of `units` its weights have, and what one step does. */
export abstract class CellLayer extends RecurrentLayer {
  readonly units: number;
  readonly activation: ActivationName;
  readonly useBias: boolean;
  readonly dropout: number;
  readonly recurrentDropout: number;
  readonly seed: number | undefined;
  readonly #kernel: WeightSettings;
  readonly #recurrent: WeightSettings;
  readonly #bias: WeightSettings;
  readonly #activityRegularizer: Regularizer | undefined;
  readonly #generator: Generator;
  /** Of a stateful layer: with what the next batch begins. */
  #states: readonly Variable[] = [];

  constructor(className: string, options: RecurrentLayerOptions) {
    super(className, options);
    const { units, activation = "tanh", useBias = true, dropout = 0, recurrentDropout = 0, seed } = options;
    checkInteger(className, "units", units, 1);
    activationOf(className, activation);
    checkBoolean(className, "useBias", useBias);
    checkNumber(className, "dropout", dropout, { minimum: 0, maximum: 1 });
    checkNumber(className, "recurrentDropout", recurrentDropout, { minimum: 0, maximum: 1 });
    if (seed !== undefined) checkInteger(className, "seed", seed);
    this.units = units;
    this.activation = activation;
    this.useBias = useBias;
    this.dropout = dropout;
    this.recurrentDropout = recurrentDropout;
    this.seed = seed;
    this.#kernel = new WeightSettings(className, "kernel", options, "glorotUniform");
    this.#recurrent = new WeightSettings(className, "recurrent", options, "orthogonal");
    this.#bias = new WeightSettings(className, "bias", options, "zeros");
    this.#activityRegularizer = optionalRegularizer(`${className}: activityRegularizer`, options.activityRegularizer);
    this.#generator = layerGenerator(seed);
  }

  /** How many blocks of `units` columns the weights have: one for each gate and one for the candidate. */
  protected abstract readonly blocks: number;
  /** How many tensors `[batch, units]` the state has; the first is the output. */
  abstract override readonly stateCount: number;

  /** What to add to the projected input of every step, if anything. */
  protected abstract addInputBias(projected: Tensor): Tensor;

  /**
   * The state after one step.
   *
   * @param input `[batch, blocks · units]`: the step's input, projected.
   * @param state The state before, each `[batch, units]`.
   * @param product `[batch, blocks · units]`: the first state times the recurrent kernel, with recurrent dropout.
   * @param dropped The first state as a block of the recurrent kernel sees it, with recurrent dropout.
   */
  protected abstract step(
    input: Tensor,
    state: readonly Tensor[],
    product: Tensor,
    dropped: (block: number) => Tensor,
  ): readonly Tensor[];

  /** The bias's shape and initial values, where a layer needs others. */
  protected biasShape(): Shape {
    return [this.blocks * this.units];
  }
  protected biasInitializer(): Initializer {
    return this.#bias.initializer;
  }

  override buildAll(inputShapes: readonly Shape[]): void {
    this.beginBuild(inputShapes);
    const features = inputShapes[0]?.[1] as number;
    this.setInputRequirement({ lastAxis: features });
    const columns = this.blocks * this.units;
    this.addWeight({ name: "kernel", shape: [features, columns], ...this.#kernel });
    this.addWeight({ name: "recurrentKernel", shape: [this.units, columns], ...this.#recurrent });
    if (this.useBias)
      this.addWeight({ name: "bias", shape: this.biasShape(), ...this.#bias, initializer: this.biasInitializer() });
    if (this.dropout > 0 || this.recurrentDropout > 0) this.addVariable("generator", this.#generator.state);
    const { batchSize } = this;
    if (!this.stateful || batchSize === undefined) return;
    this.#states = Array.from({ length: this.stateCount }, (_, index) => {
      const state = new Variable(zeros([batchSize, this.units]), { trainable: false });
      this.addVariable(`state${index}`, state);
      return state;
    });
  }

  resetStates(): void {
    for (const state of this.#states) state.assign(zeros(state.shape));
  }

  override callOutputs(inputs: readonly Tensor[], context: CallContext): readonly Tensor[] {
    const [sequence, ...given] = inputs;
    const x = this.checkedFloatInput(sequence as Tensor);
    this.outputShapeAll(inputs.map(({ shape }) => shape.slice(1)));
    const mask = this.#maskOfSteps(context.masks?.[0], x);
    const initial = this.#initialState(x.shape[0] as number, given);
    const { hidden, final } = this.#scan(x, initial, mask, context.training);
    if (this.stateful) for (const [index, state] of this.#states.entries()) state.assign(final[index] as Tensor);
    const beginsWithZeros = given.length === 0 && !this.stateful;
    const output = hidden
      ? this.#sequence(hidden, mask, beginsWithZeros)
      : this.#last(final[0] as Tensor, mask, beginsWithZeros);
    this.penalize(output, this.#activityRegularizer, context);
    return this.returnState ? [output, ...final] : [output];
  }

  /** The first output of every step, `[time, batch, units]`, where it is asked for, and the last state. */
  #scan(x: Tensor, initial: readonly Tensor[], mask: Mask, training: boolean) {
    const [batch, , features] = x.shape as [number, number, number];
    const { blocks, units } = this;
    // As in Keras: with recurrent dropout each gate drops others, otherwise all the same.
    const draws = this.recurrentDropout > 0 ? blocks : 1;
    const draw = (width: number, rate: number) =>
      training ? dropoutFactors([draws, batch, width], rate, this.#generator) : undefined;
    const inputFactors = draw(features, this.dropout);
    const stateFactors = draw(units, this.recurrentDropout);
    const kernel = this.weight("kernel");
    const recurrentKernel = this.weight("recurrentKernel");
    const steps = transpose(x, [1, 0, 2]);
    const project = (input: Tensor): Tensor =>
      this.addInputBias(inputFactors ? productByBlock(input, inputFactors, kernel, blocks) : matmul(input, kernel));
    const isAhead = inputFactors !== undefined || isProjectedAhead(steps.shape, blocks * units);
    const kept = mask && expandDims(transpose(mask, [1, 0]), -1);
    const { carry, outputs } = scan(
      (state, [slice, keep]) => {
        const hidden = state[0] as Tensor;
        const product = stateFactors
          ? productByBlock(hidden, stateFactors, recurrentKernel, blocks)
          : matmul(hidden, recurrentKernel);
        const dropped = (block: number) =>
          stateFactors
            ? multiply(hidden, squeeze(sliceAxis(stateFactors, 0, block % draws, (block % draws) + 1), 0))
            : hidden;
        const input = isAhead ? (slice as Tensor) : project(slice as Tensor);
        const stepped = this.step(input, state, product, dropped);
        const next = keep ? stepped.map((value, index) => where(keep, value, state[index] as Tensor)) : stepped;
        return { carry: next, outputs: this.returnSequences ? [next[0] as Tensor] : [] };
      },
      initial,
      [isAhead ? project(steps) : steps, ...(kept ? [kept] : [])],
      { reverse: this.goBackwards },
    );
    return { hidden: outputs[0], final: carry };
  }

  /** The mask, which must have one value for each step. */
  #maskOfSteps(given: Mask, x: Tensor): Mask {
    const mask = checkedMask(this.path, given, x);
    if (mask && mask.rank !== 2)
      throw new Error(
        `${this.path}: the mask has the shape ${formatShape(mask.shape)} and the input ${formatShape(x.shape)}; ` +
          `expected ${formatShape(x.shape.slice(0, 2))}, one value for each step`,
      );
    return mask;
  }

  #initialState(batch: number, given: readonly Tensor[]): readonly Tensor[] {
    const { fixedBatchSize, units } = this;
    if (fixedBatchSize !== undefined && batch !== fixedBatchSize)
      throw new Error(
        `${this.path}: the batch has ${batch} examples, but a stateful layer keeps the states of ${fixedBatchSize}; ` +
          "give batches of that size, or another batchSize",
      );
    if (given.length > 0) return given.map((state) => cast(state, "float32"));
    return this.stateful ? this.#states : Array.from({ length: this.stateCount }, () => zeros([batch, units]));
  }

  /**
   * `[batch, time, units]` in the order of computing. A masked step has the output of the step before, which is the state; zeros
   * before the first step that counts, whatever the initial state.
   */
  #sequence(hidden: Tensor, mask: Mask, beginsWithZeros: boolean): Tensor {
    const stacked = transpose(hidden, [1, 0, 2]);
    const shown = this.zeroOutputForMask ? mask : mask && !beginsWithZeros ? this.#reached(mask) : undefined;
    const output = shown ? where(expandDims(shown, -1), stacked, 0) : stacked;
    return this.goBackwards ? flip(output, 1) : output;
  }

  /** Whether a step that counts has come by then. */
  #reached(mask: Tensor): Tensor {
    return cast(cumulativeMax(cast(mask, "int32"), { axis: 1, reverse: this.goBackwards }), "bool");
  }

  /** The output of the last step, `[batch, units]`, by the same rules. */
  #last(hidden: Tensor, mask: Mask, beginsWithZeros: boolean): Tensor {
    if (!mask) return hidden;
    const end = this.goBackwards ? 0 : (mask.shape[1] as number) - 1;
    if (this.zeroOutputForMask) return where(sliceAxis(mask, 1, end, end + 1), hidden, 0);
    return beginsWithZeros ? hidden : where(any(mask, { axis: 1, keepDims: true }), hidden, 0);
  }

  override computeMask(_inputs: readonly Tensor[], [mask]: readonly Mask[]): Mask {
    if (!this.returnSequences) return undefined;
    return mask && this.goBackwards ? flip(mask, 1) : mask;
  }

  override outputShapes([sequence = [], ...states]: readonly Shape[]): readonly Shape[] {
    this.checkShape(sequence);
    const { stateCount, units } = this;
    if (states.length > 0 && (states.length !== stateCount || !states.every((shape) => sameShape(shape, [units]))))
      throw new Error(
        `${this.path}: got a sequence and initial states of the shapes ${states.map(formatShape).join(", ")} for an example; ` +
          `a ${this.className} of ${units} units takes ${stateCount === 1 ? "one" : stateCount} of [${units}], or none`,
      );
    const output = this.returnSequences ? [sequence[0] as number, units] : [units];
    return [output, ...(this.returnState ? Array.from({ length: stateCount }, () => [units]) : [])];
  }

  override reseed(seed: number): void {
    super.reseed(seed);
    this.#generator.reseed(seed);
  }

  override config(): Configuration {
    const { units, activation, useBias, dropout, recurrentDropout, seed } = this;
    return {
      ...super.config(),
      units,
      activation,
      useBias,
      ...this.#kernel.config(),
      ...this.#recurrent.config(),
      ...this.#bias.config(),
      ...serializeOptional("activityRegularizer", this.#activityRegularizer),
      dropout,
      recurrentDropout,
      ...(seed !== undefined && { seed }),
    };
  }
}
