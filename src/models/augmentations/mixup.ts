/**
 * mixup trains on weighted means of two examples, features and targets alike, so that a network is linear between examples:
 *
 *   x = λ · x₁ + (1 - λ) · x₂ and y = λ · y₁ + (1 - λ) · y₂ with λ from beta(α, α), drawn for each example
 *
 * Zhang et al. (2018), "mixup: Beyond Empirical Risk Minimization".
 */
import { gather } from "../../ops/linear.ts";
import type { Tensor } from "../../tensor/tensor.ts";
import { Mixing, type MixingOptions, mix } from "./mixing.ts";

/** Weighted means of examples. Made by `mixup`. */
export class Mixup extends Mixing {
  constructor(options: MixingOptions = {}) {
    super("mixup", options, 0.2);
  }

  protected mix(x: readonly Tensor[], weight: Tensor, partners: Tensor) {
    for (const { dtype } of x)
      if (dtype === "int32")
        throw new Error(
          "fit: mixup: the features are int32, as indices are, whose mean means nothing; give features that are numbers or images",
        );
    return { x: x.map((each) => mix(each, gather(each, partners), weight)), share: weight };
  }
}

/**
 * Trains on weighted means of two examples; an `augmentation` for `fit`. The targets are mixed as the features are, so that the
 * loss must take one-hot rows or numbers; sample weights are mixed too. Training's metrics judge the mixed examples.
 *
 * @param options `alpha`: default 0.2, as for ImageNet in the paper.
 * @throws RangeError If `alpha` is not above 0, or `probability` outside of [0, 1].
 * @example
 * const y = ops.oneHot(tensor(labels), 10);
 * await model.fit(images, y, { augmentation: augmentations.mixup({ alpha: 0.2 }) });
 */
export function mixup(options?: MixingOptions): Mixup {
  return new Mixup(options);
}
