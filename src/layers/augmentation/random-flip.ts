/**
 * RandomFlip, in training only, mirrors images at random: each example with probability ½ left to right, with probability ½ top
 * to bottom, or both by chance.
 *
 * In inference the identity. Input and output `[batch, height, width, channels]` of any type; the state `generator` is saved with
 * the weights.
 */
import { checkChoice } from "../../graph/options.ts";
import type { Configuration } from "../../graph/registry.ts";
import { where } from "../../ops/elementwise.ts";
import { flip } from "../../ops/slicing.ts";
import { randomBernoulli } from "../../tensor/random.ts";
import type { Tensor } from "../../tensor/tensor.ts";
import { type CallContext, checkLayerOptions } from "../layer.ts";
import { RandomLayer, type RandomLayerOptions } from "../random-layer.ts";

export type FlipMode = "horizontal" | "vertical" | "horizontalAndVertical";

export interface RandomFlipOptions extends RandomLayerOptions {
  /** `"horizontal"`, left to right; `"vertical"`, top to bottom; default `"horizontalAndVertical"`, each by itself. */
  mode?: FlipMode;
}

/** Mirrored images in training. Made by `randomFlip`. */
export class RandomFlip extends RandomLayer {
  static readonly className = "randomFlip";
  readonly className = RandomFlip.className;
  readonly mode: FlipMode;

  constructor(options: RandomFlipOptions = {}) {
    checkLayerOptions("randomFlip", options, { mode: true, seed: true });
    super("randomFlip", options);
    this.mode = options.mode ?? "horizontalAndVertical";
    checkChoice("randomFlip", "mode", this.mode, ["horizontal", "vertical", "horizontalAndVertical"]);
    this.setInputRequirement({ rank: 3, axes: "[height, width, channels]" });
  }

  call(input: Tensor, { training }: CallContext): Tensor {
    const x = this.checkedInput(input);
    if (!training) return x;
    const across = this.mode === "vertical" ? x : this.#flipSome(x, 2);
    return this.mode === "horizontal" ? across : this.#flipSome(across, 1);
  }

  #flipSome(x: Tensor, axis: number): Tensor {
    const chosen = randomBernoulli([x.shape[0] as number, 1, 1, 1], 0.5, { generator: this.generator });
    return where(chosen, flip(x, axis), x);
  }

  override config(): Configuration {
    return { ...super.config(), mode: this.mode };
  }
}

/**
 * Mirrors images at random in training; input and output `[batch, height, width, channels]`.
 *
 * @throws If `mode` is unknown.
 * @example
 * layers.randomFlip({ mode: "horizontal" });
 */
export function randomFlip(options?: RandomFlipOptions): RandomFlip {
  return new RandomFlip(options);
}
