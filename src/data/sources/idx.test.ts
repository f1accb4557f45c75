import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { readIdxFile, writeIdxFile } from "./idx.node.ts";
import { decodeIdx, encodeIdx, type IdxData } from "./idx.ts";

const arrays: readonly IdxData[] = [
  Uint8Array.of(0, 1, 254, 255, 7, 8),
  Int8Array.of(-128, -1, 0, 1, 127, 5),
  Int16Array.of(-32768, -2, 0, 1, 258, 32767),
  Int32Array.of(-2147483648, -2, 0, 1, 66051, 2147483647),
  Float32Array.of(-0, 1.5, Math.fround(1 / 3), Number.POSITIVE_INFINITY, Number.NaN, -1e-40),
  Float64Array.of(-0, 1.5, Math.PI, Number.NEGATIVE_INFINITY, Number.NaN, 5e-324),
];

describe("every element type", () => {
  for (const data of arrays)
    test(`${data.constructor.name} survives the way out and back`, () => {
      const decoded = decodeIdx(encodeIdx({ data, shape: [3, 2] }), "array");
      expect(decoded.data).toEqual(data);
      expect(decoded.shape).toEqual([3, 2]);
    });
});

test("the bytes are those of the format: big-endian, type and rank in the magic number", () => {
  expect([...encodeIdx({ data: Int16Array.of(1, -2), shape: [1, 2] })]).toEqual([
    ...[0, 0, 0x0b, 2],
    ...[0, 0, 0, 1],
    ...[0, 0, 0, 2],
    ...[0, 1],
    ...[255, 254],
  ]);
});

test("a scalar and an empty array are arrays too", () => {
  expect(decodeIdx(encodeIdx({ data: Float32Array.of(2.5), shape: [] }), "scalar").shape).toEqual([]);
  expect(decodeIdx(encodeIdx({ data: new Uint8Array(0), shape: [0, 28, 28] }), "empty").shape).toEqual([0, 28, 28]);
});

test("decoding works in the middle of a larger buffer", () => {
  const bytes = encodeIdx({ data: Int32Array.of(5, 6), shape: [2] });
  const larger = new Uint8Array(bytes.length + 3);
  larger.set(bytes, 3);
  expect([...decodeIdx(larger.subarray(3), "part").data]).toEqual([5, 6]);
});

describe("a damaged file is an error that names it, what was found and what was expected", () => {
  const good = encodeIdx({ data: Uint8Array.of(1, 2, 3, 4, 5, 6), shape: [3, 2] });
  const withByte = (index: number, value: number) => {
    const bytes = good.slice();
    bytes[index] = value;
    return bytes;
  };
  const cases: readonly [name: string, bytes: Uint8Array, message: string][] = [
    ["empty", new Uint8Array(0), "t.idx: 0 bytes are no IDX file"],
    ["wrong magic", withByte(0, 0x50), "t.idx: starts with the bytes 0x50 0x00, IDX with two zeros"],
    ["unknown type", withByte(2, 0x0a), "t.idx: element type 0x0a, expected one of 0x08, 0x09, 0x0b, 0x0c, 0x0d, 0x0e"],
    ["header cut short", good.subarray(0, 9), "t.idx: 9 bytes, but the header of an array with 2 axes has 12"],
    [
      "cut short",
      good.subarray(0, 17),
      "t.idx: 17 bytes, expected 18 for the shape [3, 2] in its header: the file is cut short",
    ],
    [
      "too long",
      Uint8Array.of(...good, 0),
      "19 bytes, expected 18 for the shape [3, 2] in its header: the file is longer",
    ],
    ["other dimension", withByte(7, 4), "t.idx: 18 bytes, expected 20 for the shape [4, 2]"],
    ["huge dimension", withByte(4, 0xff), "expected 8556380178 for the shape [4278190083, 2]"],
    ["compressed", Uint8Array.of(0x1f, 0x8b, 8, 0), "t.idx: compressed by gzip; decompress it first"],
  ];
  for (const [name, bytes, message] of cases)
    test(name, () => {
      expect(() => decodeIdx(bytes, "t.idx")).toThrow(message);
    });

  test("an array that does not fill its shape is not written", () => {
    expect(() => encodeIdx({ data: new Uint8Array(5), shape: [2, 3] })).toThrow(
      "5 values do not fill the shape [2, 3]",
    );
  });
});

describe("on disk", () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "rappel-idx-"));
  });
  afterAll(() => rm(folder, { recursive: true }));

  test("plain and compressed files read the same, and nothing else is left behind", async () => {
    const array = { data: Int32Array.of(1, -2, 3), shape: [3] };
    await writeIdxFile(join(folder, "a"), array);
    await writeIdxFile(join(folder, "a.gz"), array);
    expect(await readIdxFile(join(folder, "a"))).toEqual(array);
    expect(await readIdxFile(join(folder, "a.gz"))).toEqual(array);
    expect(gunzipSync(await readFile(join(folder, "a.gz")))).toEqual(await readFile(join(folder, "a")));
    expect((await readdir(folder)).sort()).toEqual(["a", "a.gz"]);
  });

  test("damaged compression names the file", async () => {
    const path = join(folder, "b.gz");
    await writeIdxFile(path, { data: new Float32Array(1000).fill(1.25), shape: [1000] });
    await writeFile(path, (await readFile(path)).subarray(0, 30));
    await expect(readIdxFile(path)).rejects.toThrow(`${path}: damaged gzip data: unexpected end of file`);
  });

  test("a folder that is not there is Node's error and leaves nothing", async () => {
    const missing = join(folder, "missing", "c");
    await expect(writeIdxFile(missing, { data: new Uint8Array(1), shape: [1] })).rejects.toThrow("ENOENT");
  });
});
