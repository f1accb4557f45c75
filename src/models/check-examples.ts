/** Checks of data before they are used: a mistake is told with its place and its mend, not met as NaN an epoch later. */
import { formatShape, type Shape, sameShape, sizeOf } from "../graph/shape.ts";
import type { Loss } from "../losses/loss.ts";
import type { HostArray } from "./arrays.ts";
import type { TrainableModel } from "./trainable.ts";

/**
 * @returns The number of examples.
 * @throws If there are none, the arrays differ in length, or the weights are not one an example.
 */
export function checkSameLength(
  { x, y, sampleWeight }: { x: HostArray; y: HostArray; sampleWeight: HostArray | undefined },
  owner: string,
): number {
  const length = checkNotEmpty(x, `${owner}: x`);
  if (y.shape[0] !== length)
    throw new Error(
      `${owner}: x has ${length} examples and y has ${y.shape[0] ?? "no axis of them"}: the shapes ${formatShape(x.shape)} and ` +
        `${formatShape(y.shape)} must agree in axis 0`,
    );
  if (sampleWeight && (sampleWeight.shape.length !== 1 || sampleWeight.shape[0] !== length))
    throw new Error(
      `${owner}: sampleWeight has the shape ${formatShape(sampleWeight.shape)}, expected one weight for each example, [${length}]`,
    );
  return length;
}

/** @throws If an array has no example. */
export function checkNotEmpty({ shape }: HostArray, what: string): number {
  const [length] = shape;
  if (length === undefined)
    throw new Error(`${what} is a single number, expected [examples, ...]; put one example into an array`);
  if (length === 0)
    throw new Error(`${what} has no examples: its shape is ${formatShape(shape)}; look at how it was loaded`);
  return length;
}

/** @throws If a value is NaN or infinite; the message names the example. */
export function checkFinite({ data, shape }: HostArray, what: string): void {
  if (!(data instanceof Float32Array)) return;
  // Doubles cannot overflow here, so the sum is finite unless a value is not; only then is the place looked for.
  let sum = 0;
  for (let i = 0; i < data.length; i++) sum += data[i] as number;
  if (Number.isFinite(sum)) return;
  const index = data.findIndex((value) => !Number.isFinite(value));
  const example = Math.floor(index / sizeOf(shape.slice(1)));
  throw new Error(
    `${what} holds ${data[index]} in example ${example} (counted from 0); remove the example, or replace missing values before`,
  );
}

/**
 * Checks that the model takes such examples, and builds one that is not built yet.
 *
 * @throws If the shape of an example differs from the one the model was built for; the message names layer, axis and both sizes.
 */
export function checkInput(model: TrainableModel, { shape }: HostArray, owner: string): void {
  const example = shape.slice(1);
  const expected = model.inputShape;
  if (expected && !sameShape(example, expected)) {
    const first = model.layers[0]?.path ?? model.name;
    const axis = example.findIndex((size, index) => size !== expected[index]);
    const difference =
      example.length === expected.length
        ? `axis ${axis + 1} is ${example[axis]} instead of ${expected[axis]}`
        : `that is ${example.length} instead of ${expected.length} axes, besides the batch axis`;
    throw new Error(
      `${owner}: an example of x has the shape ${formatShape(example)}, but ${first} takes ${formatShape(expected)}: ${difference}; ` +
        `reshape the data to [${["examples", ...expected].join(", ")}], or make a model for this shape`,
    );
  }
  if (!model.built) model.build(example);
}

/**
 * Checks the targets against what the loss expects of them.
 *
 * @throws If their shape does not fit the predictions, they are of another kind (one-hot rows for a sparse loss …), or a label is
 *   fractional or names no class; the message names the example and the value.
 */
export function checkTargets(model: TrainableModel, y: HostArray, owner: string): void {
  const { loss } = model.compilation;
  const predictions = model.outputShape;
  switch (loss.targets) {
    case "classIndices":
      checkClassIndices(loss, y, predictions, owner);
      break;
    case "oneHot":
      checkOneHot(loss, y, predictions, owner);
      break;
    case "binary":
      checkValueShape(loss, y, predictions, owner);
      checkRange(loss, y, owner);
      break;
    case "values":
      checkValueShape(loss, y, predictions, owner);
      break;
  }
}

/** The shape of a target, without an axis of 1 at the end where `rank` axes are expected. */
function targetShape({ shape }: HostArray, rank: number): Shape {
  const target = shape.slice(1);
  return target.length === rank + 1 && target.at(-1) === 1 ? target.slice(0, -1) : target;
}

function checkClassIndices(loss: Loss, y: HostArray, predictions: Shape, owner: string): void {
  const classes = predictions.at(-1) as number;
  const expected = predictions.slice(0, -1);
  const target = targetShape(y, expected.length);
  if (!sameShape(target, expected)) {
    const oneHot = sameShape(target, predictions);
    throw new Error(
      `${owner}: y has the shape ${formatShape(y.shape)}, but the loss ${loss.name} takes one label for each row of ${classes} predictions, ` +
        `${formatShape([y.shape[0] as number, ...expected])}; ` +
        (oneHot
          ? "one-hot rows fit the loss categoricalCrossentropy"
          : `the model's predictions are ${formatShape([y.shape[0] as number, ...predictions])}`),
    );
  }
  const ignored = "ignoreClass" in loss ? loss.ignoreClass : undefined;
  for (let i = 0; i < y.data.length; i++) {
    const label = y.data[i] as number;
    if ((Number.isInteger(label) && label >= 0 && label < classes) || label === ignored) continue;
    const mend = Number.isInteger(label)
      ? `give the last layer more units, or number the classes from 0 to ${classes - 1}`
      : "labels are indices of classes; a regression needs another loss, such as meanSquaredError";
    throw new Error(
      `${owner}: y holds the label ${label} at index ${i}, but the model has ${classes} classes: labels must be integers ` +
        `in [0, ${classes}); ${mend}`,
    );
  }
}

function checkOneHot(loss: Loss, y: HostArray, predictions: Shape, owner: string): void {
  const target = y.shape.slice(1);
  if (!sameShape(target, predictions)) {
    const classes = predictions.at(-1) as number;
    const isLabels = sameShape(targetShape(y, predictions.length - 1), predictions.slice(0, -1));
    throw new Error(
      `${owner}: y has the shape ${formatShape(y.shape)}, but the loss ${loss.name} takes a row of ${classes} values for each example, ` +
        `${formatShape([y.shape[0] as number, ...predictions])}; ` +
        (isLabels
          ? "integer labels fit the loss sparseCategoricalCrossentropy"
          : "encode the labels, or give the last layer as many units as there are classes"),
    );
  }
  checkRange(loss, y, owner);
}

function checkValueShape(loss: Loss, y: HostArray, predictions: Shape, owner: string): void {
  const target = y.shape.slice(1);
  const withoutLast = predictions.at(-1) === 1 ? predictions.slice(0, -1) : predictions;
  if (sameShape(target, predictions) || sameShape(target, withoutLast)) return;
  throw new Error(
    `${owner}: y has the shape ${formatShape(y.shape)}, but the loss ${loss.name} compares it with predictions ` +
      `${formatShape([y.shape[0] as number, ...predictions])}; give the last layer ` +
      `${target.length === predictions.length ? `${target.at(-1)} units` : "the shape of the targets"}, or reshape y`,
  );
}

function checkRange(loss: Loss, { data }: HostArray, owner: string): void {
  const index = data.findIndex((value: number) => value < 0 || value > 1);
  if (index < 0) return;
  throw new Error(
    `${owner}: y holds ${data[index]} at index ${index}, but the loss ${loss.name} takes probabilities in [0, 1]; ` +
      "labels of two classes are 0 and 1",
  );
}
