/** InputLayer declares the shape of one example at the head of a model: `[batch, ...shape]` goes through it unchanged. */
import { formatShape, type Shape, sameShape } from "../graph/shape.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { checkLayerOptions, Layer, type LayerOptions } from "./layer.ts";

export interface InputOptions {
  /** The shape of one example, without the batch axis. */
  shape: Shape;
  /** By default `input`, with a number where it is not the first. */
  name?: string;
}

/** The declaration of what a model takes. Made by `input`. */
export class InputLayer extends Layer {
  static readonly className = "input";
  readonly className = InputLayer.className;
  readonly #shape: Shape;

  constructor(options: LayerOptions & { inputShape: Shape }) {
    checkLayerOptions("input", options, {});
    super("input", options);
    this.#shape = options.inputShape;
  }

  call(x: Tensor): Tensor {
    return this.checkedInput(x);
  }

  protected override checkShape(shape: Shape): void {
    if (!sameShape(shape, this.#shape))
      throw new Error(
        `${this.path}: an example has the shape ${formatShape(shape)}, but the model takes ${formatShape(this.#shape)}; ` +
          `reshape the data or change the declared shape`,
      );
  }
}

/**
 * Declares what a model takes.
 *
 * @example
 * sequential([layers.input({ shape: [28, 28, 1] }), layers.flatten(), layers.dense({ units: 10 })]);
 */
export function input({ shape, ...options }: InputOptions): InputLayer {
  return new InputLayer({ ...options, inputShape: shape });
}
