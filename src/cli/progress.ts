/** Shows training as it goes: on a terminal a bar that is drawn over itself, elsewhere one line an epoch. */
import { stripVTControlCharacters } from "node:util";
import type { BatchProgress, Callback, Logs, TrainingParameters } from "../models/callbacks/callback.ts";
import type { CommandContext } from "./context.ts";
import { duration, integer, metric } from "./numbers.ts";
import type { Style } from "./style.ts";

const barWidth = 24;
const millisecondsBetweenDraws = 100;
const carriageReturn = "\r";
const eraseToEnd = "\u001b[K";

/** A callback that shows loss and metrics, images a second and the time left of all epochs. */
export class ProgressBar implements Callback {
  readonly #context: CommandContext;
  readonly #now: () => number;
  #parameters: TrainingParameters | undefined;
  #trainBegin = 0;
  #epochBegin = 0;
  #examplesPerSecond = 0;
  #lastDraw = Number.NEGATIVE_INFINITY;
  #isDrawn = false;

  /** @param now The time in milliseconds; for tests. */
  constructor(context: CommandContext, now: () => number = () => performance.now()) {
    this.#context = context;
    this.#now = now;
  }

  setParameters(parameters: TrainingParameters): void {
    this.#parameters = parameters;
  }

  onTrainBegin(): void {
    this.#trainBegin = this.#now();
  }

  onEpochBegin(): void {
    this.#epochBegin = this.#now();
  }

  onBatchEnd({ epoch, step, steps, metrics, examplesPerSecond }: BatchProgress): void {
    this.#examplesPerSecond = examplesPerSecond;
    const now = this.#now();
    const isDue = now - this.#lastDraw >= millisecondsBetweenDraws || step === steps;
    if (!this.#context.output.isTTY || steps === undefined || !isDue) return;
    this.#lastDraw = now;
    const share = step / steps;
    const epochsDone = epoch - (this.#parameters?.initialEpoch ?? 0) + share;
    const epochsLeft = (this.#parameters?.epochs ?? 0) - epoch - share;
    const secondsLeft = ((now - this.#trainBegin) / 1000 / epochsDone) * epochsLeft;
    this.#draw([
      `${this.#label(epoch)}  ${bar(share, this.#context.style)}  ${`${Math.floor(share * 100)}`.padStart(3)} %`,
      ...values(metrics),
      `${integer(examplesPerSecond)} images/s`,
      `${duration(secondsLeft)} left`,
    ]);
  }

  /** Prints the epoch's line, which stays. */
  onEpochEnd(epoch: number, logs: Readonly<Logs>): void {
    const seconds = duration((this.#now() - this.#epochBegin) / 1000);
    this.print(
      [this.#label(epoch), ...values(logs), `${integer(this.#examplesPerSecond)} images/s`, seconds].join("  "),
    );
  }

  onTrainEnd(): void {
    this.erase();
  }

  /** A line of text in the place of the bar, which is drawn anew under it. */
  print(text: string): void {
    this.erase();
    this.#context.output.write(`${text}\n`);
  }

  /** Leaves the cursor at the start of an empty line; after an error, too, somebody must. */
  erase(): void {
    if (this.#isDrawn) this.#context.output.write(`${carriageReturn}${eraseToEnd}`);
    this.#isDrawn = false;
  }

  #label(epoch: number): string {
    const epochs = `${this.#parameters?.epochs ?? ""}`;
    return `Epoch ${`${epoch + 1}`.padStart(epochs.length)}/${epochs}`;
  }

  /** Draws as many of the parts as fit on one line: a line that wraps cannot be drawn over. */
  #draw(parts: readonly string[]): void {
    const columns = (this.#context.output.columns ?? 80) - 1;
    let line = "";
    for (const part of parts) {
      const longer = line === "" ? part : `${line}  ${part}`;
      if (stripVTControlCharacters(longer).length > columns) break;
      line = longer;
    }
    this.#context.output.write(`${carriageReturn}${line}${eraseToEnd}`);
    this.#isDrawn = true;
  }
}

function values(logs: Readonly<Logs>): string[] {
  return Object.entries(logs).map(([name, value]) => `${name} ${metric(value)}`);
}

function bar(share: number, style: Style): string {
  const done = Math.round(share * barWidth);
  return `${style.good("━".repeat(done))}${style.dim("─".repeat(barWidth - done))}`;
}
