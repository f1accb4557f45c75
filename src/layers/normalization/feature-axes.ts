/** The axes that a normalization takes its statistics over, each place along which has a weight of its own. */
import { describe } from "../../graph/options.ts";
import { formatShape, normalizeAxes, type Shape, sameShape } from "../../graph/shape.ts";
import { reshape } from "../../ops/movement.ts";
import type { Tensor } from "../../tensor/tensor.ts";

export interface FeatureAxesOptions {
  /** The axis or axes of the features, the batch being axis 0 and none of them; default -1, the last. */
  axis?: number | readonly number[];
}

/** Axes of features, given once and known for every rank. */
export class FeatureAxes {
  /** As they were given. */
  readonly axis: number | readonly number[];
  /** The shape of the weights, once there are some. */
  #built: Shape | undefined;

  constructor(className: string, axis: number | readonly number[] = -1) {
    if (typeof axis !== "number" && (!Array.isArray(axis) || axis.length === 0))
      throw new TypeError(`${className}: axis is ${describe(axis)}, expected an integer or an array of them`);
    this.axis = axis;
  }

  /**
   * The axes in ascending order, the batch counted as axis 0.
   *
   * @param owner The layer, for messages.
   * @throws RangeError If one is the batch's, or the input has not so many.
   */
  of(owner: string, inputShape: Shape): readonly number[] {
    const axes = normalizeAxes(this.axis, inputShape.length + 1, owner);
    if (axes.includes(0))
      throw new RangeError(
        `${owner}: axis ${describe(this.axis)} names the batch axis; features lie within an example`,
      );
    return axes;
  }

  /** The shape of a weight: the sizes of the axes. */
  weightShape(owner: string, inputShape: Shape): Shape {
    return this.of(owner, inputShape).map((axis) => inputShape[axis - 1] as number);
  }

  /** The shape of a weight, to which inputs are held from now on. */
  build(owner: string, inputShape: Shape): Shape {
    this.#built = this.weightShape(owner, inputShape);
    return this.#built;
  }

  /** @throws If the axes have other sizes than those that the weights were made for. */
  check(owner: string, inputShape: Shape): void {
    const sizes = this.weightShape(owner, inputShape);
    if (this.#built && !sameShape(sizes, this.#built))
      throw new Error(
        `${owner}: the features of an example have the shape ${formatShape(sizes)}, but the layer was built for ` +
          `${formatShape(this.#built)} (an example has the shape ${formatShape(inputShape)}); give inputs like those, or make a new layer`,
      );
  }

  /** A weight in a shape that broadcasts to an input `[batch, ...]`. */
  spread(owner: string, weight: Tensor, input: Tensor): Tensor {
    const axes = this.of(owner, input.shape.slice(1));
    const [first = 0] = axes;
    // The last axes broadcast by themselves.
    if (first + axes.length === input.rank) return weight;
    return reshape(
      weight,
      input.shape.map((size, axis) => (axes.includes(axis) ? size : 1)),
    );
  }
}
