/** What mixup and CutMix share: each example gets a partner in its batch and a random weight, by which their targets are mixed. */
import { checkInteger, checkNumber, checkOptions } from "../../graph/options.ts";
import { add, cast, less, multiply, subtract, where } from "../../ops/elementwise.ts";
import { gather } from "../../ops/linear.ts";
import { reshape } from "../../ops/movement.ts";
import { argsort } from "../../ops/sorting.ts";
import { Generator, randomUniform } from "../../tensor/random.ts";
import { randomBeta } from "../../tensor/random-gamma.ts";
import type { Tensor } from "../../tensor/tensor.ts";
import type { Variable } from "../../tensor/variable.ts";
import { type Batch, lengthOf } from "../training/batch.ts";
import type { TrainableModel } from "../training/trainable.ts";
import { type Augmentation, checkMixableTargets } from "./augmentation.ts";

export interface MixingOptions {
  /** Both parameters of the beta distribution that the weights come from, above 0: the smaller, the more an example stays itself. */
  alpha?: number;
  /** How probable it is that an example is mixed at all, in [0, 1]; default 1. */
  probability?: number;
  /** An integer that fixes what is drawn outside of `fit`, which draws by its own seed; default 0. */
  seed?: number;
}

/** Examples mixed with others of their batch. */
export abstract class Mixing implements Augmentation {
  readonly name: string;
  readonly alpha: number;
  readonly probability: number;
  protected readonly generator: Generator;

  constructor(name: string, options: MixingOptions, alpha: number) {
    checkOptions(name, options, { alpha: true, probability: true, seed: true });
    this.name = name;
    this.alpha = options.alpha ?? alpha;
    this.probability = options.probability ?? 1;
    const { seed = 0 } = options;
    checkNumber(name, "alpha", this.alpha, { above: 0 });
    checkNumber(name, "probability", this.probability, { minimum: 0, maximum: 1 });
    checkInteger(name, "seed", seed);
    this.generator = new Generator(seed, `${name} generator`);
  }

  get variables(): readonly Variable[] {
    return [this.generator.state];
  }

  reseed(seed: number): void {
    this.generator.reseed(seed);
  }

  check(model: TrainableModel): void {
    checkMixableTargets(`fit: ${this.name}`, model);
  }

  call(batch: Batch): Batch {
    const length = lengthOf(batch);
    const uniform = () => randomUniform([length], { generator: this.generator });
    const drawn = randomBeta([length], { alpha: this.alpha, beta: this.alpha, generator: this.generator });
    const weight = this.probability === 1 ? drawn : where(less(uniform(), this.probability), drawn, 1);
    // A random order of the batch: the positions of random numbers in order.
    const partners = argsort(uniform());
    const { x, share } = this.mix(batch.x, weight, partners);
    const mixed = (each: Tensor) => mix(each, gather(each, partners), share);
    return { x, y: batch.y.map(mixed), sampleWeight: batch.sampleWeight && mixed(batch.sampleWeight) };
  }

  /**
   * Mixes features.
   *
   * @param weight How much each example stays itself, float32 `[batch]` in [0, 1].
   * @param partners With which example of the batch each is mixed, int32 `[batch]`.
   * @returns The mixed features, and how much of each example is in them at last.
   */
  protected abstract mix(
    x: readonly Tensor[],
    weight: Tensor,
    partners: Tensor,
  ): { readonly x: readonly Tensor[]; readonly share: Tensor };
}

/** share · own + (1 - share) · other, float32; `share` is `[batch]`. */
export function mix(own: Tensor, other: Tensor, share: Tensor): Tensor {
  const weight = reshape(
    share,
    own.shape.map((size, axis) => (axis === 0 ? size : 1)),
  );
  return add(multiply(cast(own, "float32"), weight), multiply(cast(other, "float32"), subtract(1, weight)));
}
