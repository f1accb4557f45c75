/** Initializers that draw from a distribution with given parameters. */
import { checkNumber, checkOptions } from "../graph/options.ts";
import type { Configuration } from "../graph/registry.ts";
import type { Shape } from "../graph/shape.ts";
import { add, multiply, subtract } from "../ops/elementwise.ts";
import { erfInverse } from "../ops/special.ts";
import { type Generator, randomNormal, randomUniform } from "../tensor/random.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { RandomInitializer, type SeedOptions } from "./initializer.ts";

export interface RandomUniformOptions extends SeedOptions {
  /** The lower bound, included; default -0.05. */
  minimum?: number;
  /** The upper bound, excluded; default 0.05. */
  maximum?: number;
}

/** Evenly distributed in [minimum, maximum). */
export class RandomUniform extends RandomInitializer {
  static readonly className = "randomUniform";
  readonly className = RandomUniform.className;
  readonly minimum: number;
  readonly maximum: number;

  constructor(options: RandomUniformOptions = {}) {
    checkOptions("randomUniform", options, { minimum: true, maximum: true, seed: true });
    const { minimum = -0.05, maximum = 0.05, seed } = options;
    super("randomUniform", seed);
    checkNumber("randomUniform", "minimum", minimum);
    checkNumber("randomUniform", "maximum", maximum, { minimum });
    this.minimum = minimum;
    this.maximum = maximum;
  }

  call(shape: Shape): Tensor {
    return randomUniform(shape, { low: this.minimum, high: this.maximum, generator: this.generator() });
  }

  override config(): Configuration {
    return { ...super.config(), minimum: this.minimum, maximum: this.maximum };
  }
}

export interface RandomNormalOptions extends SeedOptions {
  /** Default 0. */
  mean?: number;
  /** Default 0.05. */
  standardDeviation?: number;
}

/** Normally distributed. */
export class RandomNormal extends RandomInitializer {
  static readonly className: string = "randomNormal";
  readonly className: string = RandomNormal.className;
  readonly mean: number;
  readonly standardDeviation: number;

  constructor(options: RandomNormalOptions = {}, className: string = RandomNormal.className) {
    checkOptions(className, options, { mean: true, standardDeviation: true, seed: true });
    const { mean = 0, standardDeviation = 0.05, seed } = options;
    super(className, seed);
    checkNumber(className, "mean", mean);
    checkNumber(className, "standardDeviation", standardDeviation, { minimum: 0 });
    this.mean = mean;
    this.standardDeviation = standardDeviation;
  }

  call(shape: Shape): Tensor {
    const { mean, standardDeviation } = this;
    return randomNormal(shape, { mean, standardDeviation, generator: this.generator() });
  }

  override config(): Configuration {
    return { ...super.config(), mean: this.mean, standardDeviation: this.standardDeviation };
  }
}

/** Normally distributed, with what lies beyond two standard deviations of the mean drawn again. */
export class TruncatedNormal extends RandomNormal {
  static override readonly className = "truncatedNormal";
  override readonly className = TruncatedNormal.className;

  constructor(options: RandomNormalOptions = {}) {
    super(options, TruncatedNormal.className);
  }

  override call(shape: Shape): Tensor {
    return add(multiply(truncatedUnitNormal(shape, this.generator()), this.standardDeviation), this.mean);
  }
}

/** erf(2 / √2), the probability of lying within two standard deviations. */
const withinTwo = 0.9544997361036416;

/** The unit normal distribution restricted to [-2, 2], through the inverse of its distribution function. */
export function truncatedUnitNormal(shape: Shape, generator: Generator): Tensor {
  const centered = subtract(multiply(randomUniform(shape, { generator }), 2), 1);
  return multiply(erfInverse(multiply(centered, withinTwo)), Math.SQRT2);
}
