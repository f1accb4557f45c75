/** Batch: examples on their way through a program, and how one is taken out of a data set on the device. */
import { add, cast } from "../../ops/elementwise.ts";
import { gather } from "../../ops/linear.ts";
import { iota } from "../../tensor/creation.ts";
import type { Tensor } from "../../tensor/tensor.ts";
import { StepBatch } from "./step-batch.ts";

/** A batch on the device. */
export type Batch = {
  /** One for each input of the model, `[batch, ...]`. */
  readonly x: readonly Tensor[];
  /** One for each output of the model, `[batch, ...]`. */
  readonly y: readonly Tensor[];
  /** float32 `[batch]` */
  readonly sampleWeight: Tensor | undefined;
};

/** A whole data set on the device. */
export type ResidentExamples = Batch & {
  /** int32 `[examples]`: the order in which the examples come; without it as they lie. */
  readonly order: Tensor | undefined;
};

/** How many examples a batch has. */
export function lengthOf({ x }: Batch): number {
  return x[0]?.shape[0] as number;
}

/** Images may lie on the device as bytes; models compute in float32. */
export function modelInput(x: Tensor): Tensor {
  return x.dtype === "uint8" || x.dtype === "bool" ? cast(x, "float32") : x;
}

/** The batch of a data set at a position. */
export function selectBatch(
  { x, y, sampleWeight, order }: ResidentExamples,
  position: Tensor,
  batchSize: number,
): Batch {
  const places = add(iota([batchSize]), position);
  const rows = order ? gather(order, places) : places;
  const rowsOf = (each: Tensor) => gather(each, rows);
  return { x: x.map(rowsOf), y: y.map(rowsOf), sampleWeight: sampleWeight && rowsOf(sampleWeight) };
}

/** The batch of a step of the model's own, as every model's steps see it. */
export function plainBatch({ inputs, targets, sampleWeight }: StepBatch): Batch {
  return { x: inputs, y: targets, sampleWeight };
}

/** A batch as a step of the model's own sees it. */
export function stepBatch({ x, y, sampleWeight }: Batch): StepBatch {
  return new StepBatch(x.map(modelInput), y, sampleWeight);
}
