/** What the dropout layers share: the rate, what happens in training only, and the masks of most of them. */
import { checkNumber } from "../../graph/options.ts";
import type { Configuration } from "../../graph/registry.ts";
import type { Shape } from "../../graph/shape.ts";
import { multiply, where } from "../../ops/elementwise.ts";
import { zerosLike } from "../../tensor/creation.ts";
import { type Generator, randomBernoulli } from "../../tensor/random.ts";
import type { Tensor } from "../../tensor/tensor.ts";
import { type CallContext, checkLayerOptions } from "../layer.ts";
import { RandomLayer, type RandomLayerOptions } from "../random-layer.ts";

export interface DropoutOptions extends RandomLayerOptions {
  /** The fraction to drop, in [0, 1]. */
  rate: number;
}

/** Drops a random part of a tensor and scales what it keeps by 1 / (1 - rate). @param shape The mask's, broadcast to the tensor. */
export function dropped(x: Tensor, shape: Shape, rate: number, generator: Generator): Tensor {
  if (rate === 1) return zerosLike(x);
  return where(randomBernoulli(shape, 1 - rate, { generator }), multiply(x, 1 / (1 - rate)), 0);
}

/** A layer that changes a random part of its input in training, and is the identity in inference. */
export abstract class DropoutLayer extends RandomLayer {
  override readonly supportsMasking = true;
  readonly rate: number;

  /**
   * @param limits Where the rate must lie.
   * @param further The names of options that the subclass adds.
   */
  constructor(
    className: string,
    options: DropoutOptions,
    limits: Parameters<typeof checkNumber>[3],
    further: Readonly<Record<string, true>> = {},
  ) {
    checkLayerOptions(className, options, { rate: true, seed: true, ...further });
    super(className, options);
    checkNumber(className, "rate", options.rate, limits);
    this.rate = options.rate;
  }

  /** What training makes of an input, float32, at a rate above 0. */
  protected abstract drop(x: Tensor): Tensor;

  call(input: Tensor, { training }: CallContext): Tensor {
    return training && this.rate > 0 ? this.drop(this.checkedFloatInput(input)) : this.checkedInput(input);
  }

  override config(): Configuration {
    return { ...super.config(), rate: this.rate };
  }
}

/** Dropout proper: zeros by a mask that is drawn anew at each call. Subclasses differ in the mask's shape. */
export abstract class MaskedDropout extends DropoutLayer {
  constructor(className: string, options: DropoutOptions, further?: Readonly<Record<string, true>>) {
    super(className, options, { minimum: 0, maximum: 1 }, further);
  }

  /** The shape of the mask for an input, the batch axis included; where it is 1, the axis is kept or dropped as a whole. */
  protected abstract maskShape(shape: Shape): Shape;

  protected drop(x: Tensor): Tensor {
    return dropped(x, this.maskShape(x.shape), this.rate, this.generator);
  }
}
