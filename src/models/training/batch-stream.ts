/** Batches that come one by one from the host: their forms. */
import type { LabelledExamples } from "../examples/arrays.ts";

type Batches<T> = AsyncIterable<T> | Iterable<T>;

/** Batches one after another; a function is asked for them anew for each epoch, or each pass of a validation (counted from 0). */
export type StreamOf<T> = Batches<T> | ((epoch: number) => Batches<T>);

/** Batches `{ x, y }` one after another, or a function that makes them for each epoch. */
export type BatchStream = StreamOf<LabelledExamples>;

/** Whether a value can be iterated for batches. */
export function isBatchStream(value: unknown): value is BatchStream {
  if (typeof value === "function") return true;
  return (
    typeof value === "object" &&
    value !== null &&
    !ArrayBuffer.isView(value) &&
    (Symbol.asyncIterator in value || (Symbol.iterator in value && !Array.isArray(value)))
  );
}
