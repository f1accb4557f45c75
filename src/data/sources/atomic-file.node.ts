/** Writing a file so that nobody ever finds half of it under its name, not even after a loss of power. */
import { open, rename, rm } from "node:fs/promises";
import { dirname } from "node:path";

/**
 * Writes `content` beside `path` under a temporary name, forces it to the disk, and only then gives it its name,
 * replacing a file that was there. On failure the temporary file is removed and the old one stays as it was.
 *
 * @throws Error Node's own, naming the path, if the folder does not exist or cannot be written.
 */
export async function writeFileAtomically(path: string, content: Uint8Array | string): Promise<void> {
  const temporary = `${path}.${process.pid}.${Math.random().toString(36).slice(2)}.partial`;
  try {
    const file = await open(temporary, "wx");
    try {
      await file.writeFile(content);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
  await syncFolder(dirname(path));
}

/** Makes a renaming durable. Some systems cannot open or sync folders; there the renaming is atomic all the same. */
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
