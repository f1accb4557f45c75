/** The files of a training that is going on: `training.json` (epoch, callbacks) and `training.safetensors` (their tensors). */
import type { Json } from "../graph/registry.ts";
import type { TrainingState } from "../models/saver.ts";
import { tensor } from "../tensor/tensor.ts";
import { decodeSafetensors, encodeSafetensors, type SavedArray } from "./safetensors.ts";

export const trainingFiles = { values: "training.json", tensors: "training.safetensors" } as const;

/** The contents of the files by name. */
export async function encodeTrainingState({ values, tensors }: TrainingState): Promise<Map<string, Uint8Array>> {
  const arrays = new Map<string, SavedArray>();
  for (const [name, value] of tensors)
    arrays.set(name, { dtype: value.dtype, shape: value.shape, data: await value.data() });
  return new Map([
    [trainingFiles.values, new TextEncoder().encode(`${JSON.stringify(values, writeNumber)}\n`)],
    [trainingFiles.tensors, encodeSafetensors(arrays, { format: "rappel" })],
  ]);
}

/** @param path Where the folder is, for messages. @throws If a file is damaged. */
export function decodeTrainingState(
  files: { readonly values: Uint8Array; readonly tensors: Uint8Array },
  path: string,
): TrainingState {
  const { tensors } = decodeSafetensors(files.tensors, `${path}/${trainingFiles.tensors}`);
  return {
    values: parse(new TextDecoder().decode(files.values), `${path}/${trainingFiles.values}`),
    tensors: new Map(
      [...tensors].map(([name, { data, shape, dtype }]) => [name, tensor(data, { shape, dtype })] as const),
    ),
  };
}

function parse(text: string, file: string): Json {
  try {
    return JSON.parse(text, readNumber);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new Error(`${file}: is not JSON (${reason}); it is truncated or damaged`);
  }
}

/** JSON has no NaN and no infinities, which losses may be. */
function writeNumber(_key: string, value: unknown): unknown {
  return typeof value === "number" && !Number.isFinite(value) ? { notFinite: String(value) } : value;
}

function readNumber(_key: string, value: unknown): unknown {
  return typeof value === "object" && value !== null && "notFinite" in value ? Number(value.notFinite) : value;
}
