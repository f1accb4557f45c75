/** The forms in which a user may give examples, and the one in which models work with them. */

import type { TypedArray } from "../../graph/dtype.ts";
import { describe } from "../../graph/options.ts";
import { formatShape, sizeOf } from "../../graph/shape.ts";
import { isNestedText, type NestedText } from "../../layers/preprocessing/texts.ts";
import type { HostArray } from "../../tensor/host-array.ts";
import { type NestedArray, Tensor } from "../../tensor/tensor.ts";

/**
 * A tensor, a typed array with a shape, a typed array alone (one number an example), or nested arrays of numbers; for inputs that
 * take texts, nested arrays of texts.
 */
export type ArrayInput = Tensor | HostArray | TypedArray | NestedArray | NestedText;

/**
 * What a model takes or gives: one array or, for models of several inputs or outputs, an object with an array for each name or
 * a list of arrays in the model's order.
 */
export type ArrayInputs = ArrayInput | readonly ArrayInput[] | { readonly [name: string]: ArrayInput };

/** Features and targets of the same examples. A `Dataset` is one. */
export interface LabelledExamples {
  /** `[examples, ...]`, for each of the model's inputs. */
  readonly x: ArrayInputs;
  /** `[examples, ...]`, for each of the model's outputs. Only a model with steps of its own does without. */
  readonly y?: ArrayInputs | undefined;
  /** `[examples]`: how much each example's loss counts. Default 1. */
  readonly sampleWeight?: ArrayInput | undefined;
  /** The name of each class, which reports and saved models then carry. */
  readonly classNames?: readonly string[] | undefined;
}

/** Whether a value is `{ x }`, perhaps with targets. */
export function hasFeatures(value: unknown): value is LabelledExamples {
  return (
    typeof value === "object" && value !== null && "x" in value && !isHostArray(value) && !(value instanceof Tensor)
  );
}

/** Whether a value is `{ x, y }`. */
export function isLabelled(value: unknown): value is LabelledExamples {
  return typeof value === "object" && value !== null && "x" in value && "y" in value;
}

/**
 * Brings an array to the form models work with.
 *
 * @param what Whose array it is, for messages: `fit: x`.
 * @throws TypeError If it is no array. Error If its values do not fill its shape, or nested arrays are ragged.
 */
export async function toHostArray(input: ArrayInputs, what: string): Promise<HostArray> {
  if (input instanceof Tensor) return { data: await input.data(), shape: input.shape };
  if (isTypedArray(input)) return { data: input, shape: [input.length] };
  if (isNestedText(input))
    throw new TypeError(
      `${what} holds texts, expected numbers; for features put layers.textVectorization or layers.stringLookup first in the model, ` +
        "for labels layers.stringLookup({ vocabulary, numOovIndices: 0 }).transform(labels) gives their indices",
    );
  if (isNested(input)) return fromNested(input, what);
  if (!isHostArray(input))
    throw new TypeError(
      `${what} is ${describe(input)}, expected a tensor, nested arrays of numbers, a Float32Array, Int32Array or Uint8Array, ` +
        "or { data, shape } with one of these",
    );
  const { data, shape } = input;
  if (data.length !== sizeOf(shape))
    throw new Error(
      `${what} has ${data.length} values, but its shape ${formatShape(shape)} holds ${sizeOf(shape)}: mend the shape or the data`,
    );
  return { data, shape };
}

/** Whether a value is `{ data, shape }`. */
export function isHostArray(value: unknown): value is HostArray {
  return (
    typeof value === "object" &&
    value !== null &&
    "data" in value &&
    "shape" in value &&
    isTypedArray(value.data) &&
    Array.isArray(value.shape)
  );
}

export function isTypedArray(value: unknown): value is TypedArray {
  return value instanceof Float32Array || value instanceof Int32Array || value instanceof Uint8Array;
}

function isNested(value: ArrayInputs): value is NestedArray {
  return typeof value === "number" || Array.isArray(value);
}

function fromNested(input: NestedArray, what: string): HostArray {
  const shape: number[] = [];
  for (let part: NestedArray | undefined = input; Array.isArray(part); part = part[0]) shape.push(part.length);
  const data = new Float32Array(sizeOf(shape));
  let next = 0;
  const visit = (part: NestedArray, depth: number, path: string): void => {
    if (typeof part === "number" && depth === shape.length) data[next++] = part;
    else if (Array.isArray(part) && depth < shape.length && part.length === shape[depth])
      for (const [index, inner] of part.entries()) visit(inner, depth + 1, `${path}[${index}]`);
    else
      throw new Error(
        `${what}${path} does not fit the shape ${formatShape(shape)} of the first elements: nested arrays must have equal lengths and hold numbers`,
      );
  };
  visit(input, 0, "");
  return { data, shape };
}
