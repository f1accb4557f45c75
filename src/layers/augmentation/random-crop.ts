/**
 * RandomCrop, in training, cuts a part out of each image at a random place of its own, after it has surrounded the images with
 * `padding` zeros. In inference it gives the largest part of the wanted proportions about the centre, brought to the size (bilinear),
 * without padding: so images that have the size already stay as they are.
 *
 * Input `[batch, height, width, channels]`, output float32 `[batch, newHeight, newWidth, channels]`; the state `generator` is saved
 * with the weights. Images that are too small even with the padding give in training what they give in inference.
 */
import { checkInteger } from "../../graph/options.ts";
import type { Configuration } from "../../graph/registry.ts";
import type { Shape } from "../../graph/shape.ts";
import { add, cast, floor, multiply } from "../../ops/elementwise.ts";
import { gather } from "../../ops/linear.ts";
import { reshape } from "../../ops/movement.ts";
import { pad } from "../../ops/pad.ts";
import { type Pair, pairOf } from "../../ops/padding.ts";
import { resizeImages } from "../../ops/resize.ts";
import { iota } from "../../tensor/creation.ts";
import { randomUniform } from "../../tensor/random.ts";
import type { Tensor } from "../../tensor/tensor.ts";
import { type CallContext, checkLayerOptions } from "../layer.ts";
import { RandomLayer, type RandomLayerOptions } from "../random-layer.ts";

export interface RandomCropOptions extends RandomLayerOptions {
  /** Rows of the result. */
  height: number;
  /** Columns of the result. */
  width: number;
  /** Zeros around the images before they are cut in training, on every side or `[vertical, horizontal]`; default 0. */
  padding?: Pair;
}

/** Random parts of images in training. Made by `randomCrop`. */
export class RandomCrop extends RandomLayer {
  static readonly className = "randomCrop";
  readonly className = RandomCrop.className;
  readonly height: number;
  readonly width: number;
  readonly padding: readonly [vertical: number, horizontal: number];

  constructor(options: RandomCropOptions) {
    checkLayerOptions("randomCrop", options, { height: true, width: true, padding: true, seed: true });
    super("randomCrop", options);
    checkInteger("randomCrop", "height", options.height, 1);
    checkInteger("randomCrop", "width", options.width, 1);
    this.height = options.height;
    this.width = options.width;
    this.padding = pairOf("randomCrop", "padding", options.padding ?? 0, 0);
    this.setInputRequirement({ rank: 3, axes: "[height, width, channels]" });
  }

  call(input: Tensor, { training }: CallContext): Tensor {
    const x = this.checkedFloatInput(input);
    const { height, width } = this;
    const [vertical, horizontal] = this.padding;
    const [batch, rows, columns, channels] = x.shape as readonly [number, number, number, number];
    const [allRows, allColumns] = [rows + 2 * vertical, columns + 2 * horizontal];
    if (!training || allRows < height || allColumns < width)
      return resizeImages(x, { height, width, cropToAspectRatio: true });
    const padded = pad(x, [
      [0, 0],
      [vertical, vertical],
      [horizontal, horizontal],
      [0, 0],
    ]);
    const row = add(this.#starts(batch, allRows - height + 1), iota([1, height, 1], 1));
    const column = add(this.#starts(batch, allColumns - width + 1), iota([1, 1, width], 2));
    const firstOfImage = multiply(iota([batch, 1, 1], 0), allRows * allColumns);
    const places = add(firstOfImage, add(multiply(row, allColumns), column));
    return gather(reshape(padded, [batch * allRows * allColumns, channels]), places);
  }

  /** A whole number below `count` for each image, int32 `[batch, 1, 1]`. */
  #starts(batch: number, count: number): Tensor {
    return cast(floor(multiply(randomUniform([batch, 1, 1], { generator: this.generator }), count)), "int32");
  }

  override outputShape(inputShape: Shape): Shape {
    this.checkShape(inputShape);
    return [this.height, this.width, inputShape[2] as number];
  }

  override config(): Configuration {
    return { ...super.config(), height: this.height, width: this.width, padding: this.padding };
  }
}

/**
 * Cuts random parts out of images in training.
 *
 * @throws If the height or width is not an integer of at least 1, or the padding none of at least 0.
 * @example
 * layers.randomCrop({ height: 32, width: 32, padding: 4 }); // images of 32 by 32 shifted by up to 4 pixels
 */
export function randomCrop(options: RandomCropOptions): RandomCrop {
  return new RandomCrop(options);
}
