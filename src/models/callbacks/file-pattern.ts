/** Names of files and folders with numbers of the training in them, such as `checkpoints/{epoch:03d}-{valLoss:.2f}`. */
import { suggestion } from "../../graph/options.ts";
import type { Logs } from "./callback.ts";

const placeholder = /\{(\w+)(?::([^}]*))?\}/g;
const width = /^0?(\d+)d?$/;
const decimals = /^\.(\d+)f?$/;

/** Whether a pattern holds a name in braces at all, so that it gives more than one path. */
export function hasPlaceholder(pattern: string): boolean {
  return pattern.search(placeholder) >= 0;
}

/** Checks what stands behind colons. @throws If it is no format. */
export function checkPattern(owner: string, pattern: string): void {
  for (const [braces, , format] of pattern.matchAll(placeholder))
    if (format !== undefined && !width.test(format) && !decimals.test(format))
      throw new Error(
        `${owner}: ${braces} in "${pattern}" has a format that is not known; use a width with zeros, {epoch:03d}, or decimals, {loss:.2f}`,
      );
}

/**
 * Replaces names in braces by their numbers: counts (`epoch`, `batch`) as integers, which `:03d` fills up with zeros, and logs with four
 * decimals or as many as `:.2f` says.
 *
 * @throws If a name is neither a count nor in the logs.
 */
export function fillPattern(
  owner: string,
  pattern: string,
  counts: Readonly<Record<string, number>>,
  logs: Readonly<Logs>,
): string {
  return pattern.replaceAll(placeholder, (braces, name: string, format = "") => {
    const count = counts[name];
    const value = count ?? logs[name];
    if (value === undefined) {
      const known = [...Object.keys(counts), ...Object.keys(logs)];
      throw new Error(`${owner}: ${braces} in "${pattern}" is no name of the logs${suggestion(name, known)}`);
    }
    const digits = decimals.exec(format)?.[1];
    if (digits !== undefined) return value.toFixed(Number(digits));
    return (count === undefined ? value.toFixed(4) : `${value}`).padStart(Number(width.exec(format)?.[1] ?? 0), "0");
  });
}
