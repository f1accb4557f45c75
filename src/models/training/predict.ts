/** predict: what a model makes of examples, batch by batch. */

import { type DType, type TypedArray, typedArray } from "../../graph/dtype.ts";
import { checkInteger, checkOptions } from "../../graph/options.ts";
import type { Shape } from "../../graph/shape.ts";
import { type HostArray, sliceExamples } from "../../tensor/host-array.ts";
import { type Tensor, tensor } from "../../tensor/tensor.ts";
import type { ArrayInputs } from "../examples/arrays.ts";
import { checkFinite, checkInputs, checkSameLength } from "../examples/check-examples.ts";
import { labelsOfArrays, toHostArrays } from "../examples/named-arrays.ts";
import { Pace } from "./pace.ts";
import type { TrainableModel } from "./trainable.ts";

export interface PredictOptions {
  /** Examples computed at once. Default 32. */
  readonly batchSize?: number;
}

/** The predictions for a batch. */
type PredictionProgram = (x: readonly Tensor[]) => readonly Tensor[];

/**
 * What a model makes of examples, checked; see `Model.predict`.
 *
 * @param program Computes one batch.
 * @param owner The method, for messages.
 */
export async function predict(
  model: TrainableModel,
  program: PredictionProgram,
  owner: string,
  x: ArrayInputs,
  options: PredictOptions,
): Promise<readonly Tensor[]> {
  model.setPaths();
  checkOptions(owner, options, { batchSize: true });
  const { batchSize = 32 } = options;
  checkInteger(owner, "batchSize", batchSize, 1);
  const examples = await toHostArrays(x, model.inputSpecs, `${owner}: x`);
  const labels = labelsOfArrays("x", model.inputSpecs);
  checkSameLength(examples, labels, undefined, owner);
  for (const [index, array] of examples.entries()) checkFinite(array, `${owner}: ${labels[index]}`);
  checkInputs(model, examples, owner);
  return predictInBatches(program, examples, batchSize);
}

/**
 * The predictions for all examples, one tensor for each of the model's outputs.
 */
async function predictInBatches(
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
