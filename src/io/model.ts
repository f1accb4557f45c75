/**
 * Saved models: two files, `model.json` (layers, compile settings, what else describes the model) and `weights.safetensors`
 * (weights, moving statistics, random generators, the optimizer's state), from which training goes on bit by bit as if it had
 * never stopped. Reading one runs nothing but the constructors of layers, losses, metrics and optimizers that are registered.
 */

import { formatSignature } from "../graph/node.ts";
import { serialize } from "../graph/registry.ts";
import { sameShape } from "../graph/shape.ts";
import { registerLayers } from "../layers/registry.ts";
import { joiningShared, markingShared } from "../layers/sharing.ts";
import { registerLosses } from "../losses/registry.ts";
import { registerMetrics } from "../metrics/registry.ts";
import { BaseModel } from "../models/base-model.ts";
import type { Model } from "../models/model.ts";
import { modelFromConfig } from "../models/networks/model-kinds.ts";
import { registerModelKinds } from "../models/registry.ts";
import type { ModelStore, SaveDestination, SavedSource, SaveOptions, TrainingState } from "../models/saver.ts";
import type { ByOutput, CompileOptions, OutputCompilation } from "../models/training/compilation.ts";
import type { Optimizer } from "../optimizers/optimizer.ts";
import { registerOptimizers, resolveOptimizer } from "../optimizers/registry.ts";
import { defaultGenerator } from "../tensor/random.ts";
import { Tensor, tensor } from "../tensor/tensor.ts";
import type { Variable } from "../tensor/variable.ts";
import {
  decodeDescription,
  encodeDescription,
  type ModelDescription,
  type SavedCompilation,
  sha256,
} from "./description.ts";
import { decodeSafetensors, encodeSafetensors, type SavedArray } from "./safetensors.ts";
import { deleteSavedModel, isIndexedDbName } from "./stores/indexed-db.ts";
import { type LoadSource, openSource, openStore } from "./stores/open-store.ts";
import { decodeTrainingState, encodeTrainingState, trainingFiles } from "./training-state.ts";

const descriptionFile = "model.json";
const weightsFile = "weights.safetensors";

/**
 * Saves a built model to a folder, a browser's database or a store of one's own; what `model.save` does.
 *
 * @throws If the model is not built, or Node's or the browser's own errors if nothing can be written; an older model there then stays.
 */
export async function saveModel(model: Model, destination: SaveDestination, options: SaveOptions = {}): Promise<void> {
  if (!model.built)
    throw new Error(
      `${model.name}.save: the model is not built and has no weights; call fit or build(inputShape) before`,
    );
  const { includeOptimizer = true, training } = options;
  const withOptimizer = includeOptimizer && model.compiled;
  const weights = encodeSafetensors(await readVariables(model, withOptimizer), { format: "rappel" });
  const description: ModelDescription = {
    model: markingShared(model.layers, () => model.config()),
    inputShape: model.inputShape ?? null,
    ...inputShapesOf(model),
    compilation: withOptimizer ? serializeCompilation(model) : null,
    shuffleSeed: model.shuffleSeed ?? null,
    classNames: options.classNames ?? model.classNames ?? null,
    metadata: options.metadata ?? model.metadata,
    weights: { file: weightsFile, bytes: weights.length, sha256: await sha256(weights) },
    ...(training && { training: true }),
  };
  const text = new TextEncoder().encode(await encodeDescription(description));
  const store =
    typeof destination === "string" || destination instanceof URL ? await openStore(destination) : destination;
  await store.write(
    new Map([
      ...(training ? await encodeTrainingState(training) : []),
      [weightsFile, weights],
      [descriptionFile, text],
    ]),
  );
}

/**
 * Reads a model that `model.save` wrote, ready to predict and, if it was compiled, to evaluate and train on. The files are the same
 * in Node and in pages.
 *
 * @param source In Node a folder; in pages an address, absolute or relative to the page, or `indexeddb://NAME`; everywhere what
 *   `model.toFiles` gave, the files a person picked, or a store of one's own.
 * @throws If a file is missing, truncated or altered, of a later version, or names a layer that is not known; the message names
 *   the file and what is wrong.
 * @example
 * const model = await load("fashion");
 * const { accuracy } = await model.evaluate(test);
 */
export async function load(source: LoadSource): Promise<Model> {
  const { description, arrays, files } = await readModel(await openSource(source));
  const model = withoutDrawing(() => rebuild(description, files.description));
  setVariables(model, arrays, files.weights, `the model in ${descriptionFile}`, description.compilation !== null);
  return model;
}

/**
 * Puts the state that `model.save` wrote into a model of the same layers; what `model.loadState` does.
 *
 * @throws As `load`, or if the model has other weights.
 */
export async function loadState(model: Model, source: SavedSource): Promise<TrainingState | undefined> {
  const store = await openSource(source);
  const { description, arrays, files } = await readModel(store);
  const { inputShape, compilation, shuffleSeed, classNames } = description;
  const { adaptedLayers } = description.model.config;
  if (adaptedLayers !== undefined) model.restoreAdapted(adaptedLayers);
  if (!model.built && inputShape) withoutDrawing(() => model.build(inputShape));
  setVariables(model, arrays, files.weights, `the model "${model.name}"`, compilation !== null);
  model.shuffleSeed = shuffleSeed ?? undefined;
  model.classNames ??= classNames ?? undefined;
  if (!description.training) return undefined;
  const [values, tensors] = await Promise.all([store.read(trainingFiles.values), store.read(trainingFiles.tensors)]);
  return decodeTrainingState({ values, tensors }, store.name);
}

/** Removes what `model.save` wrote: the files of a folder, and it itself if nothing else is in it; or a model in the browser. */
export async function removeModel(directory: string): Promise<void> {
  if (isIndexedDbName(directory)) return deleteSavedModel(directory);
  const { removeFilesOf } = await import("./stores/folder.node.ts");
  await removeFilesOf(directory, [descriptionFile, weightsFile, trainingFiles.values, trainingFiles.tensors]);
}

/** The files of a saved model, verified. */
async function readModel(store: Pick<ModelStore, "name" | "read">): Promise<{
  readonly description: ModelDescription;
  readonly arrays: ReadonlyMap<string, SavedArray>;
  readonly files: { readonly description: string; readonly weights: string };
}> {
  const file = `${store.name}/${descriptionFile}`;
  const description = await decodeDescription(new TextDecoder().decode(await store.read(descriptionFile)), file);
  const { weights } = description;
  // The name comes from a file: it may not lead out of the folder.
  if (weights.file !== weightsFile)
    throw new Error(`${file}: names the weights "${weights.file}", expected "${weightsFile}"`);
  const weightsPath = `${store.name}/${weightsFile}`;
  const bytes = await store.read(weightsFile);
  if (bytes.length !== weights.bytes)
    throw new Error(
      `${weightsPath}: has ${bytes.length} bytes, expected ${weights.bytes}; it ${bytes.length < weights.bytes ? "is truncated" : "was altered"}`,
    );
  const found = await sha256(bytes);
  if (found !== weights.sha256)
    throw new Error(
      `${weightsPath}: was altered since it was saved: its SHA-256 is ${found}, expected ${weights.sha256}`,
    );
  const arrays = decodeSafetensors(bytes, weightsPath).tensors;
  return { description, arrays, files: { description: file, weights: weightsPath } };
}

function serializeCompilation({ compilation, ownOptimizers }: Model): ModelDescription["compilation"] {
  const { optimizer, outputs, mixedPrecision } = compilation;
  const isWeighted = outputs.some(({ lossWeight }) => lossWeight !== 1);
  const [only, second] = outputs;
  const byOutput = <T>(take: (output: OutputCompilation) => T): T | ByOutput<T> =>
    only && !second ? take(only) : Object.fromEntries(outputs.map((output) => [output.name, take(output)]));
  return {
    optimizer: optimizer ? serialize(optimizer) : null,
    ...(ownOptimizers.size > 0 && {
      ownOptimizers: Object.fromEntries([...ownOptimizers].map(([name, each]) => [name, serialize(each)])),
    }),
    loss: outputs.length > 0 ? byOutput(({ loss }) => serialize(loss)) : null,
    ...(mixedPrecision && { mixedPrecision }),
    ...(isWeighted && { lossWeights: Object.fromEntries(outputs.map(({ name, lossWeight }) => [name, lossWeight])) }),
    metrics: byOutput(({ metrics }) => metrics.map(serialize)),
    weightedMetrics: byOutput(({ weightedMetrics }) => weightedMetrics.map(serialize)),
  };
}

/** Those of a model that is built for several inputs once it sees them. */
function inputShapesOf({ inputSpecs, className }: Model): Pick<ModelDescription, "inputShapes"> {
  const inputShapes = inputSpecs.flatMap(({ shape }) => (shape ? [shape] : []));
  const isKnown = inputShapes.length > 1 && inputShapes.length === inputSpecs.length;
  return isKnown && className !== "functional" ? { inputShapes } : {};
}

/** The optimizers with what stands before the names of their state: for those in a model's fields, the field. */
function namedOptimizers(model: Model): readonly (readonly [prefix: string, optimizer: Optimizer])[] {
  const own = new Set(model.ownOptimizers.values());
  return [...model.optimizers].map(([field, optimizer]) => [own.has(optimizer) ? `${field}/` : "", optimizer]);
}

/** Everything that changes in training, by the names it has in files. */
function stateOf(model: Model, withOptimizer: boolean): readonly (readonly [name: string, variable: Variable])[] {
  const optimizers = withOptimizer ? namedOptimizers(model) : [];
  return [
    ...model.variables.map((variable) => [variable.name, variable] as const),
    ...optimizers.flatMap(([prefix, { variables }]) =>
      variables.map((variable) => [`${prefix}${variable.name}`, variable] as const),
    ),
  ];
}

async function readVariables(model: Model, withOptimizer: boolean): Promise<Map<string, SavedArray>> {
  // Taken all at once, before anything is awaited: a training that goes on meanwhile does not mix into what is saved.
  const values = stateOf(model, withOptimizer).map(([name, { node }]) => ({ name, value: new Tensor(node) }));
  const arrays = new Map<string, SavedArray>();
  for (const { name, value } of values) {
    if (arrays.has(name))
      throw new Error(
        `${model.name}.save: two variables are called "${name}"; give a layer or the optimizer another name`,
      );
    arrays.set(name, { dtype: value.dtype, shape: value.shape, data: await value.data() });
  }
  return arrays;
}

/** The model that is described, built and compiled, with initial weights that are never computed. */
function rebuild(description: ModelDescription, file: string): Model {
  const { model: serialized, inputShape, inputShapes, compilation, shuffleSeed, classNames, metadata } = description;
  registerLayers();
  registerModelKinds();
  registerOptimizers();
  registerLosses();
  registerMetrics();
  const model = inFile(file, () => {
    const made = joiningShared(() => modelFromConfig(serialized));
    const shapes = inputShapes ?? (inputShape ? [inputShape] : undefined);
    if (shapes) made.buildFor(shapes);
    if (compilation) made.compile(compileOptions(made, compilation));
    return made;
  });
  model.shuffleSeed = shuffleSeed ?? undefined;
  model.classNames = classNames ?? undefined;
  model.metadata = metadata;
  return model;
}

/** What `compile` is called with again: what was saved of it, and the model's own optimizers under the names of their fields. */
function compileOptions(model: Model, saved: SavedCompilation): Partial<CompileOptions> {
  const { optimizer, loss, ownOptimizers = {}, metrics, weightedMetrics, ...others } = saved;
  // A compile of the class's own takes these; else the constructor has made them.
  const takesMore = model.compile !== BaseModel.prototype.compile;
  const own = Object.entries(takesMore ? ownOptimizers : {}).map(([name, each]) => [
    name,
    resolveOptimizer(name, each),
  ]);
  return {
    ...others,
    ...(optimizer && { optimizer }),
    ...(loss && { loss, metrics, weightedMetrics }),
    ...Object.fromEntries(own),
  };
}

/** Puts the file's name before the message of an error. */
function inFile<T>(file: string, make: () => T): T {
  try {
    return make();
  } catch (error) {
    if (error instanceof Error) error.message = `${file}: ${error.message}`;
    throw error;
  }
}

/** Initial weights are drawn from the default generator; a load must not change what a program draws after it. */
function withoutDrawing<T>(make: () => T): T {
  const { state } = defaultGenerator();
  const before = new Tensor(state.node);
  try {
    return make();
  } finally {
    state.assign(before);
  }
}

/** @param owner The model, for messages. @param savedOptimizer Whether an optimizer's state is among the arrays. */
function setVariables(
  model: Model,
  arrays: ReadonlyMap<string, SavedArray>,
  file: string,
  owner: string,
  savedOptimizer: boolean,
): void {
  const complete = savedOptimizer && model.compiled;
  if (complete) buildSlots(model, [...arrays.keys()]);
  const variables = new Map(stateOf(model, complete));
  // What is not compiled has no use for the optimizer's part.
  const isStrict = complete || !savedOptimizer;
  for (const name of arrays.keys())
    if (isStrict && !variables.has(name)) throw new Error(`${file}: holds "${name}", which ${owner} does not have`);
  for (const [name, variable] of variables) {
    const saved = arrays.get(name);
    if (!saved) throw new Error(`${file}: lacks "${name}", which ${owner} has`);
    if (!sameShape(saved.shape, variable.shape) || saved.dtype !== variable.dtype)
      throw new Error(`${file}: "${name}" is ${formatSignature(saved)}, but ${owner} has ${formatSignature(variable)}`);
  }
  for (const [name, variable] of variables) {
    const { data, shape, dtype } = arrays.get(name) as SavedArray;
    variable.assign(tensor(data, { shape, dtype }));
  }
}

/** The optimizer keeps state for a variable from its first update on; those that had some when saved get it again. */
function buildSlots(model: Model, names: readonly string[]): void {
  for (const [prefix, optimizer] of namedOptimizers(model))
    optimizer.build(
      model.variables.filter((variable) =>
        names.some((name) => name.startsWith(`${prefix}${optimizer.name}/`) && name.endsWith(`/${variable.name}`)),
      ),
    );
}
