/** The check that layers which look something up have what data ask for. Only models with such layers need it. */
import { sizeOf } from "../../graph/shape.ts";
import type { HostArray } from "../../tensor/host-array.ts";
import type { TensorSpec, TrainableModel } from "../training/trainable.ts";
import { indexReadersOf } from "./index-readers.ts";
import { labelsOfArrays } from "./named-arrays.ts";

/** @throws If a number that a layer looks up is no index, or not below its limit; the message names example, value and layer. */
export async function checkIndices(model: TrainableModel, arrays: readonly HostArray[], owner: string): Promise<void> {
  const labels = labelsOfArrays("x", model.inputSpecs);
  for (const { path, limit, places } of await indexReadersOf(model))
    for (const [index, array] of arrays.entries()) {
      const wrong = wrongIndex(array, places[index] ?? [], limit);
      if (!wrong) continue;
      const { example, value } = wrong;
      const what = `${owner}: ${labels[index]}`;
      const { text } = model.inputSpecs[index] as TensorSpec;
      throw new RangeError(
        text
          ? `${what} gives the index ${value} in example ${example} (counted from 0), by ${text.path}, but ${path} takes whole numbers in ` +
              `[0, ${limit}); make it for as many as there are tokens, such as inputDim: ${text.name}.vocabularySize()`
          : `${what} holds ${value} in example ${example} (counted from 0), but ${path} takes ` +
              `whole numbers in [0, ${limit}); make the layer for more of them, or look at how the data were numbered`,
      );
    }
}

/** The first number at some places of an example that is no index below a limit. */
function wrongIndex(
  { data, shape }: HostArray,
  places: readonly number[],
  limit: number,
): { readonly example: number; readonly value: number } | undefined {
  const size = sizeOf(shape.slice(1));
  const isWrong = (value: number) => !(Number.isInteger(value) && value >= 0 && value < limit);
  if (places.length === size) {
    const at = data.findIndex(isWrong);
    return at < 0 ? undefined : { example: Math.floor(at / size), value: data[at] as number };
  }
  for (let example = 0; example < (shape[0] ?? 0); example++)
    for (const place of places) {
      const value = data[example * size + place];
      if (value !== undefined && isWrong(value)) return { example, value };
    }
  return undefined;
}
