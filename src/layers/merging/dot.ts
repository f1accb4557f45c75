/**
 * Dot, the scalar product of two inputs along one axis of each; the axes that are left stand one after the other:
 *
 *   out[b, i, j] = Σ over k of first[b, i, k] · second[b, j, k]   (inputs of two axes each, axes -1)
 *
 * Inputs `[batch, n]` and `[batch, n]` give `[batch, 1]`. With `normalize` both are first divided by their length
 * along the axis, so that the result is the cosine of the angle between them. No weights.
 */
import { checkBoolean, checkInteger } from "../../graph/options.ts";
import type { Configuration } from "../../graph/registry.ts";
import { formatShape, normalizeAxis, type Shape, sizeOf } from "../../graph/shape.ts";
import { cast, maximum, multiply, rsqrt, square } from "../../ops/elementwise.ts";
import { matmul } from "../../ops/linear.ts";
import { reshape, transpose } from "../../ops/movement.ts";
import { sum } from "../../ops/reduce.ts";
import type { Tensor } from "../../tensor/tensor.ts";
import { checkLayerOptions, type LayerOptions } from "../layer.ts";
import type { Mask } from "../mask.ts";
import { MergeLayer } from "./merge-layer.ts";

export interface DotOptions extends LayerOptions {
  /** The axis to sum over, counted with the batch axis; one for both inputs or one for each. */
  axes: number | readonly [first: number, second: number];
  /** Whether to divide both inputs by their length along the axis first; default false. */
  normalize?: boolean;
}

/** Squared lengths below this count as this, so that a vector of zeros has no infinite gradient. */
const leastSquaredLength = 1e-12;

/** A scalar product of two inputs. Made by `dot`. */
export class Dot extends MergeLayer {
  static readonly className = "dot";
  readonly className = Dot.className;
  readonly axes: readonly [first: number, second: number];
  readonly normalize: boolean;

  constructor(options: DotOptions) {
    checkLayerOptions("dot", options, { axes: true, normalize: true });
    super("dot", options, 2);
    const { axes, normalize = false } = options;
    const [first, second] = typeof axes === "number" ? [axes, axes] : axes;
    for (const axis of [first, second]) {
      checkInteger("dot", "axes", axis);
      if (axis === 0) throw new RangeError("dot: axes names the axis 0, the batch axis; each example is by itself");
    }
    checkBoolean("dot", "normalize", normalize);
    this.axes = [first, second];
    this.normalize = normalize;
  }

  protected mergedShape(inputShapes: readonly Shape[]): Shape {
    const [first, second] = inputShapes as readonly [Shape, Shape];
    const [left, right] = [this.#axisOf(first, 0), this.#axisOf(second, 1)];
    if (first[left] !== second[right])
      throw new Error(
        `${this.path}: examples of the shapes ${formatShape(first)} and ${formatShape(second)} have ${first[left]} and ${second[right]} ` +
          `elements along the axes ${left + 1} and ${right + 1}; both must be equal, choose other axes or put a dense before`,
      );
    const rest = [...first.toSpliced(left, 1), ...second.toSpliced(right, 1)];
    return rest.length === 0 ? [1] : rest;
  }

  protected merge(inputs: readonly Tensor[]): Tensor {
    const [first, second] = inputs as readonly [Tensor, Tensor];
    const shapes = [first.shape.slice(1), second.shape.slice(1)];
    const rows = this.#rowsOf(first, 0);
    const columns = transpose(this.#rowsOf(second, 1), [0, 2, 1]);
    return reshape(matmul(rows, columns), [first.shape[0] as number, ...this.mergedShape(shapes)]);
  }

  /** None: the steps are summed over, or become features. */
  override computeMask(): Mask {
    return undefined;
  }

  override config(): Configuration {
    return { ...super.config(), axes: this.axes, normalize: this.normalize };
  }

  /** `[batch, what is left, axis]` */
  #rowsOf(x: Tensor, index: 0 | 1): Tensor {
    const shape = x.shape.slice(1);
    const axis = this.#axisOf(shape, index);
    const others = shape.map((_, each) => each + 1).toSpliced(axis, 1);
    const last = transpose(cast(x, "float32"), [0, ...others, axis + 1]);
    const rest = shape.toSpliced(axis, 1);
    const rows = reshape(last, [x.shape[0] as number, sizeOf(rest), shape[axis] as number]);
    if (!this.normalize) return rows;
    return multiply(rows, rsqrt(maximum(sum(square(rows), { axis: -1, keepDims: true }), leastSquaredLength)));
  }

  /** The axis of an example, without the batch axis. */
  #axisOf(shape: Shape, index: 0 | 1): number {
    const axis = normalizeAxis(this.axes[index], shape.length + 1, this.path) - 1;
    if (axis < 0)
      throw new RangeError(`${this.path}: axis ${this.axes[index]} is the batch axis of ${formatShape(shape)}`);
    return axis;
  }
}

/**
 * The scalar product of two inputs along one axis of each.
 *
 * @throws If an axis is that of the batch; and, when it is applied, if the sizes along the axes differ.
 * @example
 * layers.dot({ axes: -1, normalize: true }).apply([query, key]); // the cosine similarity, [batch, 1]
 */
export function dot(options: DotOptions): Dot {
  return new Dot(options);
}
