/**
 * Dropout, in training only:
 *
 *   out[i] = in[i] / (1 - rate) with probability 1 - rate, else 0
 *
 * so that the expected value stays; in inference the identity. Each call draws a fresh mask from the layer's own
 * generator, whose state `generator` (int32 `[2]`: seed, draws so far) is saved with the weights.
 *
 * Input and output of any shape. Srivastava et al. (2014).
 */
import { checkInteger, checkNumber } from "../graph/options.ts";
import type { Configuration } from "../graph/registry.ts";
import type { Shape } from "../graph/shape.ts";
import { multiply, where } from "../ops/elementwise.ts";
import { zerosLike } from "../tensor/creation.ts";
import { type Generator, randomBernoulli } from "../tensor/random.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { type CallContext, checkLayerOptions, Layer, type LayerOptions } from "./layer.ts";
import { layerGenerator } from "./layer-generator.ts";

export interface DropoutOptions extends LayerOptions {
  /** The fraction of inputs to drop, in [0, 1]. */
  rate: number;
  /** An integer that fixes the masks; by default drawn from the default generator, which `setSeed` starts. */
  seed?: number;
}

/** Random zeros in training. Made by `dropout`. */
export class Dropout extends Layer {
  static readonly className = "dropout";
  readonly className = Dropout.className;
  readonly rate: number;
  readonly seed: number | undefined;
  readonly #generator: Generator;

  constructor(options: DropoutOptions) {
    checkLayerOptions("dropout", options, { rate: true, seed: true });
    super("dropout", options);
    const { rate, seed } = options;
    checkNumber("dropout", "rate", rate, { minimum: 0, maximum: 1 });
    if (seed !== undefined) checkInteger("dropout", "seed", seed);
    this.rate = rate;
    this.seed = seed;
    this.#generator = layerGenerator(seed);
  }

  override build(inputShape: Shape): void {
    super.build(inputShape);
    this.addVariable("generator", this.#generator.state);
  }

  call(input: Tensor, { training }: CallContext): Tensor {
    if (!training || this.rate === 0) return this.checkedInput(input);
    const x = this.checkedFloatInput(input);
    if (this.rate === 1) return zerosLike(x);
    const keep = 1 - this.rate;
    const kept = randomBernoulli(x.shape, keep, { generator: this.#generator });
    return where(kept, multiply(x, 1 / keep), 0);
  }

  override reseed(seed: number): void {
    super.reseed(seed);
    this.#generator.reseed(seed);
  }

  override config(): Configuration {
    return { ...super.config(), rate: this.rate, ...(this.seed !== undefined && { seed: this.seed }) };
  }
}

/**
 * Drops a random fraction of its inputs in training; input and output of any shape.
 *
 * @throws If `rate` is outside [0, 1].
 * @example
 * layers.dropout({ rate: 0.5 });
 */
export function dropout(options: DropoutOptions): Dropout {
  return new Dropout(options);
}
