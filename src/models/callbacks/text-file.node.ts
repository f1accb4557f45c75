/** A text file that grows line by line. */
import { appendFile, readFile, writeFile } from "node:fs/promises";

/** The first line of a file; undefined if there is no such file or nothing in it. */
export async function firstLineOf(path: string): Promise<string | undefined> {
  try {
    const [line] = (await readFile(path, "utf8")).split("\n");
    return line || undefined;
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return undefined;
    throw error;
  }
}

/** Makes an empty file, or empties one. */
export async function startFile(path: string): Promise<void> {
  await writeFile(path, "");
}

export async function appendLine(path: string, line: string): Promise<void> {
  await appendFile(path, `${line}\n`);
}
