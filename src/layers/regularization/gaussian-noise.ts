/**
 * GaussianNoise, in training only: out[i] = in[i] + n, n drawn from a normal distribution around 0 for each value.
 *
 * In inference the identity. Input and output of any shape; the state `generator` is saved with the weights.
 */
import { checkNumber } from "../../graph/options.ts";
import type { Configuration } from "../../graph/registry.ts";
import { add } from "../../ops/elementwise.ts";
import { randomNormal } from "../../tensor/random.ts";
import type { Tensor } from "../../tensor/tensor.ts";
import { type CallContext, checkLayerOptions } from "../layer.ts";
import { RandomLayer, type RandomLayerOptions } from "../random-layer.ts";

export interface GaussianNoiseOptions extends RandomLayerOptions {
  /** The standard deviation of the noise, at least 0. */
  standardDeviation: number;
}

/** Added noise in training. Made by `gaussianNoise`. */
export class GaussianNoise extends RandomLayer {
  static readonly className = "gaussianNoise";
  readonly className = GaussianNoise.className;
  override readonly supportsMasking = true;
  readonly standardDeviation: number;

  constructor(options: GaussianNoiseOptions) {
    checkLayerOptions("gaussianNoise", options, { standardDeviation: true, seed: true });
    super("gaussianNoise", options);
    checkNumber("gaussianNoise", "standardDeviation", options.standardDeviation, { minimum: 0 });
    this.standardDeviation = options.standardDeviation;
  }

  call(input: Tensor, { training }: CallContext): Tensor {
    const { standardDeviation, generator } = this;
    if (!training || standardDeviation === 0) return this.checkedInput(input);
    const x = this.checkedFloatInput(input);
    return add(x, randomNormal(x.shape, { standardDeviation, generator }));
  }

  override config(): Configuration {
    return { ...super.config(), standardDeviation: this.standardDeviation };
  }
}

/**
 * Adds normally distributed noise in training; input and output of any shape.
 *
 * @throws If `standardDeviation` is below 0.
 * @example
 * layers.gaussianNoise({ standardDeviation: 0.1 });
 */
export function gaussianNoise(options: GaussianNoiseOptions): GaussianNoise {
  return new GaussianNoise(options);
}
