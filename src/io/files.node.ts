/** Files on disk: written so that nobody ever finds half of one, and read with messages that say what was sought. */
import { mkdir, open, readFile, rename, rm } from "node:fs/promises";
import { join } from "node:path";

/**
 * Writes several files of a folder that belong together. All are first written under temporary names and forced to the disk;
 * only then do they get their names, one right after the other, replacing older ones. The folder is made if need be.
 *
 * @param files Contents by name; the last one named is put in place last.
 * @throws Node's own errors if the folder cannot be written; files that were there stay as they were.
 */
export async function writeFilesTogether(directory: string, files: ReadonlyMap<string, Uint8Array>): Promise<void> {
  await mkdir(directory, { recursive: true });
  const suffix = `.${process.pid}.${Math.random().toString(36).slice(2)}.partial`;
  const written: { readonly temporary: string; readonly path: string }[] = [];
  try {
    for (const [name, content] of files) {
      const path = join(directory, name);
      const temporary = `${path}${suffix}`;
      written.push({ temporary, path });
      await writeDurably(temporary, content);
    }
    for (const { temporary, path } of written) await rename(temporary, path);
  } catch (error) {
    await Promise.all(written.map(({ temporary }) => rm(temporary, { force: true })));
    throw error;
  }
  await syncFolder(directory);
}

async function writeDurably(path: string, content: Uint8Array): Promise<void> {
  const file = await open(path, "wx");
  try {
    await file.writeFile(content);
    await file.sync();
  } finally {
    await file.close();
  }
}

/** Makes renamings durable. Some systems cannot open or sync folders; there they are atomic all the same. */
async function syncFolder(path: string): Promise<void> {
  try {
    const folder = await open(path, "r");
    try {
      await folder.sync();
    } finally {
      await folder.close();
    }
  } catch {}
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
