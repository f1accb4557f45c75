/** The weights of a model in one file, without its architecture: for a model that code makes again. */
import { formatSignature } from "../graph/node.ts";
import { sameShape } from "../graph/shape.ts";
import type { Model } from "../models/model.ts";
import { Tensor, tensor } from "../tensor/tensor.ts";
import type { Variable } from "../tensor/variable.ts";
import { decodeSafetensors, encodeSafetensors, type SavedArray } from "./safetensors.ts";
import { openStore } from "./stores/open-store.ts";

/**
 * Writes all weights, moving statistics and states of random generators to a file in the safetensors format, under their
 * names without the model's: `encoder/kernel`. What `model.saveWeights` does.
 *
 * @throws If the model is not built; Node's own errors if the file cannot be written.
 */
export async function saveWeights(model: Model, file: string): Promise<void> {
  if (!model.built)
    throw new Error(
      `${model.name}.saveWeights: the model is not built and has no weights; call fit or build(inputShape) before`,
    );
  // Taken all at once, before anything is awaited: a training that goes on meanwhile does not mix into what is saved.
  const values = [...namedVariables(model)].map(([name, { node }]) => ({ name, value: new Tensor(node) }));
  const arrays = new Map<string, SavedArray>();
  for (const { name, value } of values)
    arrays.set(name, { dtype: value.dtype, shape: value.shape, data: await value.data() });
  const { folder, name } = placeOf(file);
  const store = await openStore(folder);
  await store.write(new Map([[name, encodeSafetensors(arrays, { format: "rappel weights" })]]));
}

/**
 * Reads the weights of a model from a file that `saveWeights` wrote. What `model.loadWeights` does.
 *
 * @throws If the model is not built, or the file lacks a weight, has one too much or one of another shape. The model then stays
 *   as it is.
 */
export async function loadWeights(model: Model, file: string): Promise<void> {
  if (!model.built)
    throw new Error(
      `${model.name}.loadWeights: the model is not built and has no weights to set; call build(inputShape) before`,
    );
  const { folder, name } = placeOf(file);
  const store = await openStore(folder);
  const { tensors } = decodeSafetensors(await store.read(name), file);
  const variables = namedVariables(model);
  for (const name of tensors.keys())
    if (!variables.has(name))
      throw new Error(
        `${file}: holds "${name}", which ${model.name} does not have; it has ${[...variables.keys()].join(", ")}`,
      );
  const found = [...variables].map(([name, variable]) => {
    const saved = tensors.get(name);
    if (!saved) throw new Error(`${file}: lacks "${name}", which ${model.name} has`);
    if (!sameShape(saved.shape, variable.shape) || saved.dtype !== variable.dtype)
      throw new Error(
        `${file}: "${name}" is ${formatSignature(saved)}, but ${model.name} has ${formatSignature(variable)}`,
      );
    return { saved, variable };
  });
  for (const { saved, variable } of found)
    variable.assign(tensor(saved.data, { shape: saved.shape, dtype: saved.dtype }));
}

function placeOf(file: string): { readonly folder: string; readonly name: string } {
  const end = file.lastIndexOf("/");
  return { folder: end < 0 ? "." : file.slice(0, end) || "/", name: file.slice(end + 1) };
}

function namedVariables(model: Model): ReadonlyMap<string, Variable> {
  const named = new Map<string, Variable>();
  for (const variable of model.variables) {
    const name = variable.name.replace(`${model.name}/`, "");
    if (named.has(name))
      throw new Error(`${model.name}: two variables are called "${name}"; give a layer another name`);
    named.set(name, variable);
  }
  return named;
}
