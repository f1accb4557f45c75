/** model.json: everything of a saved model but its numbers, as plain data that are checked when they are read. */
import { describe } from "../graph/options.ts";
import { type Precision, precisions } from "../graph/precision.ts";
import type { Json, SerializedObject } from "../graph/registry.ts";
import type { ByOutput } from "../models/training/compilation.ts";
import { frameworkVersion } from "./version.ts";

/** The version of the format; a file of a later one cannot be read. */
export const formatVersion = 1;
const formatName = "rappel model";

/** What the model is compiled with, without state. */
export type SavedCompilation = {
  /** Null where the model's own optimizers do without, as the loss. */
  readonly optimizer: SerializedObject | null;
  /** Those in the fields of a model of one's own, by the fields' names. */
  readonly ownOptimizers?: { readonly [field: string]: SerializedObject };
  /** Of several outputs by name, as the metrics. */
  readonly loss: SerializedObject | ByOutput<SerializedObject> | null;
  /** Where compile was told. */
  readonly mixedPrecision?: Precision;
  /** Where one is not 1. */
  readonly lossWeights?: ByOutput<number>;
  readonly metrics: readonly SerializedObject[] | ByOutput<readonly SerializedObject[]>;
  readonly weightedMetrics: readonly SerializedObject[] | ByOutput<readonly SerializedObject[]>;
};

/** The file that holds the numbers, and how to know it again. */
export type SavedWeights = { readonly file: string; readonly bytes: number; readonly sha256: string };

export type ModelDescription = {
  readonly model: SerializedObject;
  /** Of one example; null where the model has several inputs. */
  readonly inputShape: readonly number[] | null;
  /** Of one example of each input of a model that has several and is built for them. */
  readonly inputShapes?: readonly (readonly number[])[];
  readonly compilation: SavedCompilation | null;
  readonly shuffleSeed: number | null;
  readonly classNames: readonly string[] | null;
  readonly metadata: { readonly [key: string]: Json };
  readonly weights: SavedWeights;
  /** Whether the files of a training that is going on lie beside. */
  readonly training?: true;
};

/** The text of model.json. It ends with a checksum of everything else in it. */
export async function encodeDescription(description: ModelDescription): Promise<string> {
  const content = { format: formatName, formatVersion, framework: frameworkVersion, ...description };
  const checksum = await sha256(new TextEncoder().encode(canonical(content)));
  return `${JSON.stringify({ ...content, checksum }, undefined, 2)}\n`;
}

/**
 * Reads the text of model.json.
 *
 * @param file How messages call it.
 * @throws If it is no JSON, was altered, is of a later version, or lacks something.
 */
export async function decodeDescription(text: string, file: string): Promise<ModelDescription> {
  const parsed = parse(text, file);
  if (!isRecord(parsed) || parsed.format !== formatName)
    throw new Error(
      `${file}: does not describe a Rappel model; its format is ${describe(isRecord(parsed) ? parsed.format : parsed)}`,
    );
  if (parsed.formatVersion !== formatVersion)
    throw new Error(
      `${file}: is of format version ${describe(parsed.formatVersion)}, written by Rappel ${describe(parsed.framework)}; ` +
        `this is Rappel ${frameworkVersion}, which reads version ${formatVersion}: update Rappel`,
    );
  const { checksum, ...content } = parsed;
  const found = await sha256(new TextEncoder().encode(canonical(content)));
  if (found !== checksum)
    throw new Error(
      `${file}: was altered since it was saved: its checksum is ${found}, expected ${describe(checksum)}; save the model again`,
    );
  return readDescription(content, file);
}

function parse(text: string, file: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new Error(`${file}: is not JSON (${reason}); it is truncated or damaged`);
  }
}

/** One text for equal content, however a file is indented. */
function canonical(content: object): string {
  return JSON.stringify(JSON.parse(JSON.stringify(content)));
}

/** SHA-256 as hexadecimal digits. */
export async function sha256(bytes: Uint8Array): Promise<string> {
  const digest = await crypto.subtle.digest("SHA-256", Uint8Array.from(bytes));
  return Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, "0")).join("");
}

function readDescription(content: Readonly<Record<string, unknown>>, file: string): ModelDescription {
  const { model, inputShape, inputShapes, compilation, shuffleSeed, classNames, metadata, weights, training } = content;
  const complete =
    isSerialized(model) &&
    (inputShape === null || isListOf(inputShape, isSize)) &&
    (inputShapes === undefined || isListOf(inputShapes, isShape)) &&
    (compilation === null || isCompilation(compilation)) &&
    (shuffleSeed === null || typeof shuffleSeed === "number") &&
    (classNames === null || isListOf(classNames, isText)) &&
    isJsonRecord(metadata) &&
    isWeights(weights) &&
    (training === undefined || training === true);
  if (!complete)
    throw new Error(`${file}: lacks something that describes a model, or it is of another type; save the model again`);
  const shapes = inputShapes && { inputShapes };
  const known = { model, inputShape, ...shapes, compilation, shuffleSeed, classNames, metadata, weights };
  return training ? { ...known, training } : known;
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isJsonRecord(value: unknown): value is { readonly [key: string]: Json } {
  return isRecord(value); // What JSON.parse made is JSON all the way down.
}

function isListOf<T>(value: unknown, isItem: (item: unknown) => item is T): value is readonly T[] {
  return Array.isArray(value) && value.every(isItem);
}

function isText(value: unknown): value is string {
  return typeof value === "string";
}

function isShape(value: unknown): value is readonly number[] {
  return isListOf(value, isSize);
}

function isSize(value: unknown): value is number {
  return typeof value === "number" && Number.isSafeInteger(value) && value >= 0;
}

export function isSerialized(value: unknown): value is SerializedObject {
  return isRecord(value) && typeof value.className === "string" && isRecord(value.config);
}

function isCompilation(value: unknown): value is SavedCompilation {
  return (
    isRecord(value) &&
    (value.optimizer === null || isSerialized(value.optimizer)) &&
    (value.ownOptimizers === undefined || isByOutput(value.ownOptimizers, isSerialized)) &&
    (value.loss === null || isSerialized(value.loss) || isByOutput(value.loss, isSerialized)) &&
    (value.mixedPrecision === undefined || precisions.some((precision) => precision === value.mixedPrecision)) &&
    (value.lossWeights === undefined || isByOutput(value.lossWeights, isFiniteNumber)) &&
    isMetrics(value.metrics) &&
    isMetrics(value.weightedMetrics)
  );
}

function isByOutput<T>(value: unknown, isItem: (item: unknown) => item is T): value is ByOutput<T> {
  return isRecord(value) && Object.values(value).every(isItem);
}

function isMetrics(value: unknown): value is SavedCompilation["metrics"] {
  return isSerializedList(value) || isByOutput(value, isSerializedList);
}

function isSerializedList(value: unknown): value is readonly SerializedObject[] {
  return isListOf(value, isSerialized);
}

function isFiniteNumber(value: unknown): value is number {
  return typeof value === "number" && Number.isFinite(value);
}

function isWeights(value: unknown): value is SavedWeights {
  return isRecord(value) && isText(value.file) && isSize(value.bytes) && isText(value.sha256);
}
