/**
 * TextLayer: a layer that takes texts. Texts are no tensors: they become indices on the host, before data reach the device, and
 * from there on everything is tensors. So a text layer stands where data enter a model, and belongs to it: fit, evaluate and
 * predict read texts, and a saved model predicts from texts again.
 */
import { formatShape, type Shape } from "../../graph/shape.ts";
import type { HostArray } from "../../tensor/host-array.ts";
import { type Tensor, tensor } from "../../tensor/tensor.ts";
import { Layer } from "../layer.ts";
import { type NestedText, type TextArray, toTextArray } from "./texts.ts";

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

/** Whether a layer takes texts. */
export function isTextLayer(layer: Layer | undefined): layer is TextLayer {
  return layer instanceof TextLayer;
}
