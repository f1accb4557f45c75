/** IDX files in pages: fetched from an address, plain or compressed by gzip. */
import { decodeIdx, type IdxArray } from "./idx.ts";

/** @param path An address, absolute or relative to the page. */
export async function readIdxFile(path: string): Promise<IdxArray> {
  const response = await fetch(path);
  if (!response.ok) throw new Error(`${path} cannot be fetched (status ${response.status} ${response.statusText})`);
  const content = new Uint8Array(await response.arrayBuffer());
  // A server that declares the compression leaves it to the browser to undo it.
  const isCompressed = content[0] === 0x1f && content[1] === 0x8b;
  return decodeIdx(isCompressed ? await decompress(content, path) : content, path);
}

export function writeIdxFile(path: string, _array: IdxArray): Promise<void> {
  return Promise.reject(new Error(`${path}: pages cannot write files; offer what encodeIdx gives for download`));
}

async function decompress(content: Uint8Array<ArrayBuffer>, path: string): Promise<Uint8Array> {
  try {
    const stream = new Blob([content]).stream().pipeThrough(new DecompressionStream("gzip"));
    return new Uint8Array(await new Response(stream).arrayBuffer());
  } catch (error) {
    throw new Error(`${path}: damaged gzip data: ${error instanceof Error ? error.message : error}`, { cause: error });
  }
}
