import { expect, test } from "vitest";
import { decodeSafetensors, encodeSafetensors, type SavedArray } from "./safetensors.ts";

const arrays = new Map<string, SavedArray>([
  [
    "weights",
    { dtype: "float32", shape: [2, 2], data: new Float32Array([1.5, -0, Number.NaN, Number.POSITIVE_INFINITY]) },
  ],
  ["flags", { dtype: "bool", shape: [3], data: new Uint8Array([1, 0, 1]) }],
  ["bytes", { dtype: "uint8", shape: [2], data: new Uint8Array([0, 255]) }],
  ["scalar", { dtype: "int32", shape: [], data: new Int32Array([-7]) }],
  ["nothing", { dtype: "float32", shape: [0, 4], data: new Float32Array() }],
  ["__proto__", { dtype: "uint8", shape: [1], data: new Uint8Array([9]) }],
]);

/** A file with any header, as a writer that errs would make it. */
function file(header: string, values: number, declared = header.length): Uint8Array {
  const bytes = new Uint8Array(8 + header.length + values);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(declared), true);
  bytes.set(new TextEncoder().encode(header), 8);
  return bytes;
}

const entry = (dtype: string, shape: unknown, offsets: unknown) => ({ dtype, shape, data_offsets: offsets });

test("what was written is read again, bit by bit, with its metadata", () => {
  const bytes = encodeSafetensors(arrays, { format: "rappel" });
  const { tensors, metadata } = decodeSafetensors(bytes);
  expect([...tensors]).toEqual([...arrays]);
  expect(Object.is(tensors.get("weights")?.data[1], -0)).toBe(true);
  expect(metadata).toEqual({ format: "rappel" });
  expect(encodeSafetensors(tensors, metadata)).toEqual(bytes);
});

test("the header is JSON padded with spaces, and the values begin at a multiple of 8", () => {
  const bytes = encodeSafetensors(new Map([["a", { dtype: "uint8", shape: [1], data: new Uint8Array([5]) }]]));
  const length = Number(new DataView(bytes.buffer).getBigUint64(0, true));
  expect(length % 8).toBe(0);
  const text = new TextDecoder().decode(bytes.subarray(8, 8 + length));
  expect(JSON.parse(text)).toEqual({ a: { dtype: "U8", shape: [1], data_offsets: [0, 1] } });
  expect(text.trimEnd().endsWith("}")).toBe(true);
  expect(bytes[8 + length]).toBe(5);
});

test("a file in a larger buffer at an odd offset is read as well", () => {
  const bytes = encodeSafetensors(arrays);
  const larger = new Uint8Array(bytes.length + 3);
  larger.set(bytes, 3);
  expect([...decodeSafetensors(larger.subarray(3)).tensors]).toEqual([...arrays]);
});

test.each([
  ["an empty file", new Uint8Array(), /m: 0 bytes are too few/],
  ["a header longer than the file", file("{}", 0, 3), /header is said to be 3 bytes long, but 2 follow/],
  ["a header length of 2^63", file("{}", 0, Number(2n ** 62n)), /header is said to be/],
  ["a header that is no JSON", file("{nonsense", 0), /header is not JSON/],
  ["a header that is an array", file("[]", 0), /header is not a JSON object/],
  ["a header that starts with a space", file(" {}", 0), /header is not a JSON object/],
  [
    "an unknown element type",
    file(JSON.stringify({ a: entry("F16", [1], [0, 2]) }), 2),
    /"a" has the element type "F16"/,
  ],
  ["a negative size", file(JSON.stringify({ a: entry("U8", [-1], [0, 0]) }), 0), /"a": its shape is \[-1\]/],
  ["a fraction", file(JSON.stringify({ a: entry("U8", [0.5], [0, 0]) }), 0), /"a": its shape is \[0.5\]/],
  ["an overflowing size", file(JSON.stringify({ a: entry("F32", [2 ** 52, 2 ** 52], [0, 4]) }), 4), /do not hold/],
  ["offsets backwards", file(JSON.stringify({ a: entry("U8", [1], [1, 0]) }), 1), /bytes \[1, 0\) do not hold/],
  ["three offsets", file(JSON.stringify({ a: entry("U8", [1], [0, 1, 2]) }), 1), /data_offsets are \[0,1,2\]/],
  ["a size that differs from the shape", file(JSON.stringify({ a: entry("F32", [2], [0, 4]) }), 4), /takes 8 bytes/],
  [
    "an overlap",
    file(JSON.stringify({ a: entry("U8", [2], [0, 2]), b: entry("U8", [2], [1, 3]) }), 3),
    /"b" starts at byte 1 .* expected 2: the ranges overlap/,
  ],
  [
    "a gap",
    file(JSON.stringify({ a: entry("U8", [1], [0, 1]), b: entry("U8", [1], [2, 3]) }), 3),
    /the ranges leave a gap/,
  ],
  [
    "values cut off",
    file(JSON.stringify({ a: entry("U8", [4], [0, 4]) }), 3),
    /4 bytes of values, and 3 follow it; .* truncated/,
  ],
  ["something appended", file(JSON.stringify({ a: entry("U8", [1], [0, 1]) }), 2), /something was appended/],
  ["metadata that is no text", file('{"__metadata__":{"a":1}}', 0), /metadata "a" is 1, expected text/],
])("%s is an error that says so", (_, bytes, message) => {
  expect(() => decodeSafetensors(bytes, "m")).toThrow(message);
});

test("a BOOL other than 0 and 1 is damage", () => {
  const bytes = file(JSON.stringify({ a: entry("BOOL", [1], [0, 1]) }), 1);
  bytes[bytes.length - 1] = 2;
  expect(() => decodeSafetensors(bytes, "m")).toThrow(/element 0 of a BOOL is 2/);
});

test("an array that does not fill its shape is not written", () => {
  const short: SavedArray = { dtype: "float32", shape: [3], data: new Float32Array(2) };
  expect(() => encodeSafetensors(new Map([["a", short]]))).toThrow(/"a" has 2 values, but its shape \[3\] holds 3/);
});
