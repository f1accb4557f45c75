/** A model's files in a folder. */
import { mkdir, readFile, rm, rmdir } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { writeFilesTogether } from "../../data/sources/atomic-file.node.ts";
import type { ModelFiles, ModelStore } from "../../models/saver.ts";

/**
 * The store in a folder, which is made when something is written. Files that belong together are written so that nobody finds half
 * of one, nor for longer than a moment new ones beside old ones.
 *
 * @param place A path or a `file:` URL.
 */
export function openFolder(place: string | URL): ModelStore {
  const directory = place instanceof URL || place.startsWith("file:") ? fileURLToPath(place) : place;
  return {
    name: directory,
    write: (files: ModelFiles) => writeFolder(directory, files),
    read: (file: string) => readFileOf(directory, file),
  };
}

async function writeFolder(directory: string, files: ModelFiles): Promise<void> {
  await mkdir(directory, { recursive: true });
  await writeFilesTogether(new Map([...files].map(([name, content]) => [join(directory, name), content])));
}

async function readFileOf(directory: string, name: string): Promise<Uint8Array> {
  const path = join(directory, name);
  try {
    return await readFile(path);
  } catch (error) {
    if (!(error instanceof Error && "code" in error) || error.code !== "ENOENT") throw error;
    throw new Error(
      `${path}: there is no such file, so "${directory}" is not a saved model; give the folder that save was given`,
    );
  }
}

/** Removes files of a folder, and the folder itself if nothing else is in it. What is not there is no error. */
export async function removeFilesOf(directory: string, names: readonly string[]): Promise<void> {
  for (const name of names) await rm(join(directory, name), { force: true });
  await rmdir(directory).catch(() => {});
}
