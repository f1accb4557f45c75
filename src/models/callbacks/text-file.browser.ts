/** Pages have no files to which lines could be added. */

export function linesOf(path: string): Promise<readonly string[]> {
  return refuse(path);
}

export function keepLines(path: string, _count: number): Promise<void> {
  return refuse(path);
}

export function startFile(path: string): Promise<void> {
  return refuse(path);
}

export function appendLine(path: string, _line: string): Promise<void> {
  return refuse(path);
}

function refuse(path: string): Promise<never> {
  return Promise.reject(
    new Error(
      `${path}: pages cannot write files; take the numbers from what fit returns, or from a callback with onEpochEnd(epoch, logs)`,
    ),
  );
}
