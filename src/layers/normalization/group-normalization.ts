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
import { checkInteger } from "../../graph/options.ts";
import type { Configuration } from "../../graph/registry.ts";
import { formatShape, type Shape, sizeOf } from "../../graph/shape.ts";
import { multiply, square, subtract } from "../../ops/elementwise.ts";
import { reshape } from "../../ops/movement.ts";
import { mean } from "../../ops/reduce.ts";
import type { Tensor } from "../../tensor/tensor.ts";
import { checkLayerOptions } from "../layer.ts";
import {
  AffineNormalization,
  type AffineNormalizationOptions,
  affineNormalizationOptionNames,
} from "./normalization-layer.ts";

export interface GroupNormalizationOptions extends AffineNormalizationOptions {
  /** The number of groups, which must divide the channels, or -1 for a group for each channel; default 32. */
  groups?: number;
}

/** Normalization over groups of channels. Made by `groupNormalization` and `instanceNormalization`. */
export class GroupNormalization extends AffineNormalization {
  static readonly className = "groupNormalization";
  readonly className = GroupNormalization.className;
  readonly groups: number;

  constructor(options: GroupNormalizationOptions = {}) {
    checkLayerOptions("groupNormalization", options, { ...affineNormalizationOptionNames, groups: true });
    super("groupNormalization", options, "[..., channels]");
    const { groups = 32 } = options;
    if (groups !== -1) checkInteger("groupNormalization", "groups", groups, 1);
    this.groups = groups;
  }

  call(input: Tensor): Tensor {
    const x = this.checkedFloatInput(input);
    const [batch, ...example] = x.shape as readonly [number, ...number[]];
    const channels = example.at(-1) as number;
    const groups = this.groups === -1 ? channels : this.groups;
    const grouped = reshape(x, [batch, sizeOf(example.slice(0, -1)), groups, channels / groups]);
    const options = { axis: [1, 3], keepDims: true };
    const centered = subtract(grouped, mean(grouped, options));
    const variance = mean(square(centered), options);
    return this.scaleAndShift(reshape(multiply(centered, this.inverseRoot(variance)), x.shape));
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
    return { ...super.config(), groups: this.groups };
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
