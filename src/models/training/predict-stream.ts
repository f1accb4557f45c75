/** predict, of batches that come one by one from the host. */
import type { Tensor } from "../../tensor/tensor.ts";
import { endedEarly, iterate } from "./batch-reader.ts";
import type { StreamOf } from "./batch-stream.ts";
import { Pace } from "./pace.ts";
import type { Predictions } from "./predictions.ts";

/**
 * Reads a stream of batches to its end, or as many as are wanted; of them only the predictions stay in memory.
 *
 * @param predict Adds what the model makes of a batch to the predictions.
 */
export async function predictStream<T>(
  owner: string,
  stream: StreamOf<T>,
  steps: number | undefined,
  predictions: Predictions,
  predict: (batch: T, predictions: Predictions, owner: string) => Promise<unknown>,
): Promise<readonly Tensor[]> {
  const pace = new Pace();
  const batches = iterate(stream, 0, owner);
  let step = 0;
  try {
    for (; step !== steps; step++) {
      const { value, done } = await batches.next();
      if (done === true) break;
      await predict(value, predictions, `${owner}: batch ${step} of the stream`);
      await pace.pause();
    }
  } finally {
    // What a function has made for this call, nobody else will end; it may hold a file open.
    if (typeof stream === "function") await batches.return?.();
  }
  if (step === 0)
    throw new Error(
      `${owner}: the stream of batches is empty; look at how it is made: an iterator can be read only once, so give a function that makes a new one`,
    );
  if (steps !== undefined && step < steps) throw endedEarly(owner, step, steps);
  return predictions.result();
}
