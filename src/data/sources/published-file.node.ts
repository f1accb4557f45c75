/** Files that a publisher distributes compressed by gzip with an MD5: verified whenever they are read, and fetched. */
import { createHash } from "node:crypto";
import { mkdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { writeFileAtomically } from "./atomic-file.node.ts";

export interface PublishedFile {
  /** The file's name, ending in `.gz`. */
  readonly name: string;
  /** The MD5 that the publisher states for the compressed file, in hexadecimal. */
  readonly md5: string;
  /** The time in the gzip header of the published file, in seconds since 1970. */
  readonly modified: number;
}

/**
 * Reads a published file and verifies it against the publisher's MD5.
 *
 * Linux distributions repack such files: for reproducible packages they drop the name and the time from the gzip header,
 * which changes the MD5 of the file and not a bit of its content. So the sum is taken over the file with the publisher's
 * header put back, and both forms are held to the published MD5.
 *
 * @throws Error If the sum differs; the message names the file, both sums and the mend.
 */
export async function readPublishedFile(directory: string, file: PublishedFile): Promise<Uint8Array> {
  const path = join(directory, file.name);
  const content = await readFile(path);
  verify(content, file, path, "the file is damaged; remove it and run again, or reinstall the package it belongs to");
  return content;
}

/**
 * Downloads a published file into a folder, trying the addresses in order. It gets its name only once it is verified and
 * on the disk.
 *
 * @param addresses Where the publisher keeps the files: addresses ending in `/` to which the file's name is appended.
 * @throws AggregateError If no address gives the file; one error for each of them.
 */
export async function downloadPublishedFile(
  directory: string,
  file: PublishedFile,
  addresses: readonly string[],
): Promise<void> {
  const errors: unknown[] = [];
  for (const address of addresses) {
    const url = `${address}${file.name}`;
    try {
      const response = await fetch(url, { signal: AbortSignal.timeout(downloadMilliseconds) });
      if (!response.ok) throw new Error(`${url}: HTTP status ${response.status} ${response.statusText}`);
      const content = new Uint8Array(await response.arrayBuffer());
      verify(content, file, url, "the download is damaged; try again later");
      await mkdir(directory, { recursive: true });
      await writeFileAtomically(join(directory, file.name), content);
      return;
    } catch (error) {
      errors.push(isFetchFailure(error) ? new Error(`${url}: ${reasonOf(error)}`, { cause: error }) : error);
    }
  }
  const reasons = errors.map((error) => (error instanceof Error ? error.message : String(error)));
  throw new AggregateError(errors, `${file.name} could not be downloaded: ${reasons.join("; ")}`);
}

const downloadMilliseconds = 10 * 60 * 1000;

function verify(content: Uint8Array, file: PublishedFile, path: string, mend: string): void {
  const sum = createHash("md5");
  for (const part of withPublishedHeader(content, file)) sum.update(part);
  const found = sum.digest("hex");
  if (found !== file.md5) throw new Error(`${path}: MD5 is ${found}, expected ${file.md5}: ${mend}`);
}

/** The parts of the file as published: the header with its name and time, and all that follows the header. */
function withPublishedHeader(content: Uint8Array, file: PublishedFile): Uint8Array[] {
  const start = gzipHeaderLength(content);
  if (start === undefined) return [content]; // not gzip at all: its own sum tells
  const header = new Uint8Array(10);
  header.set([0x1f, 0x8b, 8, hasName]);
  new DataView(header.buffer).setUint32(4, file.modified, true);
  header.set(content.subarray(8, 10), 8); // compression level and system: repacking keeps them
  const name = new TextEncoder().encode(file.name.replace(/\.gz$/, "\0"));
  return [header, name, content.subarray(start)];
}

// Flags in a gzip header, RFC 1952.
const hasHeaderCrc = 2;
const hasExtraField = 4;
const hasName = 8;
const hasComment = 16;

/** Where the compressed data begin; undefined if the file is not gzip. */
function gzipHeaderLength(content: Uint8Array): number | undefined {
  if (content.length < 18 || content[0] !== 0x1f || content[1] !== 0x8b || content[2] !== 8) return undefined;
  const flags = content[3] as number;
  let position = 10;
  if (flags & hasExtraField) position += 2 + (content[position] as number) + 256 * (content[position + 1] as number);
  for (const text of [hasName, hasComment]) {
    if (!(flags & text)) continue;
    const end = content.indexOf(0, position);
    if (end < 0) return undefined;
    position = end + 1;
  }
  if (flags & hasHeaderCrc) position += 2;
  return position;
}

/** `fetch` throws a TypeError whose cause tells what really went wrong. */
function isFetchFailure(error: unknown): error is Error {
  return error instanceof Error && (error.message === "fetch failed" || error.name === "TimeoutError");
}

function reasonOf(error: Error): string {
  if (error.name === "TimeoutError") return `no answer within ${downloadMilliseconds / 60000} minutes`;
  return error.cause instanceof Error && error.cause.message ? error.cause.message : error.message;
}
