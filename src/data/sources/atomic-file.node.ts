/** Writing files so that nobody ever finds half of one under its name, not even after a loss of power. */
import { open, rename, rm } from "node:fs/promises";
import { dirname } from "node:path";

/**
 * Writes `content` beside `path` under a temporary name, forces it to the disk, and only then gives it its name,
 * replacing a file that was there. On failure the temporary file is removed and the old one stays as it was.
 *
 * @throws Error Node's own, naming the path, if the folder does not exist or cannot be written.
 */
export async function writeFileAtomically(path: string, content: Uint8Array | string): Promise<void> {
  await writeFilesTogether(new Map([[path, content]]));
}

/**
 * Writes files that belong together: all of them first, each as `writeFileAtomically` does, and then they get their names one
 * right after the other, in order.
 *
 * @param contents By path.
 * @throws Error Node's own, naming the path, if a folder does not exist or cannot be written.
 */
export async function writeFilesTogether(contents: ReadonlyMap<string, Uint8Array | string>): Promise<void> {
  const suffix = `.${process.pid}.${Math.random().toString(36).slice(2)}.partial`;
  try {
    for (const [path, content] of contents) await writeDurably(`${path}${suffix}`, content);
    for (const path of contents.keys()) await rename(`${path}${suffix}`, path);
  } catch (error) {
    for (const path of contents.keys()) await rm(`${path}${suffix}`, { force: true });
    throw error;
  }
  for (const folder of new Set([...contents.keys()].map(dirname))) await syncFolder(folder);
}

async function writeDurably(path: string, content: Uint8Array | string): Promise<void> {
  const file = await open(path, "wx");
  try {
    await file.writeFile(content);
    await file.sync();
  } finally {
    await file.close();
  }
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
