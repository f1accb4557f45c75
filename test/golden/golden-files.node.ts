/** The text of the golden files. */
import { readFileSync } from "node:fs";

export function readGoldenText(file: string): string {
  return readFileSync(new URL(file, import.meta.url), "utf8");
}
