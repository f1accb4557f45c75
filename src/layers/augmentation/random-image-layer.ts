/** What the layers share that change images at random in training: numbers drawn for each image, and the identity in inference. */
import { formatShape, type Shape } from "../../graph/shape.ts";
import { randomUniform } from "../../tensor/random.ts";
import type { Tensor } from "../../tensor/tensor.ts";
import type { CallContext } from "../layer.ts";
import { RandomLayer, type RandomLayerOptions } from "../random-layer.ts";
import type { Range } from "./factor.ts";

/** A layer that changes each image in a way of its own in training, and none in inference. */
export abstract class RandomImageLayer extends RandomLayer {
  constructor(className: string, options: RandomLayerOptions) {
    super(className, options);
    this.setInputRequirement({ rank: 3, axes: "[height, width, channels]" });
  }

  /** What training makes of images, float32 `[batch, height, width, channels]`. */
  protected abstract augment(images: Tensor): Tensor;

  call(input: Tensor, { training }: CallContext): Tensor {
    return training ? this.augment(this.checkedFloatInput(input)) : this.checkedInput(input);
  }

  /** A number of a range for each image, `[batch, 1, 1, 1]`. */
  protected drawFor(images: Tensor, [low, high]: Range): Tensor {
    return randomUniform([images.shape[0] as number, 1, 1, 1], { low, high, generator: this.generator });
  }

  /** For layers that mix colours: @throws If images are not red, green and blue. */
  protected checkColours(shape: Shape): void {
    if (shape.length === 3 && shape[2] !== 3)
      throw new Error(
        `${this.path}: an example has the shape ${formatShape(shape)}, but the layer takes images of three channels, ` +
          "red, green and blue; leave it out for other images",
      );
  }
}
