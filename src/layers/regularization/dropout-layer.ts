/** What the dropout layers share: the rate, and a mask that is drawn anew at each call. They differ in the mask's shape. */
import { checkNumber } from "../../graph/options.ts";
import type { Configuration } from "../../graph/registry.ts";
import type { Shape } from "../../graph/shape.ts";
import { multiply, where } from "../../ops/elementwise.ts";
import { zerosLike } from "../../tensor/creation.ts";
import { randomBernoulli } from "../../tensor/random.ts";
import type { Tensor } from "../../tensor/tensor.ts";
import { type CallContext, checkLayerOptions } from "../layer.ts";
import { RandomLayer, type RandomLayerOptions } from "../random-layer.ts";

export interface DropoutOptions extends RandomLayerOptions {
  /** The fraction to drop, in [0, 1]. */
  rate: number;
}

/** A layer that drops a random part of its input in training, and scales what it keeps by 1 / (1 - rate). */
export abstract class DropoutLayer extends RandomLayer {
  override readonly supportsMasking = true;
  readonly rate: number;

  /** @param further The names of options that the subclass adds. */
  constructor(className: string, options: DropoutOptions, further: Readonly<Record<string, true>> = {}) {
    checkLayerOptions(className, options, { rate: true, seed: true, ...further });
    super(className, options);
    checkNumber(className, "rate", options.rate, { minimum: 0, maximum: 1 });
    this.rate = options.rate;
  }

  /** The shape of the mask for an input, the batch axis included; where it is 1, the axis is kept or dropped as a whole. */
  protected abstract maskShape(shape: Shape): Shape;

  call(input: Tensor, { training }: CallContext): Tensor {
    if (!training || this.rate === 0) return this.checkedInput(input);
    const x = this.checkedFloatInput(input);
    if (this.rate === 1) return zerosLike(x);
    const keep = 1 - this.rate;
    const kept = randomBernoulli(this.maskShape(x.shape), keep, { generator: this.generator });
    return where(kept, multiply(x, 1 / keep), 0);
  }

  override config(): Configuration {
    return { ...super.config(), rate: this.rate };
  }
}
