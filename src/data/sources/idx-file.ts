/** IDX files by path, as the public API offers them: Node's file system is loaded only when they are used. */
import type { IdxArray } from "./idx.ts";

/**
 * Reads an IDX file of any element type, plain or compressed by gzip: in Node from a path, in a page from an address.
 *
 * @throws Error If the file cannot be read, decompressed or decoded; the message names it.
 *
 * @example
 * const { data, shape } = await readIdx("train-images-idx3-ubyte.gz"); // shape [60000, 28, 28]
 */
export async function readIdx(path: string): Promise<IdxArray> {
  return (await import("./idx.node.ts")).readIdxFile(path);
}

/**
 * Writes an array as an IDX file, compressed by gzip where the path ends in `.gz`. The file appears complete or not at all,
 * and its element type is that of the typed array. Only in Node.
 *
 * @example
 * await writeIdx("labels-idx1-ubyte.gz", { data: Uint8Array.of(3, 1, 4), shape: [3] });
 */
export async function writeIdx(path: string, array: IdxArray): Promise<void> {
  return (await import("./idx.node.ts")).writeIdxFile(path, array);
}
