/** Reads golden files (README.md tells their format) and compares tensors with them. */
import { expect } from "vitest";
import { type Tensor, tensor } from "../../src/tensor/tensor.ts";
import { readGoldenText } from "./golden-files.node.ts";

/** A tensor in a golden file; a number that JSON cannot write is its name: `"NaN"`, `"Infinity"` or `"-Infinity"`. */
export interface GoldenTensor {
  readonly shape: readonly number[];
  readonly dtype?: "int32";
  readonly data: readonly (number | string)[];
}

/** One case of a golden file: what went in, and what the origin made of it. */
export interface GoldenCase<Inputs, Options, Outputs> {
  readonly name: string;
  readonly origin: string;
  readonly version: string;
  readonly inputs: Inputs;
  readonly options: Options;
  readonly outputs: Outputs;
}

/** The cases of `test/golden/<file>`, which the caller's types describe. */
export function readGolden<Case extends GoldenCase<unknown, unknown, unknown>>(file: string): Case[] {
  return JSON.parse(readGoldenText(file));
}

/** The cases with their names before them, for `test.each`, whose `%s` then is the name. */
export function named<Case extends GoldenCase<unknown, unknown, unknown>>(
  file: string,
): [name: string, golden: Case][] {
  return readGolden<Case>(file).map((golden) => [golden.name, golden]);
}

/** The numbers of a golden tensor, as float32 where they are not integers. */
export function numbers(golden: GoldenTensor): Float32Array<ArrayBuffer> | Int32Array<ArrayBuffer> {
  const values = golden.data.map(Number);
  return golden.dtype === "int32" ? Int32Array.from(values) : Float32Array.from(values);
}

/** A golden tensor as a Tensor: float32, or int32 where it holds integers. */
export function tensorOf(golden: GoldenTensor): Tensor {
  return tensor(numbers(golden), { shape: golden.shape });
}

/** How far a result may be from the golden value: `absolute + relative * |expected|`. */
export interface Tolerance {
  readonly relative: number;
  readonly absolute: number;
}

/** For one operation in float32: ten units in the last place, and as much again as sums of cancelling terms need. */
export const singleOperation: Tolerance = { relative: 1.3e-6, absolute: 1e-5 };

/** For functions of single elements, without sums. */
export const elementwise: Tolerance = { relative: 1.3e-6, absolute: 1e-6 };

/** For weights after several steps of training, whose rounding errors add up. */
export const trajectory: Tolerance = { relative: 1e-5, absolute: 1e-5 };

/** Fails unless a tensor has the golden one's shape and each element is within the tolerance; the message shows the worst. */
export async function expectGolden(
  what: string,
  actual: Tensor | undefined,
  golden: GoldenTensor | undefined,
  tolerance: Tolerance = singleOperation,
): Promise<void> {
  if (!actual || !golden) return expect.unreachable(`${what}: there is nothing to compare`);
  expect(actual.shape, `${what}: shape`).toEqual(golden.shape);
  const values = await actual.data();
  let worst = 0;
  let message = "";
  for (const [index, expected] of golden.data.map(Number).entries()) {
    const met = values[index] ?? Number.NaN;
    if (Object.is(met, expected) || met === expected) continue;
    const excess = Math.abs(met - expected) / (tolerance.absolute + tolerance.relative * Math.abs(expected));
    if (excess <= worst) continue; // false for NaN, which must fail
    worst = Number.isNaN(excess) ? Number.POSITIVE_INFINITY : excess;
    message = `${what}: element ${index} is ${met}, expected ${expected}, ${worst.toPrecision(3)} times the tolerance`;
  }
  expect(worst, message).toBeLessThanOrEqual(1);
}
