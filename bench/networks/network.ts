/** What the cases' networks are made of: layers that are built as they are added, and functions between them. */
import type { layers, Tensor, Variable } from "rappel";

type Layer = ReturnType<typeof layers.dense>;
/** What the networks need of a layer. */
export type Part = Pick<Layer, "build" | "outputShape" | "trainableVariables"> & {
  call(x: Tensor, context: { readonly training: boolean }): Tensor;
};

/** A function of a tensor with parameters to learn. */
export interface Network {
  readonly variables: readonly Variable[];
  call(x: Tensor): Tensor;
}

/** Builds layers one after another, each for the shape that the one before gives. */
export class Parts {
  readonly #layers: Part[] = [];

  /** A layer built for inputs of `shape`, without the batch axis. */
  add(layer: Part, shape: readonly number[]): (x: Tensor) => Tensor {
    layer.build(shape);
    this.#layers.push(layer);
    return (x) => layer.call(x, { training: true });
  }

  /** Layers as one function, the first of which takes inputs of `shape`. */
  chain(chain: readonly Part[], shape: readonly number[]): (x: Tensor) => Tensor {
    let size = shape;
    const functions = chain.map((layer) => {
      const call = this.add(layer, size);
      size = layer.outputShape(size);
      return call;
    });
    return (x) => functions.reduce((value, call) => call(value), x);
  }

  get variables(): Variable[] {
    return this.#layers.flatMap((layer) => [...layer.trainableVariables]);
  }
}
