/**
 * The safetensors format: named arrays in one file, which reading cannot make run anything.
 *
 * A file is the header's length (64 bits, little-endian), the header (JSON: name → dtype, shape and the range of bytes in what
 * follows), and the values, row-major and little-endian, without gaps. Specification: https://github.com/huggingface/safetensors.
 */
import { bytesPerElement, type DType, type TypedArray, typedArray } from "../graph/dtype.ts";
import { formatShape, type Shape, sizeOf } from "../graph/shape.ts";

/** An array as a file holds it. */
export interface SavedArray {
  readonly dtype: DType;
  readonly shape: Shape;
  readonly data: TypedArray;
}

/** What a safetensors file holds. */
export interface Safetensors {
  readonly tensors: ReadonlyMap<string, SavedArray>;
  /** Free text the writer left. */
  readonly metadata: Readonly<Record<string, string>>;
}

/** The limit of the format's reference implementation; a larger header is an attack or damage. */
const maximumHeaderLength = 100_000_000;
const lengthBytes = 8;
/** Padding of the header, so that the values start at a multiple of it. */
const alignment = 8;

const formatNames: Readonly<Record<DType, string>> = { float32: "F32", int32: "I32", uint8: "U8", bool: "BOOL" };
const dtypesByFormatName = new Map<unknown, DType>([
  ["F32", "float32"],
  ["I32", "int32"],
  ["U8", "uint8"],
  ["BOOL", "bool"],
]);

/**
 * The bytes of a safetensors file. Equal content gives equal bytes, in the order of the map.
 *
 * @throws RangeError If an array does not fill its shape, or a name is `__metadata__`.
 * @example
 * const bytes = encodeSafetensors(
 *   new Map([["kernel", { dtype: "float32", shape: [2, 2], data: new Float32Array([1, 0, 0, 1]) }]]),
 * );
 */
export function encodeSafetensors(
  tensors: ReadonlyMap<string, SavedArray>,
  metadata: Readonly<Record<string, string>> = {},
): Uint8Array {
  const entries: [string, unknown][] = Object.keys(metadata).length > 0 ? [["__metadata__", metadata]] : [];
  let end = 0;
  for (const [name, { dtype, shape, data }] of tensors) {
    if (name === "__metadata__")
      throw new RangeError('safetensors: a tensor cannot be called "__metadata__"; rename it');
    if (data.length !== sizeOf(shape))
      throw new RangeError(
        `safetensors: "${name}" has ${data.length} values, but its shape ${formatShape(shape)} holds ${sizeOf(shape)}`,
      );
    const begin = end;
    end += data.length * bytesPerElement[dtype];
    entries.push([name, { dtype: formatNames[dtype], shape, data_offsets: [begin, end] }]);
  }
  const text = new TextEncoder().encode(JSON.stringify(Object.fromEntries(entries)));
  const headerLength = Math.ceil(text.length / alignment) * alignment;
  const bytes = new Uint8Array(lengthBytes + headerLength + end);
  const view = new DataView(bytes.buffer);
  view.setBigUint64(0, BigInt(headerLength), true);
  bytes.fill(0x20, lengthBytes, lengthBytes + headerLength);
  bytes.set(text, lengthBytes);
  let offset = lengthBytes + headerLength;
  for (const { dtype, data } of tensors.values()) {
    writeValues(view, offset, dtype, data);
    offset += data.length * bytesPerElement[dtype];
  }
  return bytes;
}

/**
 * Reads the bytes of a safetensors file. Everything the header says is checked before memory is taken for it.
 *
 * @param file How messages call the file.
 * @throws Error If the file is truncated or damaged, its ranges leave gaps or overlap, or it holds an element type other than
 *   F32, I32, U8 and BOOL; the message names the file, the tensor and what is wrong.
 */
export function decodeSafetensors(bytes: Uint8Array, file = "safetensors"): Safetensors {
  const { entries, metadata, dataStart } = readHeader(bytes, file);
  checkRanges(entries, bytes.length - dataStart, file);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const tensors = new Map<string, SavedArray>();
  for (const { name, dtype, shape, begin } of entries)
    tensors.set(name, { dtype, shape, data: readValues(view, dataStart + begin, dtype, sizeOf(shape), name, file) });
  return { tensors, metadata };
}

interface Entry {
  readonly name: string;
  readonly dtype: DType;
  readonly shape: Shape;
  /** The range of bytes, counted from the header's end. */
  readonly begin: number;
  readonly end: number;
}

function readHeader(
  bytes: Uint8Array,
  file: string,
): { entries: Entry[]; metadata: Record<string, string>; dataStart: number } {
  if (bytes.length < lengthBytes)
    throw new Error(`${file}: ${bytes.length} bytes are too few for a safetensors file; it seems truncated`);
  const declared = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength).getBigUint64(0, true);
  const available = bytes.length - lengthBytes;
  if (declared > BigInt(Math.min(available, maximumHeaderLength)))
    throw new Error(
      `${file}: the header is said to be ${declared} bytes long, but ${available} follow (at most ${maximumHeaderLength} are allowed); ` +
        "the file is truncated, damaged, or not in the safetensors format",
    );
  const dataStart = lengthBytes + Number(declared);
  const header = parseHeader(bytes.subarray(lengthBytes, dataStart), file);
  const entries: Entry[] = [];
  let metadata: Record<string, string> = {};
  for (const [name, value] of Object.entries(header)) {
    if (name === "__metadata__") metadata = readMetadata(value, file);
    else entries.push(readEntry(name, value, file));
  }
  return { entries, metadata, dataStart };
}

function parseHeader(bytes: Uint8Array, file: string): object {
  let parsed: unknown;
  try {
    parsed = JSON.parse(new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes));
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new Error(`${file}: the header is not JSON in UTF-8 (${reason}); the file is damaged or in another format`);
  }
  if (bytes[0] !== "{".charCodeAt(0) || !isRecord(parsed))
    throw new Error(`${file}: the header is not a JSON object; the file is damaged or in another format`);
  return parsed;
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function readMetadata(value: unknown, file: string): Record<string, string> {
  const texts = (isRecord(value) ? Object.entries(value) : []).map(([key, text]): [string, string] => {
    if (typeof text !== "string")
      throw new Error(
        `${file}: the metadata "${key}" is ${JSON.stringify(text)}, expected text; the header is damaged`,
      );
    return [key, text];
  });
  return Object.fromEntries(texts);
}

function isSize(value: unknown): value is number {
  return typeof value === "number" && Number.isSafeInteger(value) && value >= 0;
}

function readEntry(name: string, value: unknown, file: string): Entry {
  const fail = (what: string): never => {
    throw new Error(`${file}: tensor "${name}": ${what}; the header is damaged or of an unknown version`);
  };
  if (!isRecord(value)) return fail(`its description is ${JSON.stringify(value)}, expected an object`);
  const { dtype: formatName, shape, data_offsets: offsets } = value;
  const dtype = dtypesByFormatName.get(formatName);
  if (!dtype)
    throw new Error(
      `${file}: tensor "${name}" has the element type ${JSON.stringify(formatName)}; only F32, I32, U8 and BOOL can be read, ` +
        "convert it to F32 before",
    );
  if (!Array.isArray(shape) || !shape.every(isSize))
    return fail(`its shape is ${JSON.stringify(shape)}, expected an array of whole numbers`);
  if (!Array.isArray(offsets) || offsets.length !== 2 || !offsets.every(isSize))
    return fail(`its data_offsets are ${JSON.stringify(offsets)}, expected two whole numbers`);
  const [begin, end] = offsets as [number, number];
  const size = sizeOf(shape) * bytesPerElement[dtype];
  if (!Number.isSafeInteger(size) || end - begin !== size)
    return fail(`bytes [${begin}, ${end}) do not hold ${dtype}${formatShape(shape)}, which takes ${size} bytes`);
  return { name, dtype, shape, begin, end };
}

/** The ranges must cover the values exactly: neither gap nor overlap, nothing missing at the end and nothing too much. */
function checkRanges(entries: readonly Entry[], available: number, file: string): void {
  let covered = 0;
  for (const { name, begin, end } of [...entries].sort((a, b) => a.begin - b.begin || a.end - b.end)) {
    if (begin !== covered)
      throw new Error(
        `${file}: tensor "${name}" starts at byte ${begin} of the values, expected ${covered}: ` +
          `the ranges ${begin < covered ? "overlap" : "leave a gap"}, so the header is damaged`,
      );
    covered = end;
  }
  if (covered !== available)
    throw new Error(
      `${file}: the header describes ${covered} bytes of values, and ${available} follow it; ` +
        `the file is ${available < covered ? "truncated" : "damaged: something was appended"}`,
    );
}

function writeValues(view: DataView, offset: number, dtype: DType, data: TypedArray): void {
  const size = bytesPerElement[dtype];
  for (let i = 0; i < data.length; i++) {
    const value = data[i] as number;
    if (dtype === "float32") view.setFloat32(offset + i * size, value, true);
    else if (dtype === "int32") view.setInt32(offset + i * size, value, true);
    else view.setUint8(offset + i, value);
  }
}

function readValues(
  view: DataView,
  offset: number,
  dtype: DType,
  length: number,
  name: string,
  file: string,
): TypedArray {
  const data = typedArray(dtype, length);
  const size = bytesPerElement[dtype];
  for (let i = 0; i < length; i++) {
    if (dtype === "float32") data[i] = view.getFloat32(offset + i * size, true);
    else if (dtype === "int32") data[i] = view.getInt32(offset + i * size, true);
    else data[i] = view.getUint8(offset + i);
    if (dtype === "bool" && (data[i] as number) > 1)
      throw new Error(
        `${file}: tensor "${name}": element ${i} of a BOOL is ${data[i]}, expected 0 or 1; the file is damaged`,
      );
  }
  return data;
}
