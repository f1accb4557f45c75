/** RandomChoice applies one of several augmentations to each batch, drawn anew each time. */
import { checkInteger, checkNumber, checkOptions, describe } from "../../graph/options.ts";
import { philox4x32 } from "../../graph/primitives/source.ts";
import { cast, less, where } from "../../ops/elementwise.ts";
import { Generator, randomUniform } from "../../tensor/random.ts";
import type { Tensor } from "../../tensor/tensor.ts";
import type { Variable } from "../../tensor/variable.ts";
import type { Batch } from "../training/batch.ts";
import type { TrainableModel } from "../training/trainable.ts";
import { type Augmentation, checkAugmentation } from "./augmentation.ts";

export interface RandomChoiceOptions {
  /** How probable each is, in their order; what is missing from 1 leaves batches as they are. Default: all alike. */
  readonly probabilities?: readonly number[];
  /** An integer that fixes what is drawn outside of `fit`, which draws by its own seed; default 0. */
  readonly seed?: number;
}

/** One of several augmentations. Made by `randomChoice`. */
export class RandomChoice implements Augmentation {
  readonly name = "randomChoice";
  readonly augmentations: readonly Augmentation[];
  readonly probabilities: readonly number[];
  readonly #generator: Generator;

  constructor(augmentations: readonly Augmentation[], options: RandomChoiceOptions = {}) {
    checkOptions("randomChoice", options, { probabilities: true, seed: true });
    if (!Array.isArray(augmentations) || augmentations.length === 0)
      throw new TypeError(`randomChoice: got ${describe(augmentations)}, expected an array of augmentations`);
    for (const [index, each] of augmentations.entries())
      checkAugmentation(`randomChoice: augmentations[${index}]`, each);
    const { probabilities = augmentations.map(() => 1 / augmentations.length), seed = 0 } = options;
    checkInteger("randomChoice", "seed", seed);
    for (const probability of probabilities) checkNumber("randomChoice", "probabilities", probability, { minimum: 0 });
    const total = probabilities.reduce((sum, probability) => sum + probability, 0);
    if (probabilities.length !== augmentations.length || total > 1 + 1e-6)
      throw new RangeError(
        `randomChoice: probabilities is ${describe(probabilities)}, expected ${augmentations.length} numbers whose sum is at most 1`,
      );
    this.augmentations = [...augmentations];
    this.probabilities = [...probabilities];
    this.#generator = new Generator(seed, "randomChoice generator");
  }

  get variables(): readonly Variable[] {
    return [this.#generator.state, ...this.augmentations.flatMap(({ variables }) => variables)];
  }

  /** Each draws other numbers. */
  reseed(seed: number): void {
    this.#generator.reseed(seed);
    for (const [index, each] of this.augmentations.entries())
      each.reseed(philox4x32([index, 0, 0, 4], [seed | 0, 0])[0]);
  }

  check(model: TrainableModel): void {
    for (const each of this.augmentations) each.check(model);
  }

  call(batch: Batch): Batch {
    const drawn = randomUniform([], { generator: this.#generator });
    const choices = this.augmentations.map((each) => each.call(batch));
    // From the last to the first: the first whose bound the number is below stands outermost.
    return choices.reduceRight<Batch>((otherwise, choice, index) => {
      const bound = this.probabilities.slice(0, index + 1).reduce((sum, probability) => sum + probability, 0);
      const isChosen = less(drawn, bound);
      const choose = (own: Tensor, other: Tensor) => where(isChosen, own, cast(other, own.dtype));
      return {
        x: choice.x.map((each, place) => choose(each, otherwise.x[place] as Tensor)),
        y: choice.y.map((each, place) => choose(each, otherwise.y[place] as Tensor)),
        sampleWeight:
          choice.sampleWeight && otherwise.sampleWeight && choose(choice.sampleWeight, otherwise.sampleWeight),
      };
    }, batch);
  }
}

/**
 * Applies one of several augmentations to each batch; an `augmentation` for `fit`.
 *
 * @throws If there are none, or the probabilities are not as many, are negative, or sum to more than 1.
 * @example
 * augmentations.randomChoice([augmentations.mixup(), augmentations.cutMix()], { probabilities: [0.4, 0.4] });
 */
export function randomChoice(augmentations: readonly Augmentation[], options?: RandomChoiceOptions): RandomChoice {
  return new RandomChoice(augmentations, options);
}
