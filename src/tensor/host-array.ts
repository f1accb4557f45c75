/** Arrays on the host: the form in which examples enter and leave the framework, and how they are cut by example. */
import { dtypeOf, type TypedArray, typedArray } from "../graph/dtype.ts";
import { type Shape, sizeOf } from "../graph/shape.ts";

/** A row-major array with its dimensions; `[examples, ...]` where it holds examples. */
export interface HostArray {
  readonly data: TypedArray;
  readonly shape: Shape;
}

/** The examples [start, end), in the same memory. */
export function sliceExamples({ data, shape }: HostArray, start: number, end: number): HostArray {
  const size = sizeOf(shape.slice(1));
  return { data: data.subarray(start * size, end * size), shape: [end - start, ...shape.slice(1)] };
}

/** The examples with these indices, each in [0, examples), copied in that order. */
export function selectExamples({ data, shape }: HostArray, indices: ArrayLike<number>): HostArray {
  const size = sizeOf(shape.slice(1));
  const selected = typedArray(dtypeOf(data), indices.length * size);
  for (let row = 0; row < indices.length; row++) {
    const start = (indices[row] as number) * size;
    selected.set(data.subarray(start, start + size), row * size);
  }
  return { data: selected, shape: [indices.length, ...shape.slice(1)] };
}
