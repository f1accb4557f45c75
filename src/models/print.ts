/** How models speak to a person, beside warnings. */

/** Writes a line to the console, where a caller asked for it and gave no writer of their own. */
export function printLine(line: string): void {
  // biome-ignore lint/suspicious/noConsole: this is the one place that writes what callbacks and summaries print
  console.log(line);
}
