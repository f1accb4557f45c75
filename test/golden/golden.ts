/** Reads golden files (README.md tells their format) and compares tensors with them. */
import { readFileSync } from "node:fs";
import { expect } from "vitest";
import { type Tensor, tensor } from "../../src/tensor/tensor.ts";

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
  return JSON.parse(readFileSync(new URL(file, import.meta.url), "utf8"));
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

/** For weights after several steps of training, whose rounding errors add up. */
export const trajectory: Tolerance = { relative: 1e-5, absolute: 1e-5 };

/** Fails unless `actual` has the golden tensor's size and each element is within the tolerance; the message shows the worst one. */
export function expectGolden(
  what: string,
  actual: ArrayLike<number>,
  golden: GoldenTensor,
  tolerance: Tolerance = singleOperation,
): void {
  const expected = golden.data.map(Number);
  expect(actual.length, `${what}: number of elements, expected shape [${golden.shape.join(", ")}]`).toBe(
    expected.length,
  );
  let worst = 0;
  let message = "";
  for (const [index, value] of expected.entries()) {
    const met = actual[index];
    if (met === undefined || Object.is(met, value) || met === value) continue;
    const excess = Math.abs(met - value) / (tolerance.absolute + tolerance.relative * Math.abs(value));
    if (excess <= worst) continue; // false for NaN, which must fail
    worst = Number.isNaN(excess) ? Number.POSITIVE_INFINITY : excess;
    message = `${what}: element ${index} is ${met}, expected ${value}, ${worst.toPrecision(3)} times the tolerance`;
  }
  expect(worst, message).toBeLessThanOrEqual(1);
}
