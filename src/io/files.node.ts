/** The files of a folder: written together, and read with messages that say what was sought. */
import { mkdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { writeFilesTogether } from "../data/sources/atomic-file.node.ts";

/**
 * Writes files of a folder that belong together, so that nobody finds half of one, nor for longer than a moment new ones beside
 * old ones. The folder is made if need be.
 *
 * @param files Contents by name.
 * @throws Node's own errors if the folder cannot be written; files that were there stay as they were.
 */
export async function writeFolder(directory: string, files: ReadonlyMap<string, Uint8Array>): Promise<void> {
  await mkdir(directory, { recursive: true });
  await writeFilesTogether(new Map([...files].map(([name, content]) => [join(directory, name), content])));
}

/**
 * The content of a file of a folder.
 *
 * @param whole What the folder should be, for the message: `a saved model`.
 * @throws If there is no such file, or Node's own errors.
 */
export async function readFileOf(directory: string, name: string, whole: string): Promise<Uint8Array> {
  const path = join(directory, name);
  try {
    return await readFile(path);
  } catch (error) {
    if (!(error instanceof Error && "code" in error) || error.code !== "ENOENT") throw error;
    throw new Error(
      `${path}: there is no such file, so "${directory}" is not ${whole}; give the folder that save was given`,
    );
  }
}
