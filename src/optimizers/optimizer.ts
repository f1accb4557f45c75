/** Optimizer: changes variables so that a loss becomes smaller. */
import { checkNumber } from "../graph/options.ts";
import { type Configurable, type Configuration, serialize } from "../graph/registry.ts";
import { formatShape, sameShape, sizeOf } from "../graph/shape.ts";
import { add, cast, equal, mod, multiply, stopGradient, subtract, where } from "../ops/elementwise.ts";
import { gradients as gradientsOf } from "../ops/gradients.ts";
import type { Schedule } from "../schedules/schedule.ts";
import { resolveKnownSchedule } from "../schedules/schedule-registry.ts";
import { fill } from "../tensor/creation.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { Variable } from "../tensor/variable.ts";
import { GradientAccumulation } from "./gradient-accumulation.ts";
import { GradientClipping } from "./gradient-clipping.ts";
import { MovingAverage } from "./moving-average.ts";
import type { OptimizerOptions } from "./optimizer-options.ts";
import { optimizerMark } from "./optimizer-registry.ts";
import { type Slot, SlotVariables } from "./slot-variables.ts";
import { NameSelector, RateMultipliers } from "./variable-names.ts";

/** The scalars of one update that are the same for every variable with one multiplier of the learning rate. */
export interface UpdateContext {
  /** float32 scalar. */
  readonly learningRate: Tensor;
  /** The number of this update, from 1; float32 scalar. */
  readonly step: Tensor;
}

/**
 * An optimizer. A subclass names its slots (the state it keeps for each variable), computes once an update what all variables
 * share in `prepare`, and gives a variable's new value in `update`.
 *
 * @example
 * const optimizer = optimizers.adam({ learningRate: 1e-3 });
 * const step = jit((x: Tensor, y: Tensor) => {
 *   const loss = criterion.call(y, model.call(x, { training: true }));
 *   optimizer.minimize(loss, model.trainableVariables);
 *   return loss;
 * });
 */
export abstract class Optimizer<Shared = unknown> implements Configurable {
  abstract readonly className: string;
  readonly [optimizerMark] = true;
  readonly name: string;
  /** The number of updates so far, int32 scalar. */
  readonly iterations: Variable;
  /** The learning rate: a float32 scalar that `setLearningRate` changes, or a schedule. */
  readonly learningRate: Variable | Schedule;
  readonly weightDecay: number;
  readonly gradientAccumulationSteps: number;
  readonly #excluded: NameSelector;
  readonly #multipliers: RateMultipliers;
  readonly #clipping: GradientClipping;
  readonly #ema: MovingAverage | undefined;
  readonly #accumulation: GradientAccumulation | undefined;
  #initialLearningRate: number | undefined;
  readonly #slots: SlotVariables;

  constructor(className: string, defaultLearningRate: number, options: OptimizerOptions) {
    const { learningRate = defaultLearningRate, weightDecay = 0 } = options;
    this.name = options.name ?? className;
    checkNumber(className, "weightDecay", weightDecay, { minimum: 0 });
    this.weightDecay = weightDecay;
    this.#accumulation = GradientAccumulation.of(className, this.name, options);
    this.gradientAccumulationSteps = this.#accumulation?.steps ?? 1;
    this.#excluded = new NameSelector(`${className}: excludeFromWeightDecay`, options.excludeFromWeightDecay ?? []);
    this.#multipliers = new RateMultipliers(className, options.learningRateMultipliers ?? {});
    this.#clipping = new GradientClipping(className, options);
    this.#ema = MovingAverage.of(className, this.name, options);
    this.#slots = new SlotVariables(this.name, (variable) => this.slotsFor(variable));
    this.iterations = new Variable(fill([], 0, "int32"), { name: `${this.name}/iterations`, trainable: false });
    if (typeof learningRate === "number") {
      checkNumber(className, "learningRate", learningRate, { minimum: 0 });
      this.#initialLearningRate = learningRate;
      this.learningRate = new Variable(fill([], learningRate), { name: `${this.name}/learningRate`, trainable: false });
    } else this.learningRate = resolveKnownSchedule(`${className}: learningRate`, learningRate);
  }

  /** The names of the state kept for each variable: `m`, `v` … */
  protected abstract readonly slotNames: readonly string[];

  /** The value each element of a slot starts from. */
  protected readonly slotStart: number = 0;

  /** The state kept for one variable; by default every slot has the variable's shape. */
  protected slotsFor(variable: Variable): readonly Slot[] {
    return this.slotNames.map((name) => ({ name, shape: variable.shape, start: this.slotStart }));
  }

  /** State that is no variable's own, and its values after an update; for optimizers that need some. */
  protected readonly sharedState: readonly Variable[] = [];
  protected nextSharedState(_context: UpdateContext): readonly Tensor[] {
    return [];
  }

  /** The weight decay of a variable, where it is not excluded. */
  protected weightDecayOf(_variable: Variable): number {
    return this.weightDecay;
  }

  /** What one update shares among all variables, computed once for each multiplier of the learning rate. It assigns nothing. */
  protected abstract prepare(context: UpdateContext): Shared;

  /**
   * The new value of a variable, and of its slots in the order of their names.
   *
   * @param value The variable's value, weight decay already taken off.
   * @param variable Which one, for optimizers that treat some otherwise.
   */
  protected abstract update(
    value: Tensor,
    gradient: Tensor,
    slots: readonly Tensor[],
    shared: Shared,
    variable: Variable,
  ): { readonly value: Tensor; readonly slots: readonly Tensor[] };

  /** Creates the state for variables; `apply` does it by itself, but state to be loaded must exist before. */
  build(variables: readonly Variable[]): void {
    for (const variable of variables) {
      this.#slots.of(variable);
      this.#ema?.averageOf(variable);
    }
    this.#accumulation?.build(variables);
  }

  /**
   * One update of the variables down the gradients of a loss. What is computed afterwards uses the new values, and is not
   * differentiated through them.
   *
   * @param loss A float32 scalar.
   */
  minimize(loss: Tensor, variables: readonly Variable[]): void {
    this.apply(gradientsOf(loss, variables), variables);
  }

  /**
   * One update of the variables by given gradients.
   *
   * @throws If the lists differ in length, or a gradient has not its variable's shape.
   */
  apply(gradients: readonly Tensor[], variables: readonly Variable[]): void {
    if (gradients.length !== variables.length)
      throw new Error(
        `${this.name}: got ${gradients.length} gradients for ${variables.length} variables; give one for each`,
      );
    for (const [index, variable] of variables.entries()) {
      const gradient = gradients[index] as Tensor;
      if (!sameShape(gradient.shape, variable.shape))
        throw new Error(
          `${this.name}: the gradient of ${variable.name} has the shape ${formatShape(gradient.shape)}, expected ` +
            `${formatShape(variable.shape)} as the variable`,
        );
    }
    if (this.#accumulation)
      this.#accumulation.add(gradients, variables, (means, due) => this.#update(means, variables, due));
    else this.#update(gradients, variables);
  }

  /**
   * Makes an update of what gradient accumulation holds of an incomplete group: by the mean of those gradients. Without any, or
   * where gradients are not accumulated, it changes nothing.
   */
  applyAccumulated(variables: readonly Variable[]): void {
    this.#accumulation?.flush(variables, (means, due) => this.#update(means, variables, due));
  }

  /** @param due Whether the update happens, bool scalar; without it always. */
  #update(gradients: readonly Tensor[], variables: readonly Variable[], due?: Tensor): void {
    // What a step computes after an update, such as a second loss, is not differentiated through the update.
    const assign = (variable: Variable, value: Tensor) =>
      variable.assign(stopGradient(due ? where(due, value, variable) : value));
    const clipped = this.#clipping.call(gradients);
    const rate = this.currentLearningRate();
    const step = cast(add(this.iterations, 1), "float32");
    const context = { learningRate: rate, step };
    const contexts = new Map<number, { readonly learningRate: Tensor; readonly shared: Shared }>();
    const contextOf = (multiplier: number) => {
      const known = contexts.get(multiplier);
      if (known) return known;
      const learningRate = multiplier === 1 ? rate : multiply(rate, multiplier);
      const made = { learningRate, shared: this.prepare({ learningRate, step }) };
      contexts.set(multiplier, made);
      return made;
    };
    const nextIterations = add(this.iterations, 1);
    const ema = this.#ema?.at(equal(this.iterations, 0), (frequency) => equal(mod(nextIterations, frequency), 0));
    for (const [index, variable] of variables.entries()) {
      const { learningRate, shared } = contextOf(this.#multipliers.of(variable.name));
      const slots = this.#slots.of(variable);
      const decay = this.#excluded.has(variable.name) ? 0 : this.weightDecayOf(variable);
      const value = decay > 0 ? multiply(variable, subtract(1, multiply(learningRate, decay))) : variable;
      const updated = this.update(value, clipped[index] as Tensor, slots, shared, variable);
      const constrained = variable.constraint?.call(updated.value) ?? updated.value;
      const averaged = ema?.(variable, constrained);
      assign(variable, averaged?.value ?? constrained);
      if (averaged) assign(averaged.variable, averaged.average);
      for (const [at, slot] of slots.entries()) assign(slot, updated.slots[at] as Tensor);
    }
    const shared = this.nextSharedState(context);
    for (const [at, state] of this.sharedState.entries()) assign(state, shared[at] as Tensor);
    assign(this.iterations, nextIterations);
  }

  /** Whether a moving average of the weights is kept. */
  get useEma(): boolean {
    return this.#ema !== undefined;
  }

  /**
   * Exchanges the weights with their moving averages, as to evaluate or save these; a second call exchanges them back. Not
   * inside a function traced by jit.
   *
   * @throws Without the option `useEma`.
   */
  swapEma(variables: readonly Variable[]): void {
    this.#averages().swap(variables);
  }

  /** Gives the weights their moving averages for good; `fit` does it when it ends. @throws Without the option `useEma`. */
  finalizeEma(variables: readonly Variable[]): void {
    this.#averages().finalize(variables);
  }

  /** Whether the weights and their moving averages are exchanged at present. */
  get emaSwapped(): boolean {
    return this.#ema?.swapped ?? false;
  }

  #averages(): MovingAverage {
    if (this.#ema) return this.#ema;
    throw new Error(`${this.name}: keeps no moving average of the weights; make it with the option useEma: true`);
  }

  /** The learning rate of the next update, a float32 scalar. */
  currentLearningRate(): Tensor {
    return this.learningRate instanceof Variable ? this.learningRate : this.learningRate.call(this.iterations);
  }

  /**
   * Changes the learning rate, for programs that are compiled already too.
   *
   * @throws If the learning rate follows a schedule.
   */
  setLearningRate(learningRate: number): void {
    checkNumber(this.name, "learningRate", learningRate, { minimum: 0 });
    if (!(this.learningRate instanceof Variable))
      throw new Error(
        `${this.name}: the learning rate follows the schedule ${this.learningRate.className} and cannot be set; ` +
          `give the optimizer a number instead`,
      );
    this.learningRate.assign(fill([], learningRate));
    this.#initialLearningRate = learningRate;
  }

  /** The variables that it has updated so far, or was built for. */
  get trainedVariables(): readonly Variable[] {
    return this.#slots.trained;
  }

  /** The keys of `learningRateMultipliers` that are part of none of the variables' names. */
  unusedMultipliers(variables: readonly Variable[]): readonly string[] {
    return this.#multipliers.unused(variables.map(({ name }) => name));
  }

  /** How many numbers it keeps in training such variables. */
  stateSize(variables: readonly Variable[]): number {
    const copies = (this.#accumulation ? 1 : 0) + (this.#ema ? 1 : 0);
    const sizes = variables.map(
      (variable) => copies * variable.size + this.slotsFor(variable).reduce((sum, { shape }) => sum + sizeOf(shape), 0),
    );
    return sizes.reduce((sum, size) => sum + size, 0);
  }

  /** All state: iterations, learning rate and the slots that exist, for saving. */
  get variables(): readonly Variable[] {
    const rate = this.learningRate instanceof Variable ? [this.learningRate] : [];
    return [
      this.iterations,
      ...rate,
      ...this.sharedState,
      ...this.#slots.variables,
      ...(this.#accumulation?.variables ?? []),
      ...(this.#ema?.variables ?? []),
    ];
  }

  /** The options, enough to make an equal optimizer without its state. A subclass adds its own. */
  config(): Configuration {
    return {
      name: this.name,
      learningRate:
        this.learningRate instanceof Variable ? (this.#initialLearningRate ?? 0) : serialize(this.learningRate),
      weightDecay: this.weightDecay,
      ...(!this.#excluded.isEmpty && { excludeFromWeightDecay: this.#excluded.config(this.#slots.trained) }),
      ...this.#multipliers.config(),
      ...this.#clipping.config(),
      ...this.#accumulation?.config(),
      ...this.#ema?.config(),
    };
  }
}
