/**
 * What went wrong when the device refused an index: the batches are computed again, to name the layer that looked it up. Indices that
 * come unchanged from data are checked before; these are computed ones.
 */
import type { Layer } from "../../layers/layer.ts";
import type { Tensor } from "../../tensor/tensor.ts";
import { allLayers, withoutChange } from "../networks/network.ts";
import { watchLayers } from "../networks/watch-layers.ts";
import { modelInput } from "../training/batch.ts";
import type { TrainableModel } from "../training/trainable.ts";

/** How every device says that an index lies outside. */
const refusal = /index -?\d+ at position \d+/;

/** A layer that takes indices, with those that came to it. */
interface Reading {
  readonly layer: Layer;
  readonly limit: number;
  readonly indices: Tensor;
}

/**
 * The error to throw for one that a device threw: that itself, unless a layer's index was refused.
 *
 * @param batches Among which the index is, the model's inputs of each.
 * @param owner What is called, for messages: `fit`.
 */
export async function explainIndexError(
  error: unknown,
  model: TrainableModel,
  batches: Iterable<readonly Tensor[]>,
  owner: string,
): Promise<unknown> {
  const layers = allLayers(model.layers);
  if (!(error instanceof Error && refusal.test(error.message))) return error;
  if (layers.every(({ indexLimit }) => indexLimit === undefined)) return error;
  for (const inputs of batches) {
    const wrong = await wrongReading(readingsOf(model, layers, inputs));
    if (!wrong) continue;
    const { layer, limit, value, example } = wrong;
    return new RangeError(
      `${owner}: ${layer.path} gets the index ${value} for example ${example} of a batch (counted from 0), but takes whole numbers in ` +
        `[0, ${limit}); it is computed by what stands before the layer: look there, or make the layer for more of them`,
      { cause: error },
    );
  }
  return error;
}

function readingsOf(model: TrainableModel, layers: readonly Layer[], inputs: readonly Tensor[]): readonly Reading[] {
  const readings: Reading[] = [];
  const before = (layer: Layer, [indices]: readonly Tensor[]) => {
    const limit = layer.indexLimit;
    if (limit !== undefined && indices) readings.push({ layer, limit, indices });
  };
  try {
    withoutChange(model.variables, () =>
      watchLayers(layers, { before }, () => model.callAll(inputs.map(modelInput), { training: false })),
    );
  } catch {
    // A class with steps of its own may have no call; what was met until then is looked at.
  }
  return readings;
}

async function wrongReading(readings: readonly Reading[]) {
  for (const reading of readings) {
    const { indices, limit } = reading;
    // Indices that follow from a wrong one cannot be computed; the layer that met it comes before.
    const values = await indices.data().catch(() => undefined);
    const at = values?.findIndex((value: number) => Math.trunc(value) < 0 || Math.trunc(value) >= limit) ?? -1;
    if (!values || at < 0) continue;
    const size = indices.size / (indices.shape[0] ?? 1);
    return { ...reading, value: values[at] as number, example: Math.floor(at / size) };
  }
  return undefined;
}
