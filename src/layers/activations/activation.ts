/**
 * Activation functions as layers: any by name, and those with options of their own. Elementwise but for Softmax;
 * input and output of any shape, no weights.
 */
import { checkNumber } from "../../graph/options.ts";
import type { Configuration } from "../../graph/registry.ts";
import { normalizeAxis, type Shape } from "../../graph/shape.ts";
import { softmax as softmaxOf } from "../../ops/activations.ts";
import { greaterEqual, less, lessEqual, multiply, subtract, where } from "../../ops/elementwise.ts";
import type { Tensor } from "../../tensor/tensor.ts";
import { type CallContext, checkLayerOptions, Layer, type LayerOptions } from "../layer.ts";
import { checkedMask, maskOfRank } from "../mask.ts";
import { type ActivationName, activationOf } from "./activation-names.ts";

export interface ActivationOptions extends LayerOptions {
  /** `"relu"`, `"gelu"`, `"softmax"` … */
  activation: ActivationName;
}

/** out = activation(in). */
export class Activation extends Layer {
  static readonly className = "activation";
  readonly className = Activation.className;
  override readonly supportsMasking = true;
  readonly activation: ActivationName;

  constructor(options: ActivationOptions) {
    checkLayerOptions("activation", options, { activation: true });
    super("activation", options);
    activationOf("activation", options.activation);
    this.activation = options.activation;
  }

  call(x: Tensor): Tensor {
    return activationOf(this.path, this.activation)(this.checkedFloatInput(x));
  }

  override config(): Configuration {
    return { ...super.config(), activation: this.activation };
  }
}

export interface ReLUOptions extends LayerOptions {
  /** Larger results are cut off; default no limit. */
  maxValue?: number;
  /** The slope below the threshold, at least 0; default 0. */
  negativeSlope?: number;
  /** Where the positive part begins; default 0. */
  threshold?: number;
}

/** out = in where in > threshold, else negativeSlope · (in - threshold); at most maxValue. */
export class ReLU extends Layer {
  static readonly className = "reLU";
  readonly className = ReLU.className;
  override readonly supportsMasking = true;
  readonly maxValue: number | undefined;
  readonly negativeSlope: number;
  readonly threshold: number;

  constructor(options: ReLUOptions = {}) {
    checkLayerOptions("reLU", options, { maxValue: true, negativeSlope: true, threshold: true });
    super("reLU", options);
    const { maxValue, negativeSlope = 0, threshold = 0 } = options;
    if (maxValue !== undefined) checkNumber("reLU", "maxValue", maxValue, { minimum: 0 });
    checkNumber("reLU", "negativeSlope", negativeSlope, { minimum: 0 });
    checkNumber("reLU", "threshold", threshold, { minimum: 0 });
    this.maxValue = maxValue;
    this.negativeSlope = negativeSlope;
    this.threshold = threshold;
  }

  call(input: Tensor): Tensor {
    const x = this.checkedFloatInput(input);
    const { maxValue, negativeSlope, threshold } = this;
    const below = negativeSlope === 0 ? 0 : multiply(subtract(x, threshold), negativeSlope);
    // At the threshold itself the slope is that of the left side, as for relu; NaN stays NaN.
    const rectified = where(lessEqual(x, threshold), below, x);
    return maxValue === undefined ? rectified : where(greaterEqual(rectified, maxValue), maxValue, rectified);
  }

  override config(): Configuration {
    const { maxValue, negativeSlope, threshold } = this;
    return { ...super.config(), ...(maxValue !== undefined && { maxValue }), negativeSlope, threshold };
  }
}

export interface LeakyReLUOptions extends LayerOptions {
  /** The slope for negative inputs, at least 0; default 0.3. */
  negativeSlope?: number;
}

/** out = in where in > 0, else negativeSlope · in: Maas et al. (2013). */
export class LeakyReLU extends Layer {
  static readonly className = "leakyReLU";
  readonly className = LeakyReLU.className;
  override readonly supportsMasking = true;
  readonly negativeSlope: number;

  constructor(options: LeakyReLUOptions = {}) {
    checkLayerOptions("leakyReLU", options, { negativeSlope: true });
    super("leakyReLU", options);
    this.negativeSlope = options.negativeSlope ?? 0.3;
    checkNumber("leakyReLU", "negativeSlope", this.negativeSlope, { minimum: 0 });
  }

  call(input: Tensor): Tensor {
    const x = this.checkedFloatInput(input);
    return where(less(0, x), x, multiply(x, this.negativeSlope));
  }

  override config(): Configuration {
    return { ...super.config(), negativeSlope: this.negativeSlope };
  }
}

export interface SoftmaxOptions extends LayerOptions {
  /** The axis whose values sum to 1, not the batch axis; default -1, the last. */
  axis?: number;
}

/** out = e^in / Σ e^in along an axis; along one of the mask's, what is masked has no share: out = 0 there. */
export class Softmax extends Layer {
  static readonly className = "softmax";
  readonly className = Softmax.className;
  override readonly supportsMasking = true;
  readonly axis: number;

  constructor(options: SoftmaxOptions = {}) {
    checkLayerOptions("softmax", options, { axis: true });
    super("softmax", options);
    this.axis = options.axis ?? -1;
    this.setInputRequirement({ minimumRank: 1 });
  }

  call(input: Tensor, { masks: [given] = [] }: CallContext): Tensor {
    const x = this.checkedFloatInput(input);
    const mask = checkedMask(this.path, given, x);
    if (!mask || normalizeAxis(this.axis, x.rank, this.path) >= mask.rank) return softmaxOf(x, { axis: this.axis });
    const kept = maskOfRank(mask, x.rank);
    // Not -Infinity, whose softmax is NaN where everything is masked.
    return where(kept, softmaxOf(where(kept, x, -1e30), { axis: this.axis }), 0);
  }

  override outputShape(inputShape: Shape): Shape {
    this.checkShape(inputShape);
    if (normalizeAxis(this.axis, inputShape.length + 1, this.path) === 0)
      throw new RangeError(`${this.path}: axis ${this.axis} is the batch axis; a softmax runs along another one`);
    return inputShape;
  }

  override config(): Configuration {
    return { ...super.config(), axis: this.axis };
  }
}

/** An activation by name. @example layers.activation({ activation: "relu" }); */
export function activation(options: ActivationOptions): Activation {
  return new Activation(options);
}

/** A rectifier, with an optional limit, slope below and threshold. @example layers.reLU({ maxValue: 6 }); */
export function reLU(options?: ReLUOptions): ReLU {
  return new ReLU(options);
}

/** A rectifier with a slope for negative inputs. @example layers.leakyReLU({ negativeSlope: 0.1 }); */
export function leakyReLU(options?: LeakyReLUOptions): LeakyReLU {
  return new LeakyReLU(options);
}

/** Probabilities from logits. @example layers.softmax(); */
export function softmax(options?: SoftmaxOptions): Softmax {
  return new Softmax(options);
}
