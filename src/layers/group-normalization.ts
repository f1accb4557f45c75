/**
 * GroupNormalization keeps groups of each example's channels near mean 0 and variance 1, in training and inference alike:
 *
 *   out[b, ..., c] = gamma[c] · (in[b, ..., c] - mean[b, g]) / √(variance[b, g] + epsilon) + beta[c], c in group g
 *
 * with mean and variance over all axes of an example and the channels of a group, which lie side by side. One group is layer
 * normalization over whole examples; a group for each channel is instance normalization.
 *
 * Input and output `[batch, ..., channels]`; weights `gamma` and `beta`, each `[channels]`. Wu and He, "Group normalization"
 * (2018); Ulyanov, Vedaldi and Lempitsky, "Instance normalization" (2016).
 */
import { checkBoolean, checkInteger, checkNumber } from "../graph/options.ts";
import { type Configuration, serialize } from "../graph/registry.ts";
import { formatShape, type Shape, sizeOf } from "../graph/shape.ts";
import { type InitializerLike, resolveInitializer } from "../initializers/index.ts";
import type { Initializer } from "../initializers/initializer.ts";
import { add, multiply, rsqrt, square, stopGradient, subtract } from "../ops/elementwise.ts";
import { reshape } from "../ops/movement.ts";
import { mean } from "../ops/reduce.ts";
import { type RegularizerLike, resolveRegularizer } from "../regularizers/index.ts";
import type { Regularizer } from "../regularizers/regularizer.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { checkLayerOptions, Layer, type LayerOptions, serializeOptional } from "./layer.ts";

export interface GroupNormalizationOptions extends LayerOptions {
  /** The number of groups, which must divide the channels, or -1 for a group for each channel; default 32. */
  groups?: number;
  /** Added to the variance, above 0; default 0.001. */
  epsilon?: number;
  /** Whether to add `beta`; default true. */
  center?: boolean;
  /** Whether to multiply by `gamma`; default true. */
  scale?: boolean;
  /** Default `"zeros"`. */
  betaInitializer?: InitializerLike;
  /** Default `"ones"`. */
  gammaInitializer?: InitializerLike;
  /** A penalty on `beta`; default none. */
  betaRegularizer?: RegularizerLike;
  /** A penalty on `gamma`; default none. */
  gammaRegularizer?: RegularizerLike;
}

/** Normalization over groups of channels. Made by `groupNormalization` and `instanceNormalization`. */
export class GroupNormalization extends Layer {
  static readonly className = "groupNormalization";
  readonly className = GroupNormalization.className;
  readonly groups: number;
  readonly epsilon: number;
  readonly center: boolean;
  readonly scale: boolean;
  readonly #initializers: Readonly<Record<"beta" | "gamma", Initializer>>;
  readonly #regularizers: Readonly<Record<"beta" | "gamma", Regularizer | undefined>>;

  constructor(options: GroupNormalizationOptions = {}) {
    checkLayerOptions("groupNormalization", options, {
      groups: true,
      epsilon: true,
      center: true,
      scale: true,
      betaInitializer: true,
      gammaInitializer: true,
      betaRegularizer: true,
      gammaRegularizer: true,
    });
    super("groupNormalization", options);
    const { groups = 32, epsilon = 1e-3, center = true, scale = true } = options;
    if (groups !== -1) checkInteger("groupNormalization", "groups", groups, 1);
    checkNumber("groupNormalization", "epsilon", epsilon, { above: 0 });
    checkBoolean("groupNormalization", "center", center);
    checkBoolean("groupNormalization", "scale", scale);
    this.groups = groups;
    this.epsilon = epsilon;
    this.center = center;
    this.scale = scale;
    this.#initializers = {
      beta: resolveInitializer("groupNormalization: betaInitializer", options.betaInitializer ?? "zeros"),
      gamma: resolveInitializer("groupNormalization: gammaInitializer", options.gammaInitializer ?? "ones"),
    };
    const regularizer = (option: string, value: RegularizerLike | undefined) =>
      value === undefined ? undefined : resolveRegularizer(`groupNormalization: ${option}`, value);
    this.#regularizers = {
      beta: regularizer("betaRegularizer", options.betaRegularizer),
      gamma: regularizer("gammaRegularizer", options.gammaRegularizer),
    };
    this.setInputRequirement({ minimumRank: 1, axes: "[..., channels]" });
  }

  override build(inputShape: Shape): void {
    super.build(inputShape);
    const channels = inputShape.at(-1) as number;
    this.setInputRequirement({ lastAxis: channels });
    const weight = (name: "beta" | "gamma") =>
      this.addWeight({
        name,
        shape: [channels],
        initializer: this.#initializers[name],
        regularizer: this.#regularizers[name],
      });
    if (this.scale) weight("gamma");
    if (this.center) weight("beta");
  }

  call(input: Tensor): Tensor {
    const x = this.checkedFloatInput(input);
    const [batch, ...example] = x.shape as readonly [number, ...number[]];
    const channels = example.at(-1) as number;
    const groups = this.groups === -1 ? channels : this.groups;
    const grouped = reshape(x, [batch, sizeOf(example.slice(0, -1)), groups, channels / groups]);
    const options = { axis: [1, 3], keepDims: true };
    const average = mean(grouped, options);
    // The mean of what is centered is 0, so no gradient flows from the variance into the mean.
    const variance = mean(square(subtract(grouped, stopGradient(average))), options);
    const normalized = multiply(subtract(grouped, average), rsqrt(add(variance, this.epsilon)));
    const ungrouped = reshape(normalized, x.shape);
    const scaled = this.scale ? multiply(ungrouped, this.weight("gamma")) : ungrouped;
    return this.center ? add(scaled, this.weight("beta")) : scaled;
  }

  override outputShape(inputShape: Shape): Shape {
    this.checkShape(inputShape);
    const channels = inputShape.at(-1) as number;
    if (this.groups !== -1 && channels % this.groups !== 0)
      throw new Error(
        `${this.path}: the last axis of ${formatShape(inputShape)} is ${channels} channels, which the ${this.groups} groups do not ` +
          `divide; choose groups that do, or -1 for a group for each channel`,
      );
    return inputShape;
  }

  override config(): Configuration {
    return {
      ...super.config(),
      groups: this.groups,
      epsilon: this.epsilon,
      center: this.center,
      scale: this.scale,
      betaInitializer: serialize(this.#initializers.beta),
      gammaInitializer: serialize(this.#initializers.gamma),
      ...serializeOptional("betaRegularizer", this.#regularizers.beta),
      ...serializeOptional("gammaRegularizer", this.#regularizers.gamma),
    };
  }
}

/**
 * Normalizes groups of channels of each example; input and output `[batch, ..., channels]`.
 *
 * @throws If `groups` is neither a positive integer nor -1; and, when it is built, if the groups do not divide the channels.
 * @example
 * layers.groupNormalization({ groups: 8 });
 */
export function groupNormalization(options?: GroupNormalizationOptions): GroupNormalization {
  return new GroupNormalization(options);
}

/**
 * Normalizes each channel of each example by itself: a group normalization with a group for each channel.
 *
 * @example
 * layers.instanceNormalization({ epsilon: 1e-5 });
 */
export function instanceNormalization(options: Omit<GroupNormalizationOptions, "groups"> = {}): GroupNormalization {
  return new GroupNormalization({ ...options, groups: -1 });
}
