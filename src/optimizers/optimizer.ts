/** Optimizer: changes variables so that a loss becomes smaller. */
import { checkNumber, checkOptions, type OptionNames } from "../graph/options.ts";
import { type Configurable, type Configuration, type SerializedObject, serialize } from "../graph/registry.ts";
import { formatShape, sameShape } from "../graph/shape.ts";
import { add, cast, clip, divide, maximum, multiply, sqrt, square, subtract } from "../ops/elementwise.ts";
import { gradients as gradientsOf } from "../ops/gradients.ts";
import { sum } from "../ops/reduce.ts";
import { resolveSchedule } from "../schedules/index.ts";
import type { Schedule } from "../schedules/schedule.ts";
import { fill } from "../tensor/creation.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { Variable } from "../tensor/variable.ts";

/** What every optimizer takes. */
export interface OptimizerOptions {
  /** A positive number, or a schedule of the number of updates. */
  learningRate?: number | Schedule | SerializedObject;
  /** Takes `learningRate · weightDecay · w` off each weight at each update, apart from the gradient (decoupled); default 0. */
  weightDecay?: number;
  /** Scales each gradient whose L2 norm is larger down to this norm. */
  clipNorm?: number;
  /** Limits each element of the gradients to [-clipValue, clipValue]. */
  clipValue?: number;
  /** Scales all gradients together where their joint L2 norm is larger. */
  globalClipNorm?: number;
  /** Default: the kind of optimizer. */
  name?: string;
}

/** For `checkOptions`: the names of the options that every optimizer takes. */
const optimizerOptionNames: OptionNames<OptimizerOptions> = {
  learningRate: true,
  weightDecay: true,
  clipNorm: true,
  clipValue: true,
  globalClipNorm: true,
  name: true,
};

/** The scalars of one update that are the same for every variable. */
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
  readonly name: string;
  /** The number of updates so far, int32 scalar. */
  readonly iterations: Variable;
  /** The learning rate: a float32 scalar that `setLearningRate` changes, or a schedule. */
  readonly learningRate: Variable | Schedule;
  readonly weightDecay: number;
  readonly clipNorm: number | undefined;
  readonly clipValue: number | undefined;
  readonly globalClipNorm: number | undefined;
  #initialLearningRate: number | undefined;
  readonly #slots = new Map<Variable, readonly Variable[]>();

  constructor(className: string, defaultLearningRate: number, options: OptimizerOptions) {
    const { learningRate = defaultLearningRate, weightDecay = 0, clipNorm, clipValue, globalClipNorm } = options;
    this.name = options.name ?? className;
    checkNumber(className, "weightDecay", weightDecay, { minimum: 0 });
    for (const [option, value] of Object.entries({ clipNorm, clipValue, globalClipNorm }))
      if (value !== undefined) checkNumber(className, option, value, { above: 0 });
    if ([clipNorm, clipValue, globalClipNorm].filter((value) => value !== undefined).length > 1)
      throw new TypeError(`${className}: clipNorm, clipValue and globalClipNorm exclude each other; give one of them`);
    this.weightDecay = weightDecay;
    this.clipNorm = clipNorm;
    this.clipValue = clipValue;
    this.globalClipNorm = globalClipNorm;
    this.iterations = new Variable(fill([], 0, "int32"), { name: `${this.name}/iterations`, trainable: false });
    if (typeof learningRate === "number") {
      checkNumber(className, "learningRate", learningRate, { minimum: 0 });
      this.#initialLearningRate = learningRate;
      this.learningRate = new Variable(fill([], learningRate), { name: `${this.name}/learningRate`, trainable: false });
    } else this.learningRate = resolveSchedule(`${className}: learningRate`, learningRate);
  }

  /** The names of the state kept for each variable: `m`, `v` … */
  protected abstract readonly slotNames: readonly string[];

  /** The value each element of a slot starts from. */
  protected readonly slotStart: number = 0;

  /** What one update shares among all variables, computed once. */
  protected abstract prepare(context: UpdateContext): Shared;

  /**
   * The new value of a variable, and of its slots in the order of their names.
   *
   * @param value The variable's value, weight decay already taken off.
   */
  protected abstract update(
    value: Tensor,
    gradient: Tensor,
    slots: readonly Tensor[],
    shared: Shared,
  ): { readonly value: Tensor; readonly slots: readonly Tensor[] };

  /** Creates the state for variables; `apply` does it by itself, but state to be loaded must exist before. */
  build(variables: readonly Variable[]): void {
    for (const variable of variables) this.#slotsOf(variable);
  }

  /**
   * One update of the variables down the gradients of a loss.
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
    const clipped = this.#clip(gradients);
    const learningRate = this.currentLearningRate();
    const step = cast(add(this.iterations, 1), "float32");
    const shared = this.prepare({ learningRate, step });
    const kept = this.weightDecay > 0 ? subtract(1, multiply(learningRate, this.weightDecay)) : undefined;
    for (const [index, variable] of variables.entries()) {
      const slots = this.#slotsOf(variable);
      const value = kept ? multiply(variable, kept) : variable;
      const updated = this.update(value, clipped[index] as Tensor, slots, shared);
      variable.assign(updated.value);
      for (const [at, slot] of slots.entries()) slot.assign(updated.slots[at] as Tensor);
    }
    this.iterations.assign(add(this.iterations, 1));
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

  /** All state: iterations, learning rate and the slots that exist, for saving. */
  get variables(): readonly Variable[] {
    const rate = this.learningRate instanceof Variable ? [this.learningRate] : [];
    return [this.iterations, ...rate, ...[...this.#slots.values()].flat()];
  }

  /** The options, enough to make an equal optimizer without its state. A subclass adds its own. */
  config(): Configuration {
    const { clipNorm, clipValue, globalClipNorm } = this;
    return {
      name: this.name,
      learningRate:
        this.learningRate instanceof Variable ? (this.#initialLearningRate ?? 0) : serialize(this.learningRate),
      weightDecay: this.weightDecay,
      ...(clipNorm !== undefined && { clipNorm }),
      ...(clipValue !== undefined && { clipValue }),
      ...(globalClipNorm !== undefined && { globalClipNorm }),
    };
  }

  #slotsOf(variable: Variable): readonly Variable[] {
    const known = this.#slots.get(variable);
    if (known) return known;
    const made = this.slotNames.map(
      (slot) =>
        new Variable(fill(variable.shape, this.slotStart), {
          name: `${this.name}/${slot}/${variable.name}`,
          trainable: false,
        }),
    );
    this.#slots.set(variable, made);
    return made;
  }

  #clip(gradients: readonly Tensor[]): readonly Tensor[] {
    const { clipNorm, clipValue, globalClipNorm } = this;
    if (clipValue !== undefined) return gradients.map((gradient) => clip(gradient, -clipValue, clipValue));
    const scaleDown = (limit: number, squaredNorm: Tensor) => divide(limit, maximum(sqrt(squaredNorm), limit));
    if (clipNorm !== undefined)
      return gradients.map((gradient) => multiply(gradient, scaleDown(clipNorm, sum(square(gradient)))));
    if (globalClipNorm !== undefined && gradients.length > 0) {
      const scale = scaleDown(globalClipNorm, gradients.map((gradient) => sum(square(gradient))).reduce(add));
      return gradients.map((gradient) => multiply(gradient, scale));
    }
    return gradients;
  }
}

/** Checks an optimizer's options: names, with those that every optimizer takes. */
export function checkOptimizerOptions<Options extends OptimizerOptions>(
  className: string,
  options: Options,
  own: OptionNames<Omit<Options, keyof OptimizerOptions>>,
): void {
  checkOptions<OptimizerOptions>(className, options, { ...optimizerOptionNames, ...own });
}
