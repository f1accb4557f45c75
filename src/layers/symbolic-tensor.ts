/** SymbolicTensor: a value of a network that is being described, before there are any data. */
import type { Shape } from "../graph/shape.ts";
import type { Layer } from "./layer.ts";

/** One application of a layer to values of a network. */
export interface Application {
  /** Who is applied. */
  readonly layer: Layer;
  /** What the layer is applied to; none for an input of the network. */
  readonly inputs: readonly SymbolicTensor[];
  /** Masks given by hand, in the order of the inputs; without one an input has the mask that comes with it. */
  readonly masks: readonly (SymbolicTensor | undefined)[];
}

/**
 * A result of one application of a layer, known by its shape only. `input` makes the first ones, `layer.apply` the others,
 * and `model` makes a network of all that lies between.
 */
export class SymbolicTensor {
  /** The shape of one example, without the batch axis. */
  readonly shape: Shape;
  /** Whose result it is; several results of one application share it. */
  readonly application: Application;
  /** Which of the results it is, counted from 0. */
  readonly index: number;

  constructor(application: Application, index: number, shape: Shape) {
    this.application = application;
    this.index = index;
    this.shape = [...shape];
  }

  /** Whose result it is. */
  get layer(): Layer {
    return this.application.layer;
  }

  /** What the layer was applied to; none for an input of the network. */
  get inputs(): readonly SymbolicTensor[] {
    return this.application.inputs;
  }
}
