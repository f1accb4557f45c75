/**
 * Concatenate joins its inputs along one axis; their other axes must be equal. No weights.
 *
 * With axis -1: inputs `[batch, ..., n₀]`, `[batch, ..., n₁]` …, output `[batch, ..., n₀ + n₁ + …]`.
 */
import { checkInteger } from "../../graph/options.ts";
import type { Configuration } from "../../graph/registry.ts";
import { formatShape, normalizeAxis, type Shape } from "../../graph/shape.ts";
import { cast } from "../../ops/elementwise.ts";
import { concatenate as join } from "../../ops/joining.ts";
import { broadcastTo } from "../../ops/movement.ts";
import { any } from "../../ops/reduce.ts";
import { ones } from "../../tensor/creation.ts";
import type { Tensor } from "../../tensor/tensor.ts";
import { checkLayerOptions, type LayerOptions } from "../layer.ts";
import { type Mask, maskOfRank } from "../mask.ts";
import { MergeLayer } from "./merge-layer.ts";

export interface ConcatenateOptions extends LayerOptions {
  /** Counted with the batch axis, which is 0 and cannot be joined; default -1, the last. */
  axis?: number;
}

/** Inputs side by side. Made by `concatenate`. */
export class Concatenate extends MergeLayer {
  static readonly className = "concatenate";
  readonly className = Concatenate.className;
  readonly axis: number;

  constructor(options: ConcatenateOptions = {}) {
    checkLayerOptions("concatenate", options, { axis: true });
    super("concatenate", options);
    const { axis = -1 } = options;
    checkInteger("concatenate", "axis", axis);
    if (axis === 0) throw new RangeError("concatenate: axis is 0, the batch axis; examples cannot be joined");
    this.axis = axis;
  }

  protected mergedShape(inputShapes: readonly Shape[]): Shape {
    const [first = [], ...others] = inputShapes;
    const axis = this.#axisOf(first.length);
    for (const [index, shape] of others.entries()) {
      const odd = first.findIndex((size, at) => at !== axis && size !== shape[at]);
      if (shape.length === first.length && odd < 0) continue;
      throw new Error(
        `${this.path}: input ${index + 1} (counted from 0) has examples of the shape ${formatShape(shape)}, the first ` +
          `${formatShape(first)}: ${
            shape.length === first.length
              ? `axis ${odd + 1} is ${shape[odd]} instead of ${first[odd]}; only axis ${axis + 1}, which is joined, may differ`
              : "the numbers of axes differ; put a flatten or reshape before"
          }`,
      );
    }
    return first.with(
      axis,
      inputShapes.reduce((sum, shape) => sum + (shape[axis] as number), 0),
    );
  }

  protected merge(inputs: readonly Tensor[]): Tensor {
    // Inputs of one type keep it, as indices do; mixed ones meet in float32.
    const [first] = inputs;
    const same = inputs.every(({ dtype }) => dtype === first?.dtype);
    return join(same ? inputs : inputs.map((x) => cast(x, "float32")), this.axis);
  }

  /** Along the time, one mask after the other; along the last axis, a step counts where it does in any input. */
  override computeMask(inputs: readonly Tensor[], masks: readonly Mask[]): Mask {
    if (masks.every((mask) => mask === undefined)) return undefined;
    const full = inputs.map(({ shape }, index) => {
      const mask = masks[index];
      return mask ? broadcastTo(maskOfRank(mask, shape.length), shape) : ones(shape, "bool");
    });
    return any(join(full, this.axis), { axis: -1 });
  }

  override config(): Configuration {
    return { ...super.config(), axis: this.axis };
  }

  /** The axis of an example, without the batch axis. */
  #axisOf(rank: number): number {
    const axis = normalizeAxis(this.axis, rank + 1, this.path) - 1;
    if (axis < 0) throw new RangeError(`${this.path}: axis ${this.axis} is the batch axis; examples cannot be joined`);
    return axis;
  }
}

/**
 * Joins inputs along an axis, by default the last.
 *
 * @throws If the axis is that of the batch; and, when it is applied, if other axes differ.
 * @example
 * layers.concatenate().apply([features, embedding]);
 */
export function concatenate(options?: ConcatenateOptions): Concatenate {
  return new Concatenate(options);
}
