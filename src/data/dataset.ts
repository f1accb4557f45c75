/** Dataset: labelled examples in memory, and the ways to cut, order and look at them. */
import { dtypeOf } from "../graph/dtype.ts";
import { formatShape, sizeOf } from "../graph/shape.ts";
import { type HostArray, selectExamples, sliceExamples } from "../tensor/host-array.ts";
import { permutation } from "../tensor/permutation.ts";
import { describeDataset } from "./describe.ts";
import { stratifiedHoldout } from "./stratify.ts";

export interface DatasetOptions {
  /** The features, `[examples, ...]`. */
  readonly x: HostArray;
  /** The targets, `[examples, ...]`; for classification int32 or uint8 labels `[examples]`. */
  readonly y: HostArray;
  /** The name of each class; the labels are then integers in [0, classNames.length). */
  readonly classNames?: readonly string[];
  /** What `describe` calls the data. */
  readonly name?: string;
}

export interface SplitOptions {
  /** The same seed gives the same split on every machine. Default 0. */
  readonly seed?: number;
  /** Keeps each class's share in both parts. Default: true where the targets are integer labels. */
  readonly stratify?: boolean;
}

/**
 * Labelled examples in memory: features `x` and targets `y`, each a typed array with a shape `[examples, ...]`.
 *
 * A Dataset is immutable. `slice`, `take` and `batches` share its memory; `select`, `shuffle` and `split` copy.
 *
 * @throws Error If an array does not fill its shape, `x` and `y` count different examples, or a label names no class.
 *
 * @example
 * const xor = new Dataset({
 *   x: { data: new Float32Array([0, 0, 0, 1, 1, 0, 1, 1]), shape: [4, 2] },
 *   y: { data: new Int32Array([0, 1, 1, 0]), shape: [4] },
 * });
 * console.log(xor.length); // 4
 */
export class Dataset {
  readonly x: HostArray;
  readonly y: HostArray;
  readonly classNames: readonly string[] | undefined;
  readonly name: string;

  constructor({ x, y, classNames, name = "dataset" }: DatasetOptions) {
    checkArray(x, `${name}: x`);
    checkArray(y, `${name}: y`);
    if (x.shape[0] !== y.shape[0])
      throw new Error(
        `${name}: x has ${x.shape[0]} examples and y has ${y.shape[0]}: ` +
          `shapes ${formatShape(x.shape)} and ${formatShape(y.shape)} must agree in axis 0`,
      );
    if (classNames) checkLabels(y, classNames.length, name);
    this.x = { data: x.data, shape: [...x.shape] };
    this.y = { data: y.data, shape: [...y.shape] };
    this.classNames = classNames && [...classNames];
    this.name = name;
  }

  /** The number of examples. */
  get length(): number {
    return this.x.shape[0] as number;
  }

  /** The examples [start, end), counted like `Array.prototype.slice`; shares this Dataset's memory. */
  slice(start = 0, end = this.length): Dataset {
    const position = (given: number) => {
      const index = Math.trunc(given);
      return Math.min(Math.max(index < 0 ? index + this.length : index, 0), this.length);
    };
    const from = position(start);
    const to = Math.max(position(end), from);
    return this.with(sliceExamples(this.x, from, to), sliceExamples(this.y, from, to));
  }

  /** The first `count` examples, or all where there are fewer; shares this Dataset's memory. */
  take(count: number): Dataset {
    if (!Number.isInteger(count) || count < 0)
      throw new RangeError(`${this.name}: take(${count}): expected a whole number of examples, at least 0`);
    return this.slice(0, count);
  }

  /**
   * The examples with these indices, in this order; an index may occur more than once.
   *
   * @throws RangeError If an index is not an integer in [0, length).
   */
  select(indices: ArrayLike<number>): Dataset {
    for (let i = 0; i < indices.length; i++) {
      const index = indices[i] as number;
      if (!Number.isInteger(index) || index < 0 || index >= this.length)
        throw new RangeError(`${this.name}: index ${index} is outside [0, ${this.length})`);
    }
    return this.with(selectExamples(this.x, indices), selectExamples(this.y, indices));
  }

  /** All examples in an order that the seed decides. */
  shuffle({ seed = 0 }: { readonly seed?: number } = {}): Dataset {
    return this.select(permutation(this.length, seed));
  }

  /**
   * Holds a part of the examples out for the test, drawn at random by seed and, for labels, with each class's share kept.
   * Both parts come in random order.
   *
   * @param fraction The share held out, in (0, 1). Rounded to whole examples, but neither part is ever empty.
   * @throws RangeError If the fraction is outside (0, 1) or there are fewer than two examples.
   * @throws TypeError If `stratify` is true and the targets are not integer labels of shape `[examples]`.
   *
   * @example
   * const { train, test } = (await datasets.digits()).split(0.2, { seed: 1 });
   */
  split(fraction = 0.2, { seed = 0, stratify }: SplitOptions = {}): { train: Dataset; test: Dataset } {
    if (!(fraction > 0 && fraction < 1))
      throw new RangeError(`${this.name}: split(${fraction}): the part to hold out must lie between 0 and 1`);
    if (this.length < 2)
      throw new RangeError(`${this.name}: split needs at least 2 examples, there are ${this.length}`);
    const order = permutation(this.length, seed);
    const count = Math.min(Math.max(Math.round(this.length * fraction), 1), this.length - 1);
    const isHeldOut =
      (stratify ?? this.hasLabels) ? stratifiedHoldout(this.labels(), order, count) : firstOf(order, count);
    return {
      train: this.select(order.filter((index) => !isHeldOut[index])),
      test: this.select(order.filter((index) => isHeldOut[index])),
    };
  }

  /** The examples in consecutive pieces of `batchSize` that share this Dataset's memory; the last may be smaller. */
  *batches(batchSize: number): Generator<Dataset, void> {
    if (!Number.isInteger(batchSize) || batchSize < 1)
      throw new RangeError(`${this.name}: batches(${batchSize}): expected a whole batch size, at least 1`);
    for (let start = 0; start < this.length; start += batchSize) yield this.slice(start, start + batchSize);
  }

  /** Whether the targets are integer class labels, one an example. */
  get hasLabels(): boolean {
    return this.y.shape.length === 1 && !(this.y.data instanceof Float32Array);
  }

  /**
   * How many examples each class has; as long as `classNames`, or else up to the largest label.
   *
   * @throws TypeError If the targets are not integer labels of shape `[examples]`.
   */
  classCounts(): number[] {
    const labels = this.labels();
    const counts = new Array<number>(this.classNames?.length ?? 0).fill(0);
    for (const label of labels) {
      while (counts.length <= label) counts.push(0);
      counts[label] = (counts[label] as number) + 1;
    }
    return counts;
  }

  /**
   * The same examples with a row of zeros and a one in the place of each label: what categorical cross-entropy, mixup and CutMix take.
   *
   * @param classes How many; by default as many as there are class names, or else labels up to the largest.
   * @throws TypeError If the targets are not integer labels of shape `[examples]`. RangeError If there are more classes than that.
   *
   * @example
   * await model.fit(train.oneHot(), { augmentation: augmentations.mixup() });
   */
  oneHot(classes = this.classCounts().length): Dataset {
    const labels = this.labels();
    const data = new Float32Array(labels.length * classes);
    for (const [row, label] of labels.entries()) {
      if (label >= classes)
        throw new RangeError(
          `${this.name}: oneHot(${classes}): example ${row} has the label ${label}; give more classes`,
        );
      data[row * classes + label] = 1;
    }
    return this.with(this.x, { data, shape: [labels.length, classes] });
  }

  /** Several lines for a person to read: sizes, types, ranges, and how many examples each class has. */
  describe(): string {
    return describeDataset(this);
  }

  private labels(): Int32Array | Uint8Array {
    const { data, shape } = this.y;
    if (data instanceof Float32Array || shape.length !== 1)
      throw new TypeError(
        `${this.name}: y is ${dtypeOf(data)}${formatShape(shape)}, expected integer labels of shape [examples]`,
      );
    const negative = data.find((label) => label < 0);
    if (negative !== undefined) throw new RangeError(`${this.name}: y holds the label ${negative}; labels start at 0`);
    return data;
  }

  private with(x: HostArray, y: HostArray): Dataset {
    return new Dataset({ x, y, name: this.name, ...(this.classNames && { classNames: this.classNames }) });
  }
}

function checkArray({ data, shape }: HostArray, what: string): void {
  if (shape.length === 0 || !shape.every((dimension) => Number.isInteger(dimension) && dimension >= 0))
    throw new Error(`${what} has shape ${formatShape(shape)}, expected [examples, ...] of whole numbers`);
  if (sizeOf(shape) !== data.length)
    throw new Error(
      `${what} has ${data.length} values, but its shape ${formatShape(shape)} holds ${sizeOf(shape)}: ` +
        "mend the shape or the data",
    );
}

function checkLabels({ data, shape }: HostArray, classes: number, name: string): void {
  if (shape.length === 2 && shape[1] === classes) return; // one-hot or soft rows
  if (shape.length !== 1)
    throw new Error(
      `${name}: y has shape ${formatShape(shape)}; with classNames it must be labels of shape [examples], or rows [examples, ${classes}]`,
    );
  for (let index = 0; index < data.length; index++) {
    const label = data[index] as number;
    if (!Number.isInteger(label) || label < 0 || label >= classes)
      throw new Error(
        `${name}: example ${index} has the label ${label}, but there are ${classes} class names: ` +
          `labels must be integers in [0, ${classes})`,
      );
  }
}

function firstOf(order: Uint32Array, count: number): Uint8Array {
  const chosen = new Uint8Array(order.length);
  for (const index of order.subarray(0, count)) chosen[index] = 1;
  return chosen;
}
