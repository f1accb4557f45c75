/** The two ways in which models speak to a person: lines on the console and warnings. */

/** Writes a line to the console, where a caller asked for it and gave no writer of their own. */
export function printLine(line: string): void {
  // biome-ignore lint/suspicious/noConsole: this is the one place that writes what callbacks and summaries print
  console.log(line);
}

/** Warns of something that works but is hardly meant. */
export function warn(message: string): void {
  if (typeof process === "object") process.emitWarning(message, "RappelWarning");
  // biome-ignore lint/suspicious/noConsole: browsers have no other place for warnings
  else console.warn(message);
}
