/** Turns a primitive's samples into numbers, the same ones in every run. */
import type { DType } from "../../src/graph/dtype.ts";
import type { Sample, SampleInput } from "../../src/graph/node.ts";
import { sizeOf } from "../../src/graph/shape.ts";

/** A small generator of its own, so that tests do not lean on what they test (mulberry32). */
export function numbers(seed: number): () => number {
  let state = seed | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

export function dtypeOfInput(input: SampleInput): DType {
  return input.dtype ?? "float32";
}

/** The values of one input of a sample, exact in its dtype. */
export function valuesOfInput(input: SampleInput, seed: number): Float64Array {
  const random = numbers(seed);
  const [low, high] = input.range ?? [-2, 2];
  const isFloat = dtypeOfInput(input) === "float32";
  return new Float64Array(sizeOf(input.shape)).map((_, index) => {
    const given = input.values?.[index % input.values.length];
    if (given !== undefined) return isFloat ? Math.fround(given) : given;
    const value = low + (high - low) * random();
    return isFloat ? Math.fround(value) : Math.round(value);
  });
}

export function valuesOfSample(sample: Sample): Float64Array[] {
  return sample.inputs.map((input, index) => valuesOfInput(input, index + 1));
}

export function describeSample(sample: Sample): string {
  const inputs = sample.inputs.map((input) => `${dtypeOfInput(input)}[${input.shape.join(",")}]`).join(" ");
  return `${inputs} ${JSON.stringify(sample.attributes)}`;
}
