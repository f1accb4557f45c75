/**
 * Discretization puts numbers into bins:
 *
 *   out[b, ...] = how many of the ascending boundaries are at most in[b, ...]
 *
 * so that the boundaries [0, 1] make the bins (-∞, 0), [0, 1) and [1, ∞); NaN falls into the first. The boundaries are given,
 * or quantiles of data.
 *
 * Input `[batch, ...]`, output int32 of the same shape, or float32 vectors as CategoryEncoding makes them; the state
 * `binBoundaries` `[bins - 1]` is saved with the weights.
 */
import { checkChoice, checkInteger, checkNumber, describe } from "../../graph/options.ts";
import type { Configuration } from "../../graph/registry.ts";
import { formatShape, type Shape } from "../../graph/shape.ts";
import { cast, greaterEqual } from "../../ops/elementwise.ts";
import { expandDims } from "../../ops/movement.ts";
import { sum } from "../../ops/reduce.ts";
import { fill } from "../../tensor/creation.ts";
import { type Tensor, tensor } from "../../tensor/tensor.ts";
import { Variable } from "../../tensor/variable.ts";
import { checkLayerOptions, Layer, type LayerOptions } from "../layer.ts";
import { type CategoryOutput, categoryOutputs, encodeCategories, encodedShape } from "./encode-categories.ts";

const largestFloat = (2 - 2 ** -23) * 2 ** 127;

export interface DiscretizationOptions extends LayerOptions {
  /** Where one bin ends and the next begins, ascending; either this or `numBins`. */
  binBoundaries?: readonly number[];
  /** The number of bins that `adapt` makes, at least 2. */
  numBins?: number;
  /** `"int"` (default), the bin's index; or vectors: `"oneHot"`, `"multiHot"`, `"count"`. */
  outputMode?: "int" | CategoryOutput;
}

/** Numbers in bins. Made by `discretization`. */
export class Discretization extends Layer {
  static readonly className = "discretization";
  readonly className = Discretization.className;
  readonly numBins: number;
  readonly outputMode: "int" | CategoryOutput;
  readonly #given: readonly number[] | undefined;

  constructor(options: DiscretizationOptions) {
    checkLayerOptions("discretization", options, { binBoundaries: true, numBins: true, outputMode: true });
    super("discretization", options);
    const { binBoundaries, numBins, outputMode = "int" } = options;
    if ((binBoundaries === undefined) === (numBins === undefined))
      throw new TypeError(
        `discretization: has ${numBins === undefined ? "neither binBoundaries nor numBins" : "both binBoundaries and numBins"}, ` +
          "expected boundaries, or a number of bins and a call of adapt",
      );
    if (numBins !== undefined) checkInteger("discretization", "numBins", numBins, 2);
    if (binBoundaries !== undefined) checkBoundaries(binBoundaries);
    checkChoice("discretization", "outputMode", outputMode, ["int", ...categoryOutputs]);
    this.numBins = numBins ?? (binBoundaries?.length ?? 0) + 1;
    this.outputMode = outputMode;
    this.#given = binBoundaries && [...binBoundaries];
  }

  override build(inputShape: Shape): void {
    super.build(inputShape);
    // Before adapt, everything lies below the first boundary.
    const boundaries = this.#given ? tensor(this.#given) : fill([this.numBins - 1], largestFloat);
    this.addVariable("binBoundaries", new Variable(boundaries, { trainable: false }));
  }

  /**
   * Takes the boundaries from data, so that the bins hold equally many of its numbers: boundary i is the quantile
   * i / numBins, between two numbers by linear interpolation. Builds the layer if it is not. Before this all is in bin 0.
   *
   * @param data Examples, `[examples, ...]`; NaN does not count.
   * @throws If the layer was made with boundaries, or the data hold no number.
   */
  async adapt(data: Tensor): Promise<void> {
    if (this.#given)
      throw new Error(`${this.path}: was made with binBoundaries; make it with numBins to take them from data`);
    if (data.rank === 0)
      throw new Error(`${this.path}: cannot adapt to a scalar, expected examples of the shape [examples, ...]`);
    if (!this.built) this.build(data.shape.slice(1));
    const values = Float32Array.from(await cast(this.checkedInput(data), "float32").data()).filter(
      (x) => !Number.isNaN(x),
    );
    if (values.length === 0)
      throw new Error(
        `${this.path}: cannot adapt to data of the shape ${formatShape(data.shape)} without any number; give at least one example`,
      );
    values.sort();
    const boundaries = Array.from({ length: this.numBins - 1 }, (_, index) => {
      const place = ((index + 1) / this.numBins) * (values.length - 1);
      const [low, high] = [values[Math.floor(place)] as number, values[Math.ceil(place)] as number];
      return low === high ? low : low + (high - low) * (place - Math.floor(place));
    });
    this.weight("binBoundaries").assign(tensor(boundaries));
  }

  call(x: Tensor): Tensor {
    const reached = greaterEqual(expandDims(this.checkedFloatInput(x), -1), this.weight("binBoundaries"));
    const bins = sum(cast(reached, "int32"), { axis: -1 });
    return this.outputMode === "int" ? bins : encodeCategories(bins, this.numBins, this.outputMode);
  }

  override outputShape(inputShape: Shape): Shape {
    this.checkShape(inputShape);
    return this.outputMode === "int" ? inputShape : encodedShape(inputShape, this.numBins, this.outputMode);
  }

  override config(): Configuration {
    const { numBins, outputMode } = this;
    return { ...super.config(), ...(this.#given ? { binBoundaries: this.#given } : { numBins }), outputMode };
  }
}

function checkBoundaries(boundaries: readonly number[]): void {
  if (!Array.isArray(boundaries) || boundaries.length === 0)
    throw new TypeError(
      `discretization: binBoundaries is ${describe(boundaries)}, expected an array of numbers such as [0, 1]`,
    );
  for (const [index, boundary] of boundaries.entries()) {
    checkNumber("discretization", `number ${index} of binBoundaries`, boundary);
    const before = boundaries[index - 1];
    if (before !== undefined && boundary < before)
      throw new RangeError(
        `discretization: binBoundaries has ${before} before ${boundary}; sort it in ascending order`,
      );
  }
}

/**
 * Puts numbers into bins, with the boundaries given or those of the data that `adapt` is called with.
 *
 * @throws If it has neither boundaries nor a number of bins, or both, or the boundaries do not ascend.
 * @example
 * const layer = layers.discretization({ binBoundaries: [0, 1] });
 * layer.build([3]);
 * await layer.call(tensor([[-5, 0.5, 1]])).array(); // [[0, 1, 2]]
 */
export function discretization(options: DiscretizationOptions): Discretization {
  return new Discretization(options);
}
