/**
 * The IDX format of the MNIST family: a big-endian header of two zero bytes, the element type, the rank and the dimensions,
 * then the elements, row-major and big-endian. Decoding is strict: a file that is too short or too long is an error.
 */
import { formatShape, type Shape, sizeOf } from "../../graph/shape.ts";

/** The typed arrays that IDX can hold. */
export type IdxData = Uint8Array | Int8Array | Int16Array | Int32Array | Float32Array | Float64Array;

/** What an IDX file holds: its elements, row-major, and its dimensions from the outermost to the innermost. */
export interface IdxArray {
  readonly data: IdxData;
  readonly shape: Shape;
}

/** The element types by the code in the header's third byte. */
const elementTypes = [
  {
    code: 0x08,
    bytes: 1,
    create: (length: number) => new Uint8Array(length),
    read: (view: DataView, offset: number) => view.getUint8(offset),
    write: (view: DataView, offset: number, value: number) => view.setUint8(offset, value),
  },
  {
    code: 0x09,
    bytes: 1,
    create: (length: number) => new Int8Array(length),
    read: (view: DataView, offset: number) => view.getInt8(offset),
    write: (view: DataView, offset: number, value: number) => view.setInt8(offset, value),
  },
  {
    code: 0x0b,
    bytes: 2,
    create: (length: number) => new Int16Array(length),
    read: (view: DataView, offset: number) => view.getInt16(offset),
    write: (view: DataView, offset: number, value: number) => view.setInt16(offset, value),
  },
  {
    code: 0x0c,
    bytes: 4,
    create: (length: number) => new Int32Array(length),
    read: (view: DataView, offset: number) => view.getInt32(offset),
    write: (view: DataView, offset: number, value: number) => view.setInt32(offset, value),
  },
  {
    code: 0x0d,
    bytes: 4,
    create: (length: number) => new Float32Array(length),
    read: (view: DataView, offset: number) => view.getFloat32(offset),
    write: (view: DataView, offset: number, value: number) => view.setFloat32(offset, value),
  },
  {
    code: 0x0e,
    bytes: 8,
    create: (length: number) => new Float64Array(length),
    read: (view: DataView, offset: number) => view.getFloat64(offset),
    write: (view: DataView, offset: number, value: number) => view.setFloat64(offset, value),
  },
] as const;

const hex = (value: number) => `0x${value.toString(16).padStart(2, "0")}`;

/**
 * Decodes an IDX file.
 *
 * @param bytes The whole file, not compressed. The result has memory of its own.
 * @param file What error messages call it.
 * @returns The elements and their shape; a rank of 0 gives one element of shape `[]`.
 * @throws Error If the header is no IDX header, or the file is longer or shorter than its dimensions say. The message names
 *   the file, what was found and what was expected.
 *
 * @example
 * const { data, shape } = decodeIdx(Uint8Array.of(0, 0, 8, 1, 0, 0, 0, 2, 7, 9), "two.idx"); // [7, 9], shape [2]
 */
export function decodeIdx(bytes: Uint8Array, file: string): IdxArray {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.length < 4) throw new Error(`${file}: ${bytes.length} bytes are no IDX file: its header has at least 4`);
  if (bytes[0] === 0x1f && bytes[1] === 0x8b) throw new Error(`${file}: compressed by gzip; decompress it first`);
  if (view.getUint16(0) !== 0)
    throw new Error(
      `${file}: starts with the bytes ${hex(view.getUint8(0))} ${hex(view.getUint8(1))}, IDX with two zeros`,
    );
  const code = view.getUint8(2);
  const type = elementTypes.find((candidate) => candidate.code === code);
  if (!type) {
    const known = elementTypes.map((candidate) => hex(candidate.code)).join(", ");
    throw new Error(`${file}: element type ${hex(code)}, expected one of ${known}`);
  }
  const rank = view.getUint8(3);
  const headerBytes = 4 + 4 * rank;
  if (bytes.length < headerBytes)
    throw new Error(`${file}: ${bytes.length} bytes, but the header of an array with ${rank} axes has ${headerBytes}`);
  const shape = Array.from({ length: rank }, (_, axis) => view.getUint32(4 + 4 * axis));
  const size = sizeOf(shape);
  const expected = headerBytes + size * type.bytes;
  if (bytes.length !== expected)
    throw new Error(
      `${file}: ${bytes.length} bytes, expected ${expected} for the shape ${formatShape(shape)} in its header: ` +
        `the file is ${bytes.length < expected ? "cut short" : "longer than its array"}`,
    );
  const data = type.create(size);
  if (type.bytes === 1) new Uint8Array(data.buffer).set(bytes.subarray(headerBytes));
  else for (let index = 0; index < size; index++) data[index] = type.read(view, headerBytes + index * type.bytes);
  return { data, shape };
}

/**
 * Encodes an array as an IDX file; the element type follows from the typed array.
 *
 * @throws Error If the data does not fill the shape, or the rank exceeds 255 or a dimension 2^32 - 1.
 *
 * @example
 * const bytes = encodeIdx({ data: Int16Array.of(1, 2, 3, 4), shape: [2, 2] });
 */
export function encodeIdx({ data, shape }: IdxArray): Uint8Array {
  if (sizeOf(shape) !== data.length)
    throw new Error(
      `IDX: ${data.length} values do not fill the shape ${formatShape(shape)}, which holds ${sizeOf(shape)}`,
    );
  if (shape.length > 255 || shape.some((dimension) => dimension > 0xffffffff))
    throw new Error(`IDX: the shape ${formatShape(shape)} exceeds 255 axes or 2^32 - 1 elements in one of them`);
  const type = elementTypes.find((candidate) => candidate.create(0).constructor === data.constructor);
  if (!type) throw new Error(`IDX: cannot hold a ${data.constructor.name}`);
  const headerBytes = 4 + 4 * shape.length;
  const bytes = new Uint8Array(headerBytes + data.length * type.bytes);
  const view = new DataView(bytes.buffer);
  view.setUint8(2, type.code);
  view.setUint8(3, shape.length);
  for (const [axis, dimension] of shape.entries()) view.setUint32(4 + 4 * axis, dimension);
  for (const [index, value] of data.entries()) type.write(view, headerBytes + index * type.bytes, value);
  return bytes;
}
