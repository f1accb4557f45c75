/** Batches of examples that stay on the host, for they do not fit on the device or an epoch is no pass over them. */
import { selectExamples } from "../../tensor/host-array.ts";
import { permutation } from "../../tensor/permutation.ts";
import { type HostExamples, sliceHostExamples } from "../examples/examples.ts";

export interface HostBatchesOptions {
  readonly batchSize: number;
  readonly shuffle: boolean;
  /** Batches an epoch. */
  readonly steps: number;
  readonly seed: number;
}

/** The batches of an epoch. Which come follows from the epoch alone, so that a training which goes on later takes the same. */
export function hostBatches(examples: HostExamples, { batchSize, shuffle, steps, seed }: HostBatchesOptions) {
  const batches = Math.ceil(examples.length / batchSize);
  return function* (epoch: number): Generator<HostExamples> {
    let pass: number | undefined;
    let order: Uint32Array | undefined;
    for (let step = 0; step < steps; step++) {
      const taken = epoch * steps + step;
      if (shuffle && pass !== Math.floor(taken / batches)) {
        pass = Math.floor(taken / batches);
        order = permutation(examples.length, seed, pass);
      }
      const start = (taken % batches) * batchSize;
      const end = Math.min(start + batchSize, examples.length);
      yield order ? selectHostExamples(examples, order.subarray(start, end)) : sliceHostExamples(examples, start, end);
    }
  };
}

function selectHostExamples({ x, y, sampleWeight }: HostExamples, rows: ArrayLike<number>): HostExamples {
  return {
    length: rows.length,
    x: x.map((each) => selectExamples(each, rows)),
    y: y.map((each) => selectExamples(each, rows)),
    sampleWeight: sampleWeight && selectExamples(sampleWeight, rows),
  };
}
