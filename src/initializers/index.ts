/** Initializers: functions that make them, and their names. */
import { type ConfigurableClass, Registry, type SerializedObject } from "../graph/registry.ts";
import { Constant, type ConstantOptions, Identity, type IdentityOptions, Ones, Zeros } from "./constant.ts";
import type { Initializer, SeedOptions } from "./initializer.ts";
import { Orthogonal, type OrthogonalOptions } from "./orthogonal.ts";
import {
  RandomNormal,
  type RandomNormalOptions,
  RandomUniform,
  type RandomUniformOptions,
  TruncatedNormal,
} from "./random.ts";
import {
  GlorotNormal,
  GlorotUniform,
  HeNormal,
  HeUniform,
  LecunNormal,
  LecunUniform,
  VarianceScaling,
  type VarianceScalingOptions,
} from "./variance-scaling.ts";

export type { ConstantOptions, IdentityOptions } from "./constant.ts";
export { Initializer, RandomInitializer, type SeedOptions } from "./initializer.ts";
export type { OrthogonalOptions } from "./orthogonal.ts";
export type { RandomNormalOptions, RandomUniformOptions } from "./random.ts";
export type { FanMode, VarianceDistribution, VarianceScalingOptions } from "./variance-scaling.ts";

const registry = new Registry<Initializer>("initializer", [
  Zeros,
  Ones,
  Constant,
  Identity,
  Orthogonal,
  RandomUniform,
  RandomNormal,
  TruncatedNormal,
  VarianceScaling,
  GlorotUniform,
  GlorotNormal,
  HeUniform,
  HeNormal,
  LecunUniform,
  LecunNormal,
]);

export type InitializerName =
  | "zeros"
  | "ones"
  | "constant"
  | "identity"
  | "orthogonal"
  | "randomUniform"
  | "randomNormal"
  | "truncatedNormal"
  | "varianceScaling"
  | "glorotUniform"
  | "glorotNormal"
  | "heUniform"
  | "heNormal"
  | "lecunUniform"
  | "lecunNormal";

/** What an option takes for an initializer: one, the name of one, or one written down as data. */
export type InitializerLike = Initializer | InitializerName | SerializedObject;

/** Makes an initializer of one's own known to saved models. */
export function registerInitializer(added: ConfigurableClass<Initializer>): void {
  registry.register(added);
}

/** The initializer that an option's value stands for; `owner` names the option in messages. */
export function resolveInitializer(owner: string, value: InitializerLike): Initializer {
  return registry.resolve(owner, value);
}

/** All zeros. */
export const zeros = (): Initializer => new Zeros();
/** All ones. */
export const ones = (): Initializer => new Ones();
/** One value everywhere. */
export const constant = (options: ConstantOptions): Initializer => new Constant(options);
/** The identity matrix times `gain` (default 1). */
export const identity = (options?: IdentityOptions): Initializer => new Identity(options);
/** A random matrix with orthonormal columns or rows, times `gain` (default 1): Saxe et al. (2014). */
export const orthogonal = (options?: OrthogonalOptions): Initializer => new Orthogonal(options);
/** Evenly distributed in [minimum, maximum), by default ±0.05. */
export const randomUniform = (options?: RandomUniformOptions): Initializer => new RandomUniform(options);
/** Normally distributed, by default around 0 with a standard deviation of 0.05. */
export const randomNormal = (options?: RandomNormalOptions): Initializer => new RandomNormal(options);
/** Normally distributed within two standard deviations of the mean. */
export const truncatedNormal = (options?: RandomNormalOptions): Initializer => new TruncatedNormal(options);
/** Random with variance `scale / n`, n the connections of a unit. */
export const varianceScaling = (options?: VarianceScalingOptions): Initializer => new VarianceScaling(options);
/** Uniform within ±√(6 / (fanIn + fanOut)); the default of most kernels. */
export const glorotUniform = (options?: SeedOptions): Initializer => new GlorotUniform(options);
/** Truncated normal of variance 2 / (fanIn + fanOut). */
export const glorotNormal = (options?: SeedOptions): Initializer => new GlorotNormal(options);
/** Uniform within ±√(6 / fanIn), for rectifiers. */
export const heUniform = (options?: SeedOptions): Initializer => new HeUniform(options);
/** Truncated normal of variance 2 / fanIn, for rectifiers. */
export const heNormal = (options?: SeedOptions): Initializer => new HeNormal(options);
/** Uniform within ±√(3 / fanIn). */
export const lecunUniform = (options?: SeedOptions): Initializer => new LecunUniform(options);
/** Truncated normal of variance 1 / fanIn. */
export const lecunNormal = (options?: SeedOptions): Initializer => new LecunNormal(options);
