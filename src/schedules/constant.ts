/** Schedules without a slope: one learning rate always, or one for each stretch of updates, given or falling by a factor. */
import { checkInteger, checkNumber, checkOptions, describe } from "../graph/options.ts";
import type { Configuration } from "../graph/registry.ts";
import { exp, floorDivide, lessEqual, multiply, where } from "../ops/elementwise.ts";
import { fill } from "../tensor/creation.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { Schedule } from "./schedule.ts";

export interface ConstantScheduleOptions {
  /** At least 0. */
  learningRate: number;
}

/** The same learning rate always. */
export class ConstantSchedule extends Schedule {
  static readonly className = "constant";
  readonly className = ConstantSchedule.className;
  readonly learningRate: number;

  constructor(options: ConstantScheduleOptions) {
    super();
    checkOptions("constant", options, { learningRate: true });
    checkNumber("constant", "learningRate", options.learningRate, { minimum: 0 });
    this.learningRate = options.learningRate;
  }

  call(_iterations: Tensor): Tensor {
    return fill([], this.learningRate);
  }

  config(): Configuration {
    return { learningRate: this.learningRate };
  }
}

export interface PiecewiseConstantOptions {
  /** The last update of each stretch but the last one, ascending. */
  boundaries: readonly number[];
  /** The learning rate of each stretch: one more than there are boundaries. */
  values: readonly number[];
}

/** values[i] for the updates t with boundaries[i - 1] < t ≤ boundaries[i]. */
export class PiecewiseConstant extends Schedule {
  static readonly className = "piecewiseConstant";
  readonly className = PiecewiseConstant.className;
  readonly boundaries: readonly number[];
  readonly values: readonly number[];

  constructor(options: PiecewiseConstantOptions) {
    super();
    checkOptions("piecewiseConstant", options, { boundaries: true, values: true });
    const { boundaries, values } = options;
    for (const [name, list] of Object.entries({ boundaries, values }))
      if (!Array.isArray(list))
        throw new TypeError(`piecewiseConstant: ${name} is ${describe(list)}, expected an array of numbers`);
    if (values.length !== boundaries.length + 1)
      throw new RangeError(
        `piecewiseConstant: got ${values.length} values for ${boundaries.length} boundaries, expected ${boundaries.length + 1}`,
      );
    for (const [index, boundary] of boundaries.entries())
      checkInteger("piecewiseConstant", `boundaries[${index}]`, boundary, (boundaries[index - 1] ?? -1) + 1);
    for (const [index, value] of values.entries())
      checkNumber("piecewiseConstant", `values[${index}]`, value, { minimum: 0 });
    this.boundaries = [...boundaries];
    this.values = [...values];
  }

  call(iterations: Tensor): Tensor {
    // From the last stretch to the first: an earlier boundary that holds overrides the later ones.
    return this.boundaries.reduceRight(
      (rate, boundary, index) => where(lessEqual(iterations, boundary), this.values[index] as number, rate),
      fill([], this.values.at(-1) as number),
    );
  }

  config(): Configuration {
    return { boundaries: this.boundaries, values: this.values };
  }
}

export interface StepDecayOptions {
  /** The learning rate at first, at least 0. */
  initialLearningRate: number;
  /** The number of updates after which it falls, at least 1. */
  stepSize: number;
  /** What it is multiplied with each time, above 0; default 0.1. */
  gamma?: number;
}

/** initialLearningRate · gamma ^ floor(t / stepSize). */
export class StepDecay extends Schedule {
  static readonly className = "stepDecay";
  readonly className = StepDecay.className;
  readonly initialLearningRate: number;
  readonly stepSize: number;
  readonly gamma: number;

  constructor(options: StepDecayOptions) {
    super();
    checkOptions("stepDecay", options, { initialLearningRate: true, stepSize: true, gamma: true });
    const { initialLearningRate, stepSize, gamma = 0.1 } = options;
    checkNumber("stepDecay", "initialLearningRate", initialLearningRate, { minimum: 0 });
    checkInteger("stepDecay", "stepSize", stepSize, 1);
    checkNumber("stepDecay", "gamma", gamma, { above: 0 });
    this.initialLearningRate = initialLearningRate;
    this.stepSize = stepSize;
    this.gamma = gamma;
  }

  call(iterations: Tensor): Tensor {
    const falls = floorDivide(iterations, this.stepSize);
    return multiply(exp(multiply(falls, Math.log(this.gamma))), this.initialLearningRate);
  }

  config(): Configuration {
    const { initialLearningRate, stepSize, gamma } = this;
    return { initialLearningRate, stepSize, gamma };
  }
}
