/** A text file that grows line by line. */
import { appendFile, readFile, writeFile } from "node:fs/promises";

/** The lines of a file; none if there is no such file. */
export async function linesOf(path: string): Promise<readonly string[]> {
  try {
    const lines = (await readFile(path, "utf8")).split("\n");
    return lines.at(-1) === "" ? lines.slice(0, -1) : lines;
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return [];
    throw error;
  }
}

/** Leaves the first lines of a file only. */
export async function keepLines(path: string, count: number): Promise<void> {
  const lines = (await linesOf(path)).slice(0, count);
  await writeFile(path, lines.map((line) => `${line}\n`).join(""));
}

/** Makes an empty file, or empties one. */
export async function startFile(path: string): Promise<void> {
  await writeFile(path, "");
}

export async function appendLine(path: string, line: string): Promise<void> {
  await appendFile(path, `${line}\n`);
}
