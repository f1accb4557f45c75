/**
 * Initializers that keep the variance of activations and gradients from layer to layer: variance scaling and its
 * well-known settings.
 */
import { checkChoice, checkNumber, checkOptions } from "../graph/options.ts";
import type { Configuration } from "../graph/registry.ts";
import { type Shape, sizeOf } from "../graph/shape.ts";
import { multiply } from "../ops/elementwise.ts";
import { randomNormal, randomUniform } from "../tensor/random.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { RandomInitializer, type SeedOptions } from "./initializer.ts";
import { truncatedUnitNormal } from "./random.ts";

/** Which count of connections divides the variance. */
export type FanMode = "fanIn" | "fanOut" | "fanAverage";
export type VarianceDistribution = "truncatedNormal" | "untruncatedNormal" | "uniform";

const modes: readonly FanMode[] = ["fanIn", "fanOut", "fanAverage"];
const distributions: readonly VarianceDistribution[] = ["truncatedNormal", "untruncatedNormal", "uniform"];

/** The standard deviation of a unit normal distribution restricted to [-2, 2]. */
const truncatedDeviation = 0.8796256610342398;

export interface VarianceScalingOptions extends SeedOptions {
  /** A positive factor; default 1. */
  scale?: number;
  /** Default `"fanIn"`. */
  mode?: FanMode;
  /** Default `"truncatedNormal"`. */
  distribution?: VarianceDistribution;
}

/**
 * The numbers of connections into and out of a unit: a kernel's last two axes times the size of its receptive field
 * (`[height, width, channels, filters]`); a vector counts as both, a scalar as 1.
 */
export function fans(shape: Shape): { fanIn: number; fanOut: number } {
  if (shape.length < 2) return { fanIn: shape[0] ?? 1, fanOut: shape[0] ?? 1 };
  const field = sizeOf(shape.slice(0, -2));
  return { fanIn: field * (shape.at(-2) as number), fanOut: field * (shape.at(-1) as number) };
}

/**
 * Random values around 0 with variance `scale / n`, where n is the number of inputs (`fanIn`), of outputs (`fanOut`), or the
 * mean of both (`fanAverage`) of a unit.
 */
export class VarianceScaling extends RandomInitializer {
  static readonly className: string = "varianceScaling";
  readonly className: string = VarianceScaling.className;
  readonly scale: number;
  readonly mode: FanMode;
  readonly distribution: VarianceDistribution;

  constructor(options: VarianceScalingOptions = {}) {
    checkOptions("varianceScaling", options, { scale: true, mode: true, distribution: true, seed: true });
    const { scale = 1, mode = "fanIn", distribution = "truncatedNormal", seed } = options;
    super("varianceScaling", seed);
    checkNumber("varianceScaling", "scale", scale, { above: 0 });
    checkChoice("varianceScaling", "mode", mode, modes);
    checkChoice("varianceScaling", "distribution", distribution, distributions);
    this.scale = scale;
    this.mode = mode;
    this.distribution = distribution;
  }

  call(shape: Shape): Tensor {
    const { fanIn, fanOut } = fans(shape);
    const count = this.mode === "fanIn" ? fanIn : this.mode === "fanOut" ? fanOut : (fanIn + fanOut) / 2;
    const variance = this.scale / Math.max(1, count);
    const standardDeviation = Math.sqrt(variance);
    const generator = this.generator();
    switch (this.distribution) {
      case "uniform": {
        const limit = Math.sqrt(3 * variance);
        return randomUniform(shape, { low: -limit, high: limit, generator });
      }
      case "untruncatedNormal":
        return randomNormal(shape, { standardDeviation, generator });
      case "truncatedNormal":
        // Cutting the tails off narrows the distribution; the factor restores its variance.
        return multiply(truncatedUnitNormal(shape, generator), standardDeviation / truncatedDeviation);
    }
  }

  override config(): Configuration {
    return { ...super.config(), scale: this.scale, mode: this.mode, distribution: this.distribution };
  }
}

type Setting = Required<Omit<VarianceScalingOptions, "seed">>;

/** The class of one well-known setting. */
interface SettingClass {
  readonly className: string;
  new (options?: SeedOptions): VarianceScaling;
}

/** A class for one well-known setting, whose only option is the seed. */
function settingOf(className: string, setting: Setting): SettingClass {
  return class extends VarianceScaling {
    static override readonly className = className;
    override readonly className = className;

    constructor(options: SeedOptions = {}) {
      checkOptions(className, options, { seed: true });
      super({ ...setting, ...options });
    }

    override config(): Configuration {
      return this.seed === undefined ? {} : { seed: this.seed };
    }
  };
}

const uniform = (scale: number, mode: FanMode): Setting => ({ scale, mode, distribution: "uniform" });
const normal = (scale: number, mode: FanMode): Setting => ({ scale, mode, distribution: "truncatedNormal" });

/** Uniform within ±√(6 / (fanIn + fanOut)): Glorot and Bengio (2010). */
export const GlorotUniform = settingOf("glorotUniform", uniform(1, "fanAverage"));
/** Truncated normal of variance 2 / (fanIn + fanOut): Glorot and Bengio (2010). */
export const GlorotNormal = settingOf("glorotNormal", normal(1, "fanAverage"));
/** Uniform within ±√(6 / fanIn), for rectifiers: He, Zhang, Ren and Sun (2015). */
export const HeUniform = settingOf("heUniform", uniform(2, "fanIn"));
/** Truncated normal of variance 2 / fanIn, for rectifiers: He, Zhang, Ren and Sun (2015). */
export const HeNormal = settingOf("heNormal", normal(2, "fanIn"));
/** Uniform within ±√(3 / fanIn): LeCun, Bottou, Orr and Müller (1998). */
export const LecunUniform = settingOf("lecunUniform", uniform(1, "fanIn"));
/** Truncated normal of variance 1 / fanIn: LeCun, Bottou, Orr and Müller (1998); for SELU networks. */
export const LecunNormal = settingOf("lecunNormal", normal(1, "fanIn"));
