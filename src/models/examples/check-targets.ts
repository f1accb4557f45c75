/** Checks of targets before they are used: a loss would learn from what it does not expect, or be NaN an epoch later. */
import { formatShape, type Shape, sameShape } from "../../graph/shape.ts";
import type { Loss } from "../../losses/loss.ts";
import type { Metric } from "../../metrics/metric.ts";
import type { HostArray } from "../../tensor/host-array.ts";
import type { TrainableModel } from "../training/trainable.ts";
import { labelsOfArrays } from "./named-arrays.ts";

/**
 * Checks the targets against what the loss expects of them.
 *
 * @throws If their shape does not fit the predictions, they are of another kind (one-hot rows for a sparse loss …), or a label is
 *   fractional or names no class; the message names the example and the value.
 */
export function checkTargets(model: TrainableModel, targets: readonly HostArray[], owner: string): void {
  const { outputSpecs, compilation } = model;
  const labels = labelsOfArrays("y", outputSpecs);
  for (const [index, y] of targets.entries()) {
    const { loss, metrics = [], weightedMetrics = [] } = compilation.outputs[index] ?? {};
    if (!loss) continue;
    const predictions = outputSpecs[index]?.shape ?? [];
    checkTarget(loss, y, predictions, `${owner}: ${labels[index]}`);
    for (const metric of [...metrics, ...weightedMetrics])
      checkMetric(metric, y, predictions, `${owner}: ${labels[index]}`);
  }
}

/** Metrics of labels and of one-hot rows have names of their own, and would broadcast the other kind to something meaningless. */
function checkMetric({ name, className }: Metric, y: HostArray, predictions: Shape, what: string): void {
  const classes = predictions.at(-1) ?? 1;
  const isRows = sameShape(y.shape.slice(1), predictions);
  const isLabels = sameShape(targetShape(y, predictions.length - 1), predictions.slice(0, -1));
  const plain = className.replace(/^sparse(.)/, (_, first: string) => first.toLowerCase());
  const takesLabels = plain !== className;
  if (classes === 1 || !/categorical/i.test(className) || !(takesLabels ? isRows : isLabels)) return;
  throw new Error(
    `${what} has the shape ${formatShape(y.shape)}, but the metric ${name} takes ` +
      (takesLabels
        ? `one label for each row of ${classes} predictions; one-hot rows fit ${plain}`
        : `a row of ${classes} values for each example; integer labels fit sparse${className.charAt(0).toUpperCase()}${className.slice(1)}`),
  );
}

/** @param what Whose targets they are, for messages: `fit: y`. */
function checkTarget(loss: Loss, y: HostArray, predictions: Shape, what: string): void {
  switch (loss.targets) {
    case "classIndices":
      checkClassIndices(loss, y, predictions, what);
      break;
    case "oneHot":
      checkOneHot(loss, y, predictions, what);
      break;
    case "binary":
      checkValueShape(loss, y, predictions, what);
      checkRange(loss, y, what);
      break;
    case "values":
      checkValueShape(loss, y, predictions, what);
      break;
    case "any":
      break;
  }
  loss.checkTargets(y, predictions, what);
}

/** The shape of a target, without an axis of 1 at the end where `rank` axes are expected. */
function targetShape({ shape }: HostArray, rank: number): Shape {
  const target = shape.slice(1);
  return target.length === rank + 1 && target.at(-1) === 1 ? target.slice(0, -1) : target;
}

function checkClassIndices(loss: Loss, y: HostArray, predictions: Shape, what: string): void {
  const classes = predictions.at(-1) as number;
  const expected = predictions.slice(0, -1);
  const target = targetShape(y, expected.length);
  if (!sameShape(target, expected)) {
    const oneHot = sameShape(target, predictions);
    throw new Error(
      `${what} has the shape ${formatShape(y.shape)}, but the loss ${loss.name} takes one label for each row of ${classes} predictions, ` +
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
      `${what} holds the label ${label} at index ${i}, but the model has ${classes} classes: labels must be integers ` +
        `in [0, ${classes}); ${mend}`,
    );
  }
}

function checkOneHot(loss: Loss, y: HostArray, predictions: Shape, what: string): void {
  const target = y.shape.slice(1);
  if (!sameShape(target, predictions)) {
    const classes = predictions.at(-1) as number;
    const isLabels = sameShape(targetShape(y, predictions.length - 1), predictions.slice(0, -1));
    throw new Error(
      `${what} has the shape ${formatShape(y.shape)}, but the loss ${loss.name} takes a row of ${classes} values for each example, ` +
        `${formatShape([y.shape[0] as number, ...predictions])}; ` +
        (isLabels
          ? "integer labels fit the loss sparseCategoricalCrossentropy"
          : "encode the labels, or give the last layer as many units as there are classes"),
    );
  }
  checkRange(loss, y, what);
}

function checkValueShape(loss: Loss, y: HostArray, predictions: Shape, what: string): void {
  const target = y.shape.slice(1);
  const withoutLast = predictions.at(-1) === 1 ? predictions.slice(0, -1) : predictions;
  if (sameShape(target, predictions) || sameShape(target, withoutLast)) return;
  throw new Error(
    `${what} has the shape ${formatShape(y.shape)}, but the loss ${loss.name} compares it with predictions ` +
      `${formatShape([y.shape[0] as number, ...predictions])}; give the last layer ` +
      `${target.length === predictions.length ? `${target.at(-1)} units` : "the shape of the targets"}, or reshape y`,
  );
}

function checkRange(loss: Loss, { data }: HostArray, what: string): void {
  const index = data.findIndex((value: number) => value < 0 || value > 1);
  if (index < 0) return;
  throw new Error(
    `${what} holds ${data[index]} at index ${index}, but the loss ${loss.name} takes probabilities in [0, 1]; ` +
      "labels of two classes are 0 and 1",
  );
}
