/** Loss: how far predictions are from their targets, as a number that training makes smaller. */
import { checkChoice, checkOptions, type OptionNames } from "../graph/options.ts";
import type { Configurable, Configuration } from "../graph/registry.ts";
import { formatShape, type Shape } from "../graph/shape.ts";
import { cast, divide, logicalAnd, maximum, multiply, where } from "../ops/elementwise.ts";
import { broadcastTo, expandDims, reshape } from "../ops/movement.ts";
import { sum } from "../ops/reduce.ts";
import type { HostArray } from "../tensor/host-array.ts";
import type { Tensor } from "../tensor/tensor.ts";

/** What becomes of the examples' losses: their mean (the sum divided by their number), their sum, or nothing. */
export type Reduction = "mean" | "sum" | "none";
const reductions: readonly Reduction[] = ["mean", "sum", "none"];

export interface LossOptions {
  /** Default `"mean"`. */
  reduction?: Reduction;
  /** Default: the kind of loss. */
  name?: string;
}

/** What a loss expects its predictions to be. */
export type PredictionKind = "logits" | "probabilities" | "values";
/**
 * What a loss expects its targets to be: indices of classes, a one-hot or soft row of all classes, 0 or 1, or any value, each of
 * these in the shape of the predictions; or anything at all, as labels of embeddings are.
 */
export type TargetKind = "classIndices" | "oneHot" | "binary" | "values" | "any";

/** A loss. Subclasses define `perExample`; the facts `predictions` and `targets` let a model check what it is given. */
export abstract class Loss implements Configurable {
  abstract readonly className: string;
  /** What the predictions must be. */
  abstract readonly predictions: PredictionKind;
  /** What the targets must be. */
  abstract readonly targets: TargetKind;
  readonly name: string;
  readonly reduction: Reduction;

  constructor(className: string, options: LossOptions = {}) {
    const { reduction = "mean", name = className } = options;
    checkChoice(className, "reduction", reduction, reductions);
    this.reduction = reduction;
    this.name = name;
  }

  /**
   * The loss of every example: the predictions' shape without its last axis, `[batch]` for predictions `[batch, classes]`. The
   * predictions' mask is for a loss that looks at several steps at once; of any other, `call` leaves out the steps.
   */
  abstract perExample(yTrue: Tensor, yPred: Tensor, mask?: Tensor): Tensor;

  /** Which losses of `perExample` a mask of the predictions leaves, bool in their shape. */
  protected maskOfExamples(values: Tensor, mask: Tensor): Tensor | undefined {
    return this.#maskFor(values, mask);
  }

  /** Which losses of `perExample` count, as bool in their shape; undefined where all do. */
  protected counted(_yTrue: Tensor, _yPred: Tensor): Tensor | undefined {
    return undefined;
  }

  /**
   * The loss of a batch. Weights multiply the examples' losses; the mean divides by the number of examples, not by the
   * sum of weights, as in Keras. What a mask leaves out adds nothing and is not counted.
   *
   * @param sampleWeight `[batch]`, or the shape of `perExample`.
   * @param mask bool: which losses of `perExample` count, in the shape of its first axes, such as `[batch, time]`.
   * @returns A float32 scalar; with the reduction `"none"` the shape of `perExample`.
   * @throws If weights or mask do not fit the losses.
   */
  call(yTrue: Tensor, yPred: Tensor, sampleWeight?: Tensor, mask?: Tensor): Tensor {
    const values = this.perExample(yTrue, yPred, mask);
    const kept = mask && this.maskOfExamples(values, mask);
    const counting = kept ? where(kept, values, 0) : values;
    const weighted = sampleWeight ? multiply(counting, this.#weightsFor(values, sampleWeight)) : counting;
    switch (this.reduction) {
      case "none":
        return weighted;
      case "sum":
        return sum(weighted);
      case "mean": {
        const ownCount = this.counted(yTrue, yPred);
        const counted = kept && ownCount ? logicalAnd(kept, ownCount) : (kept ?? ownCount);
        return counted
          ? divide(sum(weighted), maximum(cast(sum(counted), "float32"), 1))
          : multiply(sum(weighted), 1 / Math.max(1, values.size));
      }
    }
  }

  /**
   * Checks targets on the host before any of them is used. Most losses need none: what `targets` says of them is checked anyway.
   *
   * @param targets `[examples, ...]`
   * @param predictions The shape of one example's predictions.
   * @param what Whose targets they are, for messages: `fit: y`.
   * @throws If the loss cannot take a target; the message names the example and the value.
   */
  checkTargets(_targets: HostArray, _predictions: Shape, _what: string): void {}

  /** The options, enough to make an equal loss. A subclass adds its own. */
  config(): Configuration {
    return { reduction: this.reduction, name: this.name };
  }

  #maskFor({ shape }: Tensor, mask: Tensor): Tensor {
    if (mask.rank > shape.length || mask.shape.some((size, axis) => size !== shape[axis]))
      throw new Error(
        `${this.name}: the predictions' mask has the shape ${formatShape(mask.shape)}, but their losses ${formatShape(shape)}; ` +
          "the model's last layers change the axes without changing the mask: pool over the steps, or drop the mask",
      );
    return broadcastTo(reshape(cast(mask, "bool"), [...mask.shape, ...shape.slice(mask.rank).map(() => 1)]), shape);
  }

  #weightsFor(values: Tensor, sampleWeight: Tensor): Tensor {
    const weights = cast(sampleWeight, "float32");
    if (weights.rank > values.rank && weights.size === values.size) return reshape(weights, values.shape);
    if (weights.shape.some((size, axis) => size !== 1 && size !== values.shape[axis]))
      throw new Error(
        `${this.name}: sampleWeight has the shape ${formatShape(sampleWeight.shape)}, expected one weight an example, ` +
          `[${values.shape[0] ?? ""}], or ${formatShape(values.shape)}`,
      );
    let aligned = weights;
    while (aligned.rank < values.rank) aligned = expandDims(aligned, -1);
    return aligned;
  }
}

/** Checks a loss's options: names, with those that every loss takes. */
export function checkLossOptions<Options extends LossOptions>(
  className: string,
  options: Options,
  own: OptionNames<Omit<Options, keyof LossOptions>>,
): void {
  checkOptions<LossOptions>(className, options, { reduction: true, name: true, ...own });
}
