/** progress: plain lines that tell how training goes. */
import { checkNumber, checkOptions } from "../../graph/options.ts";
import { printLine } from "../print.ts";
import type { BatchProgress, Callback, Logs, TrainingParameters } from "./callback.ts";

export interface ProgressOptions {
  /** Where the lines go. Default: the console. */
  readonly print?: (line: string) => void;
  /** A line inside an epoch at most every so many seconds; Infinity for none. Default 5. */
  readonly secondsBetweenLines?: number;
}

/**
 * Prints a line after every epoch, and one every few seconds inside long epochs.
 *
 * @example
 * await model.fit(train, { epochs: 3, callbacks: [callbacks.progress()] });
 * // Epoch 1/3  loss 0.5123  accuracy 0.8211  valLoss 0.4019  valAccuracy 0.8603  8.1 s
 */
export function progress(options: ProgressOptions = {}): ProgressLines {
  return new ProgressLines(options);
}

export class ProgressLines implements Callback {
  readonly #print: (line: string) => void;
  readonly #interval: number;
  #epochs = 0;
  #begin = 0;
  #lastLine = 0;

  constructor(options: ProgressOptions) {
    checkOptions("progress", options, { print: true, secondsBetweenLines: true });
    const { print = printLine, secondsBetweenLines = 5 } = options;
    if (secondsBetweenLines !== Number.POSITIVE_INFINITY)
      checkNumber("progress", "secondsBetweenLines", secondsBetweenLines, { minimum: 0 });
    this.#print = print;
    this.#interval = secondsBetweenLines * 1000;
  }

  setParameters({ epochs }: TrainingParameters): void {
    this.#epochs = epochs;
  }

  onEpochBegin(): void {
    this.#begin = performance.now();
    this.#lastLine = this.#begin;
  }

  onBatchEnd({ epoch, step, steps, metrics, examplesPerSecond, secondsLeft }: BatchProgress): void {
    const now = performance.now();
    if (now - this.#lastLine < this.#interval || step === steps) return;
    this.#lastLine = now;
    const left = secondsLeft === undefined ? "" : `  ${secondsLeft.toFixed(0)} s left`;
    this.#print(
      `${this.#label(epoch)}  step ${step}${steps === undefined ? "" : `/${steps}`}  ${formatLogs(metrics)}  ` +
        `${examplesPerSecond.toFixed(0)} examples/s${left}`,
    );
  }

  onEpochEnd(epoch: number, logs: Readonly<Logs>): void {
    const seconds = (performance.now() - this.#begin) / 1000;
    this.#print(`${this.#label(epoch)}  ${formatLogs(logs)}  ${seconds.toFixed(seconds < 1 ? 3 : 1)} s`);
  }

  #label(epoch: number): string {
    return `Epoch ${epoch + 1}/${this.#epochs}`;
  }
}

/** `loss 0.5123  accuracy 0.8211`; very small and very large values as powers of ten. */
function formatLogs(logs: Readonly<Logs>): string {
  return Object.entries(logs)
    .map(([name, value]) => {
      const size = Math.abs(value);
      const text = size === 0 || (size >= 1e-3 && size < 1e5) ? value.toFixed(4) : value.toExponential(2);
      return `${name} ${text}`;
    })
    .join("  ");
}
