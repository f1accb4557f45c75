/** SymbolicTensor: a value of a network that is being described, before there are any data. */
import type { Shape } from "../graph/shape.ts";
import type { Layer } from "./layer.ts";

/**
 * The result of one application of a layer, known by its shape only. `input` makes the first ones, `layer.apply` the others,
 * and `model` makes a network of all that lies between.
 */
export class SymbolicTensor {
  /** The shape of one example, without the batch axis. */
  readonly shape: Shape;
  /** Whose result it is. */
  readonly layer: Layer;
  /** What the layer was applied to; none for an input of the network. */
  readonly inputs: readonly SymbolicTensor[];

  constructor(layer: Layer, inputs: readonly SymbolicTensor[], shape: Shape) {
    this.layer = layer;
    this.inputs = inputs;
    this.shape = [...shape];
  }
}
