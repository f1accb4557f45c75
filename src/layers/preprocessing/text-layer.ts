/**
 * TextLayer: a layer that takes texts. Texts are no tensors: they become indices on the host, before data reach the device, and
 * from there on everything is tensors. So a text layer stands where data enter a model, and belongs to it: fit, evaluate and
 * predict read texts, and a saved model predicts from texts again.
 */
import { describe } from "../../graph/options.ts";
import { formatShape, type Shape, sizeOf } from "../../graph/shape.ts";
import type { HostArray } from "../../tensor/host-array.ts";
import { Tensor, tensor } from "../../tensor/tensor.ts";
import { Layer } from "../layer.ts";
import { isNestedText, type NestedText, type TextArray, toTextArray } from "./texts.ts";

/** Indices that were texts: what models pass on to the device. */
export interface PreparedTexts extends HostArray {
  /** The texts' shape, `[examples, ...]`; that of the indices may differ. */
  readonly textShape: Shape;
}

/** A layer that makes indices of texts on the host (`read`), and whatever it gives of indices on the device (`encode`). */
export abstract class TextLayer extends Layer {
  override takesTextsAt(): boolean {
    return true;
  }

  /**
   * Texts as indices, int32.
   *
   * @param what Whose texts they are, for messages: `fit: x`.
   * @throws If the layer cannot take such texts, or has nothing to look them up in yet.
   */
  protected abstract read(texts: TextArray, what: string): HostArray;

  /** The layer's result for a batch of what `read` gives. */
  protected abstract encode(indices: Tensor): Tensor;

  /** The shape of one example of what `read` gives; 1 for an axis whose size depends on the texts. */
  abstract indicesShape(textShape: Shape): Shape;

  /** Texts as the indices that `call` takes; models do it with the data that they are given. */
  prepare(texts: TextArray, what: string): PreparedTexts {
    this.checkShape(texts.shape.slice(1));
    return { ...this.read(texts, what), textShape: texts.shape };
  }

  /**
   * As `prepare`, of what a user gave for an input of a model.
   *
   * @param shape Of one example, where the model knows it.
   * @throws TypeError If these are no texts. Error If there are none, or the layer cannot take them.
   */
  prepareExamples(given: unknown, shape: Shape | undefined, what: string): PreparedTexts {
    if (!isNestedText(given))
      throw new TypeError(
        `${what} ${describeKind(given)}, but ${this.path} takes texts: give arrays of them, such as ["one", "two"] for two examples`,
      );
    const texts = toTextArray(given, what);
    // One text an example may come as a row of its own or not.
    const isSingle = shape && sizeOf(shape) === 1 && sizeOf(texts.shape.slice(1)) === 1;
    const fitting = isSingle ? { ...texts, shape: [texts.shape[0] as number, ...shape] } : texts;
    if (fitting.texts.length === 0) throw new Error(`${what} has no examples; look at how it was loaded`);
    return this.prepare(fitting, what);
  }

  /**
   * The layer's result for texts, on its own; it need not be built.
   *
   * @param texts Nested arrays, `[examples, ...]`
   * @throws If the layer cannot take such texts, or has no vocabulary yet.
   * @example
   * await layers.stringLookup({ vocabulary: ["cat", "dog"] }).transform(["dog", "cow"]).array(); // [2, 0]
   */
  transform(texts: NestedText): Tensor {
    const what = `${this.path}.transform: texts`;
    const { data, shape } = this.prepare(toTextArray(texts, what), what);
    return this.encode(tensor(data, { shape }));
  }

  /** @param x The indices that `prepare` makes of texts, int32 `[batch, ...]`; models give them. */
  call(x: Tensor): Tensor {
    if (!this.built) throw new Error(`${this.path}: is not built; call build(inputShape) before, or use it in a model`);
    if (x.dtype !== "int32" || x.rank === 0)
      throw new TypeError(
        `${this.path}: takes texts, but its input is ${x.dtype}${formatShape(x.shape)}; give texts to the model, or call transform`,
      );
    return this.encode(x);
  }
}

function describeKind(given: unknown): string {
  if (given instanceof Tensor) return `is the tensor ${given.dtype}${formatShape(given.shape)}`;
  let part: unknown = given;
  while (Array.isArray(part)) part = part[0];
  if (typeof part === "object" && part !== null && (ArrayBuffer.isView(part) || "shape" in part))
    return "holds numbers";
  return typeof part === "number" ? "holds numbers" : `is ${describe(given)}`;
}
