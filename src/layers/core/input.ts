/** InputLayer declares the shape of one example at the head of a model: `[batch, ...shape]` goes through it, in the element type declared. */
import { checkChoice } from "../../graph/options.ts";
import type { Configuration } from "../../graph/registry.ts";
import { formatShape, type Shape, sameShape } from "../../graph/shape.ts";
import { cast } from "../../ops/elementwise.ts";
import type { Tensor } from "../../tensor/tensor.ts";
import { checkLayerOptions, Layer, type LayerOptions } from "../layer.ts";

/** The element types a model computes with; or texts, which the text layer behind makes indices of. */
export type InputDType = "float32" | "int32" | "string";
const inputDTypes: readonly InputDType[] = ["float32", "int32", "string"];

export interface InputOptions {
  /** The shape of one example, without the batch axis. */
  shape: Shape;
  /** Data of another type are converted. Default: as the data are, bytes as float32. */
  dtype?: InputDType;
  /** By default `input`, with a number where it is not the first. */
  name?: string;
}

/** The declaration of what a model takes. Made by `input`. */
export class InputLayer extends Layer {
  static readonly className = "input";
  readonly className = InputLayer.className;
  override readonly supportsMasking = true;
  readonly dtype: InputDType | undefined;
  readonly #shape: Shape;

  constructor(options: LayerOptions & { inputShape: Shape; dtype?: InputDType }) {
    checkLayerOptions("input", options, { dtype: true });
    super("input", options);
    const { dtype, inputShape } = options;
    if (dtype !== undefined) checkChoice("input", "dtype", dtype, inputDTypes);
    this.dtype = dtype;
    this.#shape = inputShape;
  }

  call(x: Tensor): Tensor {
    // What comes are the indices that the text layer behind made of texts.
    if (this.dtype === "string") return x;
    const checked = this.checkedInput(x);
    return this.dtype ? cast(checked, this.dtype) : checked;
  }

  override get givesTexts(): boolean {
    return this.dtype === "string";
  }

  override config(): Configuration {
    return { ...super.config(), ...(this.dtype && { dtype: this.dtype }) };
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
