/**
 * Normalization shifts and scales data to mean 0 and variance 1, with statistics that are given or taken from data beforehand:
 *
 *   out[b, ...] = (in[b, ...] - mean) / max(√variance, 1e-7), or its inverse in · max(√variance, 1e-7) + mean
 *
 * Input `[batch, ...]` of any type, output float32 of the same shape; the state `mean` and `variance` has the sizes of the kept
 * axes and is saved with the weights. Training does not change it.
 */
import { checkBoolean, checkNumber, describe } from "../../graph/options.ts";
import type { Configuration } from "../../graph/registry.ts";
import { formatShape, normalizeAxes, type Shape, sameShape, sizeOf } from "../../graph/shape.ts";
import { add, cast, divide, maximum, multiply, sqrt, square, subtract } from "../../ops/elementwise.ts";
import { broadcastTo, reshape } from "../../ops/movement.ts";
import { sum } from "../../ops/reduce.ts";
import { ones, zeros } from "../../tensor/creation.ts";
import { type NestedArray, type Tensor, tensor } from "../../tensor/tensor.ts";
import { Variable } from "../../tensor/variable.ts";
import { checkLayerOptions, Layer, type LayerOptions } from "../layer.ts";

/** The least standard deviation that is divided by. */
const leastDeviation = 1e-7;

const frozen = { trainable: false } as const;

export interface NormalizationOptions extends LayerOptions {
  /**
   * The axis or axes that have a mean and a variance for each place, the batch being axis 0 and none of them; default -1, the
   * last. `[]` takes one mean and variance for all.
   */
  axis?: number | readonly number[];
  /** The mean, a number or one for each place of the axes; together with `variance`, and instead of `adapt`. */
  mean?: NestedArray;
  /** The variance, a number or one for each place of the axes. */
  variance?: NestedArray;
  /** Whether to undo a normalization instead; default false. */
  invert?: boolean;
}

/** Data at mean 0 and variance 1. Made by `normalization`. */
export class Normalization extends Layer {
  static readonly className = "normalization";
  readonly className = Normalization.className;
  override readonly supportsMasking = true;
  readonly axis: number | readonly number[];
  readonly invert: boolean;
  readonly #given: { readonly mean: NestedArray; readonly variance: NestedArray } | undefined;

  constructor(options: NormalizationOptions = {}) {
    checkLayerOptions("normalization", options, { axis: true, mean: true, variance: true, invert: true });
    super("normalization", options);
    const { axis = -1, mean, variance, invert = false } = options;
    if (typeof axis !== "number" && !Array.isArray(axis))
      throw new TypeError(`normalization: axis is ${describe(axis)}, expected an integer or an array of them`);
    if ((mean === undefined) !== (variance === undefined))
      throw new TypeError(
        `normalization: has a ${mean === undefined ? "variance but no mean" : "mean but no variance"}; give both, or neither and call adapt`,
      );
    if (mean !== undefined) checkNumbers("mean", mean);
    if (variance !== undefined) checkNumbers("variance", variance, 0);
    checkBoolean("normalization", "invert", invert);
    this.axis = axis;
    this.invert = invert;
    this.#given = mean !== undefined && variance !== undefined ? { mean, variance } : undefined;
  }

  override build(inputShape: Shape): void {
    super.build(inputShape);
    const shape = this.#statisticsShape(inputShape);
    const given = this.#given;
    this.addVariable("mean", new Variable(this.#statistic("mean", given?.mean, shape) ?? zeros(shape), frozen));
    this.addVariable(
      "variance",
      new Variable(this.#statistic("variance", given?.variance, shape) ?? ones(shape), frozen),
    );
  }

  /**
   * Takes mean and variance from data, in place of those before; builds the layer if it is not. Before this the layer
   * changes nothing.
   *
   * @param data Examples, `[examples, ...]`
   * @throws If the layer was made with a mean and variance, or there are no examples.
   */
  adapt(data: Tensor): void {
    if (this.#given)
      throw new Error(`${this.path}: was made with a mean and variance; make it without them to take both from data`);
    if (data.rank === 0 || data.size === 0)
      throw new Error(
        `${this.path}: cannot adapt to data of the shape ${formatShape(data.shape)}; give at least one example`,
      );
    const example = data.shape.slice(1);
    if (!this.built) this.build(example);
    const kept = this.#keptAxes(example);
    const axis = data.shape.map((_, at) => at).filter((at) => !kept.includes(at));
    const x = cast(this.checkedInput(data), "float32");
    const count = sizeOf(axis.map((at) => data.shape[at] as number));
    // Quotients, not products with 1 / count: the mean of equal numbers should be that number, for its error would be blown up.
    const mean = divide(sum(x, { axis, keepDims: true }), count);
    const variance = divide(sum(square(subtract(x, mean)), { axis }), count);
    this.weight("mean").assign(reshape(mean, variance.shape));
    this.weight("variance").assign(variance);
    Variable.materialize(this.variables);
  }

  call(input: Tensor): Tensor {
    const x = this.checkedFloatInput(input);
    const kept = this.#keptAxes(x.shape.slice(1));
    const shape = x.shape.map((size, axis) => (kept.includes(axis) ? size : 1));
    const mean = reshape(this.weight("mean"), shape);
    const deviation = maximum(sqrt(reshape(this.weight("variance"), shape)), leastDeviation);
    return this.invert ? add(multiply(x, deviation), mean) : divide(subtract(x, mean), deviation);
  }

  override config(): Configuration {
    return { ...super.config(), axis: this.axis, ...this.#given, invert: this.invert };
  }

  protected override checkShape(shape: Shape): void {
    super.checkShape(shape);
    if (this.#keptAxes(shape).includes(0))
      throw new RangeError(`${this.path}: axis ${describe(this.axis)} names the batch axis; keep axes of the examples`);
    const statistics = this.#statisticsShape(shape);
    const built = this.built ? this.weight("mean").shape : statistics;
    if (!sameShape(statistics, built))
      throw new Error(
        `${this.path}: an example has the shape ${formatShape(shape)}, which needs statistics of ${formatShape(statistics)} along axis ` +
          `${describe(this.axis)}, but the layer was built with ${formatShape(built)}; give such examples, or make a new layer`,
      );
  }

  #keptAxes(inputShape: Shape): readonly number[] {
    return normalizeAxes(this.axis, inputShape.length + 1, this.path);
  }

  #statisticsShape(inputShape: Shape): Shape {
    return this.#keptAxes(inputShape).map((axis) => inputShape[axis - 1] as number);
  }

  /** A given statistic, stretched to the sizes of the kept axes. */
  #statistic(name: string, value: NestedArray | undefined, shape: Shape): Tensor | undefined {
    if (value === undefined) return undefined;
    const given = tensor(value);
    const fits =
      given.rank <= shape.length &&
      given.shape.every((size, axis) => size === 1 || size === shape[axis - given.rank + shape.length]);
    if (!fits)
      throw new Error(
        `${this.path}: ${name} has the shape ${formatShape(given.shape)}, expected a number, or ${formatShape(shape)} for examples of ` +
          `these sizes along axis ${describe(this.axis)}`,
      );
    return broadcastTo(given, shape);
  }
}

/** Checks what may come from a file: a number, or arrays of numbers however deep. */
function checkNumbers(option: string, value: NestedArray, minimum?: number): void {
  if (Array.isArray(value)) for (const each of value) checkNumbers(option, each, minimum);
  else if (typeof value === "number")
    checkNumber("normalization", option, value, minimum === undefined ? {} : { minimum });
  else throw new TypeError(`normalization: ${option} is ${describe(value)}, expected a number or an array of numbers`);
}

/**
 * Brings data to mean 0 and variance 1, with the statistics given or those of the data that `adapt` is called with.
 *
 * @throws If only one of mean and variance is given, or they hold what is no number; and, when it is built, if they do not fit.
 * @example
 * const layer = layers.normalization();
 * layer.adapt(tensor([[1, 10], [3, 30]]));
 * await layer.call(tensor([[1, 20]])).array(); // [[-1, 0]]
 */
export function normalization(options?: NormalizationOptions): Normalization {
  return new Normalization(options);
}
