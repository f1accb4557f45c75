/** csvLogger: writes the logs of every epoch as a line of a CSV file. */
import { checkBoolean, checkOptions } from "../../graph/options.ts";
import type { Callback, Logs } from "./callback.ts";

export interface CSVLoggerOptions {
  /** The file to write. Its folder must exist. */
  readonly path: string;
  /** What stands between the values. Default a comma. */
  readonly separator?: string;
  /** Continue an existing file instead of replacing it. Default false. */
  readonly append?: boolean;
}

/**
 * Writes `epoch` (counted from 0) and all logs of every epoch to a CSV file, line by line, so that a run can be watched while
 * it goes on. Needs Node.
 *
 * @throws Before training, if the file cannot be written.
 * @example
 * callbacks.csvLogger({ path: "training.csv" });
 */
export function csvLogger(options: CSVLoggerOptions): CSVLogger {
  return new CSVLogger(options);
}

export class CSVLogger implements Callback {
  readonly #path: string;
  readonly #separator: string;
  readonly #append: boolean;
  #columns: readonly string[] | undefined;

  constructor(options: CSVLoggerOptions) {
    const owner = "csvLogger";
    checkOptions(owner, options, { path: true, separator: true, append: true });
    const { path, separator = ",", append = false } = options;
    if (typeof path !== "string" || path === "")
      throw new TypeError(`${owner}: path is ${JSON.stringify(path)}, expected the path of a file`);
    checkBoolean(owner, "append", append);
    this.#path = path;
    this.#separator = separator;
    this.#append = append;
  }

  async onTrainBegin(): Promise<void> {
    const { firstLineOf, startFile } = await import("./text-file.node.ts");
    const header = this.#append ? await firstLineOf(this.#path) : undefined;
    this.#columns = header?.split(this.#separator);
    if (!this.#columns) await startFile(this.#path);
  }

  async onEpochEnd(epoch: number, logs: Readonly<Logs>): Promise<void> {
    const { appendLine } = await import("./text-file.node.ts");
    if (!this.#columns) {
      this.#columns = ["epoch", ...Object.keys(logs)];
      await appendLine(this.#path, this.#columns.join(this.#separator));
    }
    const values: Readonly<Logs> = { ...logs, epoch };
    await appendLine(this.#path, this.#columns.map((name) => values[name] ?? "").join(this.#separator));
  }
}
