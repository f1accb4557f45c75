/**
 * SeparableConv2d, a convolution of each channel by itself, then a mix of the channels at each pixel:
 *
 *   between[b, y, x, i·m + j] = Σ over ky, kx of in[b, y·s + ky·d - p, x·s + kx·d - p, i] · depthwiseKernel[ky, kx, i, j]
 *   out[b, y, x, o] = activation(Σ over c of between[b, y, x, c] · pointwiseKernel[0, 0, c, o] + bias[o])
 *
 * Input `[batch, height, width, channels]`, output `[batch, outHeight, outWidth, filters]`; weights `depthwiseKernel`
 * `[kernelHeight, kernelWidth, channels, m]` with the depth multiplier m, `pointwiseKernel` `[1, 1, channels · m, filters]` and
 * `bias` `[filters]`. Chollet, "Xception" (2017).
 */
import type { Constraint } from "../constraints/constraint.ts";
import { type ConstraintLike, resolveConstraint } from "../constraints/index.ts";
import { checkBoolean, checkInteger } from "../graph/options.ts";
import { type Configuration, serialize } from "../graph/registry.ts";
import type { Shape } from "../graph/shape.ts";
import { type InitializerLike, resolveInitializer } from "../initializers/index.ts";
import type { Initializer } from "../initializers/initializer.ts";
import { conv2d, depthwiseConv2d } from "../ops/convolution.ts";
import { add } from "../ops/elementwise.ts";
import { checkPadding, type Padding, type Pair, pairOf } from "../ops/padding.ts";
import { images } from "../ops/spatial.ts";
import { type RegularizerLike, resolveRegularizer } from "../regularizers/index.ts";
import type { Regularizer } from "../regularizers/regularizer.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { type ActivationName, activationOf } from "./activation-names.ts";
import { type CallContext, checkLayerOptions, Layer, type LayerOptions, serializeOptional } from "./layer.ts";
import { outputSize } from "./sliding-window.ts";

export interface SeparableConv2dOptions extends LayerOptions {
  /** The number of outputs, at least 1. */
  filters: number;
  /** Height and width of the depthwise kernel, at least 1. */
  kernelSize: Pair;
  /** How far the kernel moves from place to place; default 1. */
  strides?: Pair;
  /** `"valid"` (default), `"same"` (outputs of `ceil(input / stride)`), or pixels `[[top, bottom], [left, right]]`. */
  padding?: Padding;
  /** The distance between the pixels that a kernel's neighbours meet; default 1. */
  dilationRate?: Pair;
  /** The number of values between the two convolutions for each channel, at least 1; default 1. */
  depthMultiplier?: number;
  /** What is applied to the result; default `"linear"`. */
  activation?: ActivationName;
  /** Whether to add a bias; default true. */
  useBias?: boolean;
  /** Default `"glorotUniform"`. */
  depthwiseInitializer?: InitializerLike;
  /** Default `"glorotUniform"`. */
  pointwiseInitializer?: InitializerLike;
  /** Default `"zeros"`. */
  biasInitializer?: InitializerLike;
  /** A penalty on the depthwise kernel; default none. */
  depthwiseRegularizer?: RegularizerLike;
  /** A penalty on the pointwise kernel; default none. */
  pointwiseRegularizer?: RegularizerLike;
  /** A penalty on the bias; default none. */
  biasRegularizer?: RegularizerLike;
  /** A penalty on the result, averaged over the batch; default none. */
  activityRegularizer?: RegularizerLike;
  /** What the depthwise kernel is kept to after each step; default nothing. */
  depthwiseConstraint?: ConstraintLike;
  /** What the pointwise kernel is kept to after each step; default nothing. */
  pointwiseConstraint?: ConstraintLike;
  /** What the bias is kept to after each step; default nothing. */
  biasConstraint?: ConstraintLike;
}

type Part = "depthwise" | "pointwise" | "bias";

/** A depthwise convolution and a pointwise one. Made by `separableConv2d`. */
export class SeparableConv2d extends Layer {
  static readonly className = "separableConv2d";
  readonly className = SeparableConv2d.className;
  readonly filters: number;
  readonly kernelSize: readonly [number, number];
  readonly strides: readonly [number, number];
  readonly padding: Padding;
  readonly dilationRate: readonly [number, number];
  readonly depthMultiplier: number;
  readonly activation: ActivationName;
  readonly useBias: boolean;
  readonly #initializers: Readonly<Record<Part, Initializer>>;
  readonly #regularizers: Readonly<Record<Part | "activity", Regularizer | undefined>>;
  readonly #constraints: Readonly<Record<Part, Constraint | undefined>>;

  constructor(options: SeparableConv2dOptions) {
    checkLayerOptions("separableConv2d", options, {
      filters: true,
      kernelSize: true,
      strides: true,
      padding: true,
      dilationRate: true,
      depthMultiplier: true,
      activation: true,
      useBias: true,
      depthwiseInitializer: true,
      pointwiseInitializer: true,
      biasInitializer: true,
      depthwiseRegularizer: true,
      pointwiseRegularizer: true,
      biasRegularizer: true,
      activityRegularizer: true,
      depthwiseConstraint: true,
      pointwiseConstraint: true,
      biasConstraint: true,
    });
    super("separableConv2d", options);
    const { filters, kernelSize, strides = 1, padding = "valid", dilationRate = 1 } = options;
    const { depthMultiplier = 1, activation = "linear", useBias = true } = options;
    checkInteger("separableConv2d", "filters", filters, 1);
    checkPadding("separableConv2d", padding);
    checkInteger("separableConv2d", "depthMultiplier", depthMultiplier, 1);
    activationOf("separableConv2d", activation);
    checkBoolean("separableConv2d", "useBias", useBias);
    this.filters = filters;
    this.kernelSize = pairOf("separableConv2d", "kernelSize", kernelSize);
    this.strides = pairOf("separableConv2d", "strides", strides);
    this.padding = padding;
    this.dilationRate = pairOf("separableConv2d", "dilationRate", dilationRate);
    this.depthMultiplier = depthMultiplier;
    this.activation = activation;
    this.useBias = useBias;
    const initializer = (part: Part, fallback: InitializerLike) =>
      resolveInitializer(`separableConv2d: ${part}Initializer`, options[`${part}Initializer`] ?? fallback);
    this.#initializers = {
      depthwise: initializer("depthwise", "glorotUniform"),
      pointwise: initializer("pointwise", "glorotUniform"),
      bias: initializer("bias", "zeros"),
    };
    const regularizer = (part: Part | "activity") => {
      const value = options[`${part}Regularizer`];
      return value === undefined ? undefined : resolveRegularizer(`separableConv2d: ${part}Regularizer`, value);
    };
    this.#regularizers = {
      depthwise: regularizer("depthwise"),
      pointwise: regularizer("pointwise"),
      bias: regularizer("bias"),
      activity: regularizer("activity"),
    };
    const constraint = (part: Part) => {
      const value = options[`${part}Constraint`];
      return value === undefined ? undefined : resolveConstraint(`separableConv2d: ${part}Constraint`, value);
    };
    this.#constraints = {
      depthwise: constraint("depthwise"),
      pointwise: constraint("pointwise"),
      bias: constraint("bias"),
    };
    this.setInputRequirement({ rank: 3, axes: "[height, width, channels]" });
  }

  override build(inputShape: Shape): void {
    super.build(inputShape);
    const channels = inputShape[2] as number;
    this.setInputRequirement({ lastAxis: channels });
    const weight = (name: string, part: Part, shape: Shape) =>
      this.addWeight({
        name,
        shape,
        initializer: this.#initializers[part],
        regularizer: this.#regularizers[part],
        constraint: this.#constraints[part],
      });
    weight("depthwiseKernel", "depthwise", [...this.kernelSize, channels, this.depthMultiplier]);
    weight("pointwiseKernel", "pointwise", [1, 1, channels * this.depthMultiplier, this.filters]);
    if (this.useBias) weight("bias", "bias", [this.filters]);
  }

  call(x: Tensor, context: CallContext): Tensor {
    const { strides, padding, dilationRate } = this;
    const options = { strides, padding, dilationRate };
    const between = depthwiseConv2d(this.checkedFloatInput(x), this.weight("depthwiseKernel"), options);
    const product = conv2d(between, this.weight("pointwiseKernel"));
    const biased = this.useBias ? add(product, this.weight("bias")) : product;
    const output = activationOf(this.path, this.activation)(biased);
    this.penalize(output, this.#regularizers.activity, context);
    return output;
  }

  override outputShape(inputShape: Shape): Shape {
    this.checkShape(inputShape);
    const { kernelSize: window, strides, padding, dilationRate: dilation } = this;
    return [
      ...outputSize(this.path, "the kernel", inputShape, images, { window, strides, padding, dilation }),
      this.filters,
    ];
  }

  override config(): Configuration {
    const { filters, kernelSize, strides, padding, dilationRate, depthMultiplier, activation, useBias } = this;
    return {
      ...super.config(),
      ...{ filters, kernelSize, strides, padding, dilationRate, depthMultiplier, activation, useBias },
      depthwiseInitializer: serialize(this.#initializers.depthwise),
      pointwiseInitializer: serialize(this.#initializers.pointwise),
      biasInitializer: serialize(this.#initializers.bias),
      ...serializeOptional("depthwiseRegularizer", this.#regularizers.depthwise),
      ...serializeOptional("pointwiseRegularizer", this.#regularizers.pointwise),
      ...serializeOptional("biasRegularizer", this.#regularizers.bias),
      ...serializeOptional("activityRegularizer", this.#regularizers.activity),
      ...serializeOptional("depthwiseConstraint", this.#constraints.depthwise),
      ...serializeOptional("pointwiseConstraint", this.#constraints.pointwise),
      ...serializeOptional("biasConstraint", this.#constraints.bias),
    };
  }
}

/**
 * A convolution of each channel by itself, then a mix of the channels: `[batch, height, width, channels]` to
 * `[batch, outHeight, outWidth, filters]`, with far fewer weights than `conv2d`.
 *
 * @throws If a size is not a positive integer, or an option is unknown.
 * @example
 * layers.separableConv2d({ filters: 64, kernelSize: 3, padding: "same" }).outputShape([28, 28, 32]); // [28, 28, 64]
 */
export function separableConv2d(options: SeparableConv2dOptions): SeparableConv2d {
  return new SeparableConv2d(options);
}
