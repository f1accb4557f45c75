/** The value that a callback watches, and when it counts as better. */
import { warn } from "../../devices/host.ts";
import { checkChoice, checkNumber, suggestion } from "../../graph/options.ts";
import type { Direction, Logs, TrainingParameters } from "./callback.ts";

export interface MonitorOptions {
  /** The name in the logs: `loss`, `valLoss`, `accuracy` … Default `valLoss`. */
  readonly monitor?: string;
  /** Whether smaller or larger is better; `auto`, the default, asks the loss or metric of that name. */
  readonly mode?: "auto" | Direction;
  /** A change smaller than this is no improvement. Default 0. */
  readonly minDelta?: number;
}

/** Watches one name in the logs, as Keras's callbacks do. */
export class Monitor {
  readonly name: string;
  readonly #owner: string;
  readonly #minDelta: number;
  readonly #mode: "auto" | Direction;
  #direction: Direction | undefined;
  #available: readonly string[] | undefined;
  #isKnown = false;

  /** @param owner The callback, for messages. */
  constructor(owner: string, { monitor = "valLoss", mode = "auto", minDelta = 0 }: MonitorOptions) {
    checkChoice(owner, "mode", mode, ["auto", "min", "max"]);
    checkNumber(owner, "minDelta", minDelta);
    this.#owner = owner;
    this.name = monitor;
    this.#minDelta = Math.abs(minDelta);
    this.#mode = mode;
    this.#direction = mode === "auto" ? directionOfLoss(monitor) : mode;
  }

  /** @throws If the run will not have the name, or nothing says which way it gets better. */
  setParameters({ logs }: TrainingParameters): void {
    this.#available = [...logs.keys()];
    if (!logs.has(this.name)) throw new Error(`${this.#missing()}${this.#hint()}`);
    this.#isKnown = true;
    if (this.#mode === "auto") this.#direction = logs.get(this.name) ?? directionOfLoss(this.name);
    this.#requireDirection();
  }

  /** The watched value, or undefined after a warning if the logs lack it. */
  valueIn(logs: Readonly<Logs>): number | undefined {
    const value = logs[this.name];
    // An epoch without a validation lacks names that the run has.
    if (value === undefined && !this.#isKnown) {
      this.#available = Object.keys(logs);
      warn(`${this.#missing()}; it does nothing in this epoch`);
    }
    return value;
  }

  /** Whether `value` is better than `reference` by more than `minDelta`; anything is better than nothing, and NaN than no number. */
  isImprovement(value: number, reference: number | undefined): boolean {
    if (reference === undefined) return true;
    return this.#requireDirection() === "min" ? value + this.#minDelta < reference : value - this.#minDelta > reference;
  }

  #missing(): string {
    return `${this.#owner}: there is no "${this.name}" to monitor${suggestion(this.name, this.#available ?? [])}`;
  }

  #hint(): string {
    return /^val[_A-Z]/.test(this.name) && !this.#available?.some((name) => /^val[A-Z]/.test(name))
      ? " (values of the validation, such as valLoss, need validationData or validationSplit)"
      : "";
  }

  #requireDirection(): Direction {
    if (this.#direction) return this.#direction;
    throw new Error(
      `${this.#owner}: whether "${this.name}" should fall or rise is not known; say mode: "min" or mode: "max"`,
    );
  }
}

function directionOfLoss(name: string): Direction | undefined {
  return ["loss", "valLoss", "dataLoss", "valDataLoss"].includes(name) ? "min" : undefined;
}
