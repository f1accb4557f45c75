/** csvLogger: writes the logs of every epoch as a line of a CSV file. */
import { checkBoolean, checkOptions } from "../../graph/options.ts";
import type { Callback, CallbackState, Logs, TrainingParameters } from "./callback.ts";
import { numberIn } from "./state-values.ts";

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
  readonly className = "csvLogger";
  readonly #path: string;
  readonly #separator: string;
  readonly #append: boolean;
  #columns: readonly string[] | undefined;
  #resumed = false;
  /** Lines of the file, with its header. */
  #lines = 0;

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

  setParameters({ resumed }: TrainingParameters): void {
    this.#resumed = resumed;
  }

  async onTrainBegin(): Promise<void> {
    const { linesOf, startFile } = await import("./text-file.node.ts");
    const lines = this.#append || this.#resumed ? await linesOf(this.#path) : [];
    this.#columns = lines[0]?.split(this.#separator);
    this.#lines = lines.length;
    if (!this.#columns) await startFile(this.#path);
  }

  async onEpochEnd(epoch: number, logs: Readonly<Logs>): Promise<void> {
    if (!this.#columns) {
      this.#columns = ["epoch", ...Object.keys(logs)];
      await this.#writeLine(this.#columns.join(this.#separator));
    }
    const values: Readonly<Logs> = { ...logs, epoch };
    await this.#writeLine(this.#columns.map((name) => values[name] ?? "").join(this.#separator));
  }

  getState(): CallbackState {
    return { values: { lines: this.#lines } };
  }

  /** Lines of epochs after the one that training goes back to are taken off, for these come again. */
  async setState(state: CallbackState): Promise<void> {
    const lines = numberIn(state, "lines") ?? 0;
    if (lines > this.#lines) return;
    const { keepLines } = await import("./text-file.node.ts");
    await keepLines(this.#path, lines);
    this.#lines = lines;
    if (lines === 0) this.#columns = undefined;
  }

  async #writeLine(line: string): Promise<void> {
    const { appendLine } = await import("./text-file.node.ts");
    await appendLine(this.#path, line);
    this.#lines++;
  }
}
