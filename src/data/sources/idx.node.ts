/** IDX files on disk, plain or compressed by gzip. */
import { readFile } from "node:fs/promises";
import { promisify } from "node:util";
import { gunzip, gzip } from "node:zlib";
import { writeFileAtomically } from "./atomic-file.node.ts";
import { decodeIdx, encodeIdx, type IdxArray } from "./idx.ts";

/**
 * Reads an IDX file; one that starts as gzip does is decompressed first, whatever it is called.
 *
 * @throws Error If the file cannot be read, decompressed or decoded; the message names it.
 *
 * @example
 * const labels = await readIdxFile("train-labels-idx1-ubyte.gz");
 */
export async function readIdxFile(path: string): Promise<IdxArray> {
  return decodeIdxFile(await readFile(path), path);
}

/** Decodes the content of an IDX file, plain or compressed by gzip; see `readIdxFile`. */
export async function decodeIdxFile(content: Uint8Array, path: string): Promise<IdxArray> {
  const isCompressed = content[0] === 0x1f && content[1] === 0x8b;
  return decodeIdx(isCompressed ? await decompress(content, path) : content, path);
}

/**
 * Writes an IDX file, compressed by gzip where the path ends in `.gz`. The file appears complete or not at all.
 *
 * @example
 * await writeIdxFile("labels-idx1-ubyte.gz", { data: Uint8Array.of(3, 1, 4), shape: [3] });
 */
export async function writeIdxFile(path: string, array: IdxArray): Promise<void> {
  const bytes = encodeIdx(array);
  await writeFileAtomically(path, path.endsWith(".gz") ? await promisify(gzip)(bytes) : bytes);
}

async function decompress(content: Uint8Array, path: string): Promise<Uint8Array> {
  try {
    return await promisify(gunzip)(content);
  } catch (error) {
    throw new Error(`${path}: damaged gzip data: ${error instanceof Error ? error.message : error}`, { cause: error });
  }
}
