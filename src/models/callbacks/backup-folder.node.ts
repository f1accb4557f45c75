/** The folder of a backup: a folder for each, named after its epoch once it is whole; the newest counts. */
import { mkdir, readdir, rename, rm, rmdir } from "node:fs/promises";
import { join } from "node:path";

const whole = /^epoch-(\d+)$/;
const partial = /^epoch-\d+\.partial$/;

/** The newest backup's folder; undefined if there is none. */
export async function latestBackup(directory: string): Promise<string | undefined> {
  const newest = (await namesIn(directory))
    .filter((name) => whole.test(name))
    .sort(byEpoch)
    .at(-1);
  return newest === undefined ? undefined : join(directory, newest);
}

/**
 * Makes a backup, and then removes those before it.
 *
 * @param write Writes its files to a folder.
 */
export async function writeBackup(
  directory: string,
  epoch: number,
  write: (folder: string) => Promise<void>,
): Promise<void> {
  const before = (await namesIn(directory)).filter((name) => whole.test(name) || partial.test(name));
  const name = `epoch-${epoch}`;
  const unfinished = join(directory, `${name}.partial`);
  await rm(unfinished, { recursive: true, force: true });
  await mkdir(unfinished, { recursive: true });
  await write(unfinished);
  // One of the same epoch is there only if somebody went back; a folder cannot be renamed onto it.
  await rm(join(directory, name), { recursive: true, force: true });
  await rename(unfinished, join(directory, name));
  for (const old of before) if (old !== name) await rm(join(directory, old), { recursive: true, force: true });
}

/** Removes all backups, and the folder if nothing else is in it. */
export async function removeBackups(directory: string): Promise<void> {
  for (const name of await namesIn(directory))
    if (whole.test(name) || partial.test(name)) await rm(join(directory, name), { recursive: true, force: true });
  await rmdir(directory).catch(() => {});
}

function byEpoch(a: string, b: string): number {
  return Number(a.match(whole)?.[1]) - Number(b.match(whole)?.[1]);
}

async function namesIn(directory: string): Promise<readonly string[]> {
  try {
    return await readdir(directory);
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return [];
    throw error;
  }
}
