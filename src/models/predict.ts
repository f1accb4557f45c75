/** predict: what a model makes of examples, batch by batch. */

import type { TypedArray } from "../graph/dtype.ts";
import { typedArray } from "../graph/dtype.ts";
import { formatShape } from "../graph/shape.ts";
import { type Tensor, tensor } from "../tensor/tensor.ts";
import { type HostArray, sliceExamples } from "./arrays.ts";
import { Pace } from "./pace.ts";

/** A prediction for a batch. */
export type PredictionProgram = (x: Tensor) => Tensor;

/**
 * The predictions for all examples, as one tensor.
 *
 * @param program Computes one batch.
 */
export async function predictInBatches(
  program: PredictionProgram,
  { shape, data }: HostArray,
  batchSize: number,
): Promise<Tensor> {
  const length = shape[0] as number;
  const pace = new Pace();
  let predictions: TypedArray | undefined;
  let first: Tensor | undefined;
  for (let start = 0; start < length; start += batchSize) {
    const end = Math.min(start + batchSize, length);
    const batch = sliceExamples({ shape, data }, start, end);
    const input = tensor(batch.data, { shape: batch.shape });
    const output = program(input);
    const values = await output.data();
    input[Symbol.dispose]();
    if (end - start === length) return output;
    first ??= output;
    predictions ??= typedArray(output.dtype, (values.length / (end - start)) * length);
    predictions.set(values, (values.length / (end - start)) * start);
    await pace.pause();
  }
  if (!predictions || !first) throw new Error(`predict: x has no examples: its shape is ${formatShape(shape)}`);
  return tensor(predictions, { shape: [length, ...first.shape.slice(1)], dtype: first.dtype });
}
