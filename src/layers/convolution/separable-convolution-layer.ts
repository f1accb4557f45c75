/** What separable convolutions of sequences and images share: their options, their weights, and the shape of their output. */
import type { ConstraintLike } from "../../constraints/index.ts";
import { checkBoolean, checkInteger } from "../../graph/options.ts";
import type { Configuration, Json } from "../../graph/registry.ts";
import type { Shape } from "../../graph/shape.ts";
import type { InitializerLike } from "../../initializers/index.ts";
import { add } from "../../ops/elementwise.ts";
import type { WindowPadding } from "../../ops/padding.ts";
import { exampleAxes, perAxis, type Sizes, type Space } from "../../ops/spatial.ts";
import type { RegularizerLike } from "../../regularizers/index.ts";
import type { Regularizer } from "../../regularizers/regularizer.ts";
import type { Tensor } from "../../tensor/tensor.ts";
import { type ActivationName, activationOf } from "../activations/activation-names.ts";
import { type CallContext, checkLayerOptions, Layer, type LayerOptions, serializeOptional } from "../layer.ts";
import { outputSize } from "../pooling/sliding-window.ts";
import { optionalRegularizer, WeightSettings } from "../weight-settings.ts";

/** Options of a separable convolution with a number for each of the axes, and padding as `Padding` gives it. */
export interface SeparableConvolutionOptions<Size extends Sizes, Padding> extends LayerOptions {
  /** The number of outputs, at least 1. */
  filters: number;
  /** The size of the depthwise kernel, at least 1: a number for all axes, or one for each. */
  kernelSize: number | Size;
  /** How far the kernel moves from place to place; default 1. */
  strides?: number | Size;
  /**
   * `"valid"` (default); `"same"`, for outputs of `ceil(input / stride)`; or how much before and after, for each axis:
   * `[[top, bottom], [left, right]]`. Of sequences `[before, after]`, or `"causal"`, where no output sees a later input.
   */
  padding?: Padding | "valid";
  /** The distance between the elements that a kernel's neighbours meet; default 1. */
  dilationRate?: number | Size;
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

/** A depthwise convolution and a pointwise one; a subclass says of what, and checks its padding. */
export abstract class SeparableConvolutionLayer<Size extends Sizes, Padding extends Json> extends Layer {
  readonly filters: number;
  readonly kernelSize: Size;
  readonly strides: Size;
  readonly padding: Padding | "valid";
  readonly dilationRate: Size;
  readonly depthMultiplier: number;
  readonly activation: ActivationName;
  readonly useBias: boolean;
  readonly #space: Space<Size>;
  readonly #depthwise: WeightSettings;
  readonly #pointwise: WeightSettings;
  readonly #bias: WeightSettings;
  readonly #activityRegularizer: Regularizer | undefined;

  constructor(className: string, options: SeparableConvolutionOptions<Size, Padding>, space: Space<Size>) {
    checkLayerOptions<SeparableConvolutionOptions<Sizes, Json>>(className, options, {
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
    super(className, options);
    const { filters, kernelSize, strides = 1, padding = "valid", dilationRate = 1 } = options;
    const { depthMultiplier = 1, activation = "linear", useBias = true } = options;
    checkInteger(className, "filters", filters, 1);
    checkInteger(className, "depthMultiplier", depthMultiplier, 1);
    activationOf(className, activation);
    checkBoolean(className, "useBias", useBias);
    this.filters = filters;
    this.kernelSize = perAxis(className, "kernelSize", kernelSize, space);
    this.strides = perAxis(className, "strides", strides, space);
    this.padding = padding;
    this.dilationRate = perAxis(className, "dilationRate", dilationRate, space);
    this.depthMultiplier = depthMultiplier;
    this.activation = activation;
    this.useBias = useBias;
    this.#depthwise = new WeightSettings(className, "depthwise", options, "glorotUniform");
    this.#pointwise = new WeightSettings(className, "pointwise", options, "glorotUniform");
    this.#bias = new WeightSettings(className, "bias", options, "zeros");
    this.#activityRegularizer = optionalRegularizer(`${className}: activityRegularizer`, options.activityRegularizer);
    this.#space = space;
    this.setInputRequirement({ rank: space.axes.length + 1, axes: exampleAxes(space) });
  }

  /** The padding, for each axis. */
  protected abstract windowPadding(): WindowPadding;

  /** The product of a batch with the depthwise kernel, and that of the result with the pointwise one. */
  protected abstract convolve(x: Tensor, depthwise: Tensor, pointwise: Tensor): Tensor;

  override build(inputShape: Shape): void {
    super.build(inputShape);
    const channels = inputShape.at(-1) as number;
    this.setInputRequirement({ lastAxis: channels });
    const { kernelSize, depthMultiplier, filters } = this;
    const places = kernelSize.map(() => 1);
    const [depthwise, pointwise] = [
      [...kernelSize, channels, depthMultiplier],
      [...places, channels * depthMultiplier, filters],
    ];
    this.addWeight({ name: "depthwiseKernel", shape: depthwise, ...this.#depthwise });
    this.addWeight({ name: "pointwiseKernel", shape: pointwise, ...this.#pointwise });
    if (this.useBias) this.addWeight({ name: "bias", shape: [filters], ...this.#bias });
  }

  call(x: Tensor, context: CallContext): Tensor {
    const input = this.checkedFloatInput(x);
    const product = this.convolve(input, this.weight("depthwiseKernel"), this.weight("pointwiseKernel"));
    const biased = this.useBias ? add(product, this.weight("bias")) : product;
    const output = activationOf(this.path, this.activation)(biased);
    this.penalize(output, this.#activityRegularizer, context);
    return output;
  }

  override outputShape(inputShape: Shape): Shape {
    this.checkShape(inputShape);
    const { kernelSize: window, strides, dilationRate: dilation } = this;
    const geometry = { window, strides, padding: this.windowPadding(), dilation };
    return [...outputSize(this.path, "the kernel", inputShape, this.#space, geometry), this.filters];
  }

  override config(): Configuration {
    const { filters, kernelSize, strides, padding, dilationRate, depthMultiplier, activation, useBias } = this;
    return {
      ...super.config(),
      ...{ filters, kernelSize, strides, padding, dilationRate, depthMultiplier, activation, useBias },
      ...this.#depthwise.config(),
      ...this.#pointwise.config(),
      ...this.#bias.config(),
      ...serializeOptional("activityRegularizer", this.#activityRegularizer),
    };
  }
}
