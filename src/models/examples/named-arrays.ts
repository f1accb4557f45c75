/** Arrays for the inputs or outputs of a model: by name, in their order, or the array itself where there is one. */
import { describe, suggestion } from "../../graph/options.ts";
import type { HostArray } from "../../tensor/host-array.ts";
import { Tensor } from "../../tensor/tensor.ts";
import type { TensorSpec } from "../training/trainable.ts";
import {
  type ArrayInput,
  type ArrayInputs,
  hasFeatures,
  isHostArray,
  isTypedArray,
  type LabelledExamples,
  toHostArray,
} from "./arrays.ts";

/** What messages call the arrays of a model: `x` where there is one, else `x.left` and `x.right`. */
export function labelsOfArrays(label: string, specs: readonly TensorSpec[]): readonly string[] {
  return specs.length === 1 ? [label] : specs.map(({ name }) => `${label}.${name}`);
}

/**
 * Brings what a user gave for a model's inputs or outputs to the form models work with, in the model's order.
 *
 * @param what Whose arrays they are, for messages: `fit: x`.
 * @throws TypeError If one is missing, too much, or no array.
 */
export async function toHostArrays(
  given: ArrayInputs,
  specs: readonly TensorSpec[],
  what: string,
): Promise<readonly HostArray[]> {
  const labels = labelsOfArrays(what, specs);
  const arrays = arraysOf(given, specs, what);
  return Promise.all(
    arrays.map(async (array, index) => {
      const [label, { text, shape }] = [labels[index] as string, specs[index] as TensorSpec];
      return text ? text.prepareExamples(array, shape, label) : toHostArray(array, label);
    }),
  );
}

/** The features of what may also hold targets, as a Dataset does. */
export function featuresOf(given: ArrayInputs | LabelledExamples, specs: readonly TensorSpec[]): ArrayInputs {
  return areExamples(given, specs) ? given.x : given;
}

/** Whether `{ x }` means features; it is arrays by name where the model has an input called x and all that is given are its inputs. */
function areExamples(given: ArrayInputs | LabelledExamples, specs: readonly TensorSpec[]): given is LabelledExamples {
  if (!hasFeatures(given)) return false;
  const names = specs.map(({ name }) => name);
  return !names.includes("x") || isNamed(given.x) || !Object.keys(given).every((name) => names.includes(name));
}

function arraysOf(given: ArrayInputs, specs: readonly TensorSpec[], what: string): readonly ArrayInputs[] {
  const names = specs.map(({ name }) => name);
  const [first] = names;
  if (names.length === 1 && first !== undefined) {
    if (isNamed(given) && first in given) return byName(given, names, what);
    // Nested arrays begin with a number or an array; a list of one array does not.
    return isList(given) && given.length === 1 && isWhole(given[0]) ? given : [given];
  }
  if (isNamed(given)) return byName(given, names, what);
  if (isList(given) && given.length === names.length) return given;
  throw new TypeError(
    `${what} is ${describe(given)}, but the model has ${names.length} of them: give { ${names.join(", ")} }, ` +
      "or the arrays in this order in one array",
  );
}

function byName(
  given: { readonly [name: string]: ArrayInput },
  names: readonly string[],
  what: string,
): readonly ArrayInput[] {
  for (const name of Object.keys(given))
    if (!names.includes(name)) throw new TypeError(`${what} has an unknown name "${name}"${suggestion(name, names)}`);
  return names.map((name) => {
    const array = given[name];
    if (array === undefined) throw new TypeError(`${what} lacks "${name}"; the model has ${names.join(", ")}`);
    return array;
  });
}

function isList(given: ArrayInputs): given is readonly ArrayInput[] {
  return Array.isArray(given);
}

function isWhole(array: unknown): boolean {
  return array instanceof Tensor || isTypedArray(array) || isHostArray(array);
}

function isNamed(given: ArrayInputs): given is { readonly [name: string]: ArrayInput } {
  return typeof given === "object" && given !== null && !Array.isArray(given) && !isWhole(given);
}
