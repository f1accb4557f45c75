/** predict: what a model makes of examples, batch by batch. */

import { type DType, type TypedArray, typedArray } from "../../graph/dtype.ts";
import type { Shape } from "../../graph/shape.ts";
import { type HostArray, sliceExamples } from "../../tensor/host-array.ts";
import { type Tensor, tensor } from "../../tensor/tensor.ts";
import { Pace } from "./pace.ts";

/** The predictions for a batch. */
export type PredictionProgram = (x: readonly Tensor[]) => readonly Tensor[];

/**
 * The predictions for all examples, one tensor for each of the model's outputs.
 *
 * @param program Computes one batch.
 */
export async function predictInBatches(
  program: PredictionProgram,
  examples: readonly HostArray[],
  batchSize: number,
): Promise<readonly Tensor[]> {
  const length = examples[0]?.shape[0] ?? 0;
  const pace = new Pace();
  const gathered: Gathered[] = [];
  for (let start = 0; start < length; start += batchSize) {
    const end = Math.min(start + batchSize, length);
    const inputs = examples.map((each) => {
      const batch = sliceExamples(each, start, end);
      return tensor(batch.data, { shape: batch.shape });
    });
    const outputs = program(inputs);
    const batches = await Promise.all(outputs.map((output) => output.data()));
    for (const input of inputs) input[Symbol.dispose]();
    if (end - start === length) return outputs;
    for (const [index, values] of batches.entries()) {
      const { dtype, shape } = outputs[index] as Tensor;
      const size = values.length / (end - start);
      gathered[index] ??= { data: typedArray(dtype, size * length), dtype, example: shape.slice(1) };
      gathered[index].data.set(values, size * start);
    }
    await pace.pause();
  }
  return gathered.map(({ data, dtype, example }) => tensor(data, { shape: [length, ...example], dtype }));
}

/** What is there of one output's predictions. */
interface Gathered {
  readonly data: TypedArray;
  readonly dtype: DType;
  readonly example: Shape;
}
