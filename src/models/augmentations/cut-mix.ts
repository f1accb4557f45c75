/**
 * CutMix trains on images of which a rectangle is cut out and filled from another image; the targets are mixed by area:
 *
 *   the rectangle's sides are √(1 - λ) of the image's with λ from beta(α, α), its centre is anywhere, what lies outside is cut off;
 *   y = share · y₁ + (1 - share) · y₂ with the share of pixels that stayed, each drawn for each example
 *
 * Yun et al. (2019), "CutMix: Regularization Strategy to Train Strong Classifiers with Localizable Features".
 */
import { formatShape } from "../../graph/shape.ts";
import { boxMask } from "../../ops/boxes.ts";
import { add, clip, multiply, round, sqrt, subtract, where } from "../../ops/elementwise.ts";
import { gather } from "../../ops/linear.ts";
import { reshape } from "../../ops/movement.ts";
import { randomUniform } from "../../tensor/random.ts";
import type { Tensor } from "../../tensor/tensor.ts";
import { Mixing, type MixingOptions } from "./mixing.ts";

/** Images with rectangles of others. Made by `cutMix`. */
export class CutMix extends Mixing {
  constructor(options: MixingOptions = {}) {
    super("cutMix", options, 1);
  }

  protected mix(x: readonly Tensor[], weight: Tensor, partners: Tensor) {
    const [images] = x;
    if (!images || x.length > 1 || images.rank !== 4)
      throw new Error(
        `fit: cutMix: the features have the shapes ${x.map(({ shape }) => formatShape(shape)).join(", ")}, expected images ` +
          "[batch, height, width, channels] as the only input; for other features there is mixup",
      );
    const [batch, height, width] = images.shape as readonly [number, number, number];
    const column = [batch, 1, 1, 1];
    const side = sqrt(subtract(1, reshape(weight, column)));
    const interval = (size: number): [Tensor, Tensor] => {
      const centre = multiply(randomUniform(column, { generator: this.generator }), size);
      const half = multiply(side, size / 2);
      const edge = (place: Tensor) => clip(round(place), 0, size);
      return [edge(subtract(centre, half)), edge(add(centre, half))];
    };
    const [[top, bottom], [left, right]] = [interval(height), interval(width)];
    const mask = boxMask(height, width, { top, bottom, left, right });
    const area = multiply(subtract(bottom, top), subtract(right, left));
    const share = reshape(subtract(1, multiply(area, 1 / (height * width))), [batch]);
    return { x: [where(mask, gather(images, partners), images)], share };
  }
}

/**
 * Trains on images with a rectangle of another; an `augmentation` for `fit`. The targets are mixed by area, so that the loss must
 * take one-hot rows or numbers; sample weights are mixed too. Training's metrics judge the mixed examples.
 *
 * @param options `alpha`: default 1, as in the paper, which makes all sizes equally probable.
 * @throws RangeError If `alpha` is not above 0, or `probability` outside of [0, 1].
 * @example
 * await model.fit(images, ops.oneHot(tensor(labels), 10), { augmentation: augmentations.cutMix({ probability: 0.5 }) });
 */
export function cutMix(options?: MixingOptions): CutMix {
  return new CutMix(options);
}
