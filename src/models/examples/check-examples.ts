/** Checks of data before they are used: a mistake is told with its place and its mend, not met as NaN an epoch later. */
import { formatShape, type Shape, sameShape, sizeOf } from "../../graph/shape.ts";
import type { PreparedTexts } from "../../layers/preprocessing/text-layer.ts";
import type { HostArray } from "../../tensor/host-array.ts";
import type { TensorSpec, TrainableModel } from "../training/trainable.ts";
import { labelsOfArrays } from "./named-arrays.ts";

/**
 * @param labels What messages call the arrays: `x`, `y`.
 * @returns The number of examples.
 * @throws If there are none, the arrays differ in length, or the weights are not one an example.
 */
export function checkSameLength(
  arrays: readonly HostArray[],
  labels: readonly string[],
  sampleWeight: HostArray | undefined,
  owner: string,
): number {
  const [first] = arrays;
  if (!first) throw new Error(`${owner}: there are no arrays`);
  const length = checkNotEmpty(first, `${owner}: ${labels[0]}`);
  for (const [index, { shape }] of arrays.entries())
    if (shape[0] !== length)
      throw new Error(
        `${owner}: ${labels[0]} has ${length} examples and ${labels[index]} has ${shape[0] ?? "no axis of them"}: ` +
          `the shapes ${formatShape(first.shape)} and ${formatShape(shape)} must agree in axis 0`,
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
export function checkInputs(model: TrainableModel, arrays: readonly HostArray[], owner: string): void {
  const { inputSpecs } = model;
  const labels = labelsOfArrays("x", inputSpecs);
  const shapes = arrays.map(shapeGiven);
  for (const [index, shape] of shapes.entries())
    checkInput(inputSpecs[index] as TensorSpec, shape, labels[index] as string, { owner, model: model.name });
  model.buildFor(shapes.map((shape) => shape.slice(1)));
}

/** The shape of what the user gave: of texts, not of the indices that they have become. */
function shapeGiven(array: HostArray | PreparedTexts): Shape {
  return "textShape" in array ? array.textShape : array.shape;
}

function checkInput(
  { layer, shape: expected }: TensorSpec,
  shape: Shape,
  label: string,
  { owner, model }: { readonly owner: string; readonly model: string },
): void {
  const example = shape.slice(1);
  if (expected && !sameShape(example, expected)) {
    const first = layer?.path ?? model;
    const axis = example.findIndex((size, index) => size !== expected[index]);
    const difference =
      example.length === expected.length
        ? `axis ${axis + 1} is ${example[axis]} instead of ${expected[axis]}`
        : `that is ${example.length} instead of ${expected.length} axes, besides the batch axis`;
    throw new Error(
      `${owner}: an example of ${label} has the shape ${formatShape(example)}, but ${first} takes ${formatShape(expected)}: ${difference}; ` +
        `reshape the data to [${["examples", ...expected].join(", ")}], or make a model for this shape`,
    );
  }
}
