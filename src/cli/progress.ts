/** Shows training as it goes: on a terminal a bar that is drawn over itself, elsewhere one line an epoch. */
import { stripVTControlCharacters } from "node:util";
import type { OutputStream } from "./context.ts";
import { duration, integer, metric } from "./numbers.ts";
import type { Style } from "./style.ts";

export interface ProgressOptions {
  readonly output: OutputStream;
  readonly style: Style;
  /** How many epochs there will be at most. */
  readonly epochs: number;
  /** How many training examples an epoch has. */
  readonly examples: number;
  /** The time in milliseconds; for tests. */
  readonly now?: () => number;
}

/** Losses and metrics by name, in the order to show them. */
export type Logs = Readonly<Record<string, number>>;

const barWidth = 24;
const millisecondsBetweenDraws = 100;
const carriageReturn = "\r";
const eraseToEnd = "\u001b[K";

/**
 * The progress of one training. Call `beginEpoch`, `endBatch` and `endEpoch` as they happen, and `close` at the end,
 * also after an error: it leaves the cursor at the start of an empty line.
 */
export class Progress {
  private readonly options: ProgressOptions;
  private readonly now: () => number;
  private readonly start: number;
  private readonly epochWidth: number;
  private epochStart: number;
  private epoch = 0;
  private lastDraw = Number.NEGATIVE_INFINITY;
  private isDrawn = false;

  constructor(options: ProgressOptions) {
    this.options = options;
    this.now = options.now ?? (() => performance.now());
    this.start = this.now();
    this.epochStart = this.start;
    this.epochWidth = `${options.epochs}`.length;
  }

  /** @param epoch Counted from 0. */
  beginEpoch(epoch: number): void {
    this.epoch = epoch;
    this.epochStart = this.now();
  }

  /** @param step Batches done in this epoch, out of `steps`. */
  endBatch(step: number, steps: number, logs: Logs): void {
    const now = this.now();
    if (!this.options.output.isTTY || (now - this.lastDraw < millisecondsBetweenDraws && step < steps)) return;
    this.lastDraw = now;
    const share = step / steps;
    const seconds = (now - this.epochStart) / 1000;
    const rate = (this.options.examples * share) / seconds;
    const done = this.epoch + share;
    const left = ((now - this.start) / 1000 / done) * (this.options.epochs - done);
    this.draw([
      `${this.label()}  ${bar(share, this.options.style)}  ${`${Math.floor(share * 100)}`.padStart(3)} %`,
      ...values(logs),
      `${integer(rate)} images/s`,
      `${duration(left)} left`,
    ]);
  }

  /** Prints the epoch's line, which stays. */
  endEpoch(logs: Logs): void {
    const seconds = (this.now() - this.epochStart) / 1000;
    const line = [
      this.label(),
      ...values(logs),
      `${integer(this.options.examples / seconds)} images/s`,
      duration(seconds),
    ];
    this.print(line.join("  "));
  }

  /** A line of text between those of the epochs. */
  print(text: string): void {
    this.erase();
    this.options.output.write(`${text}\n`);
  }

  close(): void {
    this.erase();
  }

  private label(): string {
    return `Epoch ${`${this.epoch + 1}`.padStart(this.epochWidth)}/${this.options.epochs}`;
  }

  /** Draws as many of the parts as fit on one line: a line that wraps cannot be drawn over. */
  private draw(parts: readonly string[]): void {
    const columns = (this.options.output.columns ?? 80) - 1;
    let line = "";
    for (const part of parts) {
      const longer = line === "" ? part : `${line}  ${part}`;
      if (stripVTControlCharacters(longer).length > columns) break;
      line = longer;
    }
    this.options.output.write(`${carriageReturn}${line}${eraseToEnd}`);
    this.isDrawn = true;
  }

  private erase(): void {
    if (this.isDrawn) this.options.output.write(`${carriageReturn}${eraseToEnd}`);
    this.isDrawn = false;
  }
}

function values(logs: Logs): string[] {
  return Object.entries(logs).map(([name, value]) => `${name} ${metric(value)}`);
}

function bar(share: number, style: Style): string {
  const done = Math.round(share * barWidth);
  return `${style.good("━".repeat(done))}${style.dim("─".repeat(barWidth - done))}`;
}
