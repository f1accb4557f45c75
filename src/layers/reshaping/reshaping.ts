/** Layers that only rearrange: Flatten and Reshape. The batch axis stays, and so does the element type. */
import { checkInteger, describe } from "../../graph/options.ts";
import type { Configuration } from "../../graph/registry.ts";
import { formatShape, type Shape, sizeOf } from "../../graph/shape.ts";
import { reshape as reshapeTensor } from "../../ops/movement.ts";
import type { Tensor } from "../../tensor/tensor.ts";
import { checkLayerOptions, Layer, type LayerOptions } from "../layer.ts";

/** `[batch, ...]` to `[batch, features]`, row-major; no weights. */
export class Flatten extends Layer {
  static readonly className = "flatten";
  readonly className = Flatten.className;

  constructor(options: LayerOptions = {}) {
    checkLayerOptions("flatten", options, {});
    super("flatten", options);
  }

  call(x: Tensor): Tensor {
    const [batch, ...example] = this.checkedInput(x).shape as readonly [number, ...number[]];
    return reshapeTensor(x, [batch, sizeOf(example)]);
  }

  override outputShape(inputShape: Shape): Shape {
    this.checkShape(inputShape);
    return [sizeOf(inputShape)];
  }
}

export interface ReshapeOptions extends LayerOptions {
  /** The shape of one example, without the batch axis; one dimension may be -1 and follows from the others. */
  targetShape: Shape;
}

/** `[batch, ...]` to `[batch, ...targetShape]`, row-major; no weights. */
export class Reshape extends Layer {
  static readonly className = "reshape";
  readonly className = Reshape.className;
  readonly targetShape: Shape;

  constructor(options: ReshapeOptions) {
    checkLayerOptions("reshape", options, { targetShape: true });
    super("reshape", options);
    const { targetShape } = options;
    if (!Array.isArray(targetShape))
      throw new TypeError(`reshape: targetShape is ${describe(targetShape)}, expected an array such as [28, 28, 1]`);
    for (const size of targetShape) checkInteger("reshape", "a dimension of targetShape", size, -1);
    if (targetShape.filter((size) => size === -1).length > 1)
      throw new RangeError(`reshape: targetShape ${formatShape(targetShape)} has more than one -1`);
    this.targetShape = [...targetShape];
  }

  call(x: Tensor): Tensor {
    const [batch, ...example] = this.checkedInput(x).shape as readonly [number, ...number[]];
    return reshapeTensor(x, [batch, ...this.outputShape(example)]);
  }

  override outputShape(inputShape: Shape): Shape {
    this.checkShape(inputShape);
    const { targetShape } = this;
    const size = sizeOf(inputShape);
    const open = targetShape.indexOf(-1);
    const rest = sizeOf(targetShape.filter((dimension) => dimension !== -1));
    if (open < 0 ? rest !== size : rest === 0 || size % rest !== 0)
      throw new Error(
        `${this.path}: an example of the shape ${formatShape(inputShape)} has ${size} elements, which do not fill ` +
          `targetShape ${formatShape(targetShape)}${open < 0 ? ` of ${rest}` : ""}`,
      );
    return open < 0 ? targetShape : targetShape.with(open, size / rest);
  }

  override config(): Configuration {
    return { ...super.config(), targetShape: this.targetShape };
  }
}

/**
 * Makes one axis of all but the batch axis.
 *
 * @example
 * layers.flatten().outputShape([7, 7, 64]); // [3136]
 */
export function flatten(options?: LayerOptions): Flatten {
  return new Flatten(options);
}

/**
 * Gives each example another shape of as many elements.
 *
 * @throws If `targetShape` has more than one -1; and, when it is built, if the sizes differ.
 * @example
 * layers.reshape({ targetShape: [28, 28, -1] }).outputShape([784]); // [28, 28, 1]
 */
export function reshape(options: ReshapeOptions): Reshape {
  return new Reshape(options);
}
