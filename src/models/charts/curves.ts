/** Curves: a history taken apart into what is drawn together: each loss or metric, in training and validation. */
import { suggestion } from "../../graph/options.ts";
import type { Direction } from "../callbacks/callback.ts";
import { validationName } from "../training/judge.ts";

/** One loss or metric over the epochs. */
export interface Curves {
  readonly name: string;
  /** The numbers of the epochs, counted from 1. */
  readonly epochs: readonly number[];
  /** A value an epoch; NaN where there is none. */
  readonly training: readonly number[];
  readonly validation: readonly number[] | undefined;
  /** The best epoch of the validation, or of the training without one; undefined where nothing says which way is better. */
  readonly best: { readonly epoch: number; readonly value: number } | undefined;
}

/** What the pictures need of a history. */
export interface Course {
  /** Counted from 0. */
  readonly epoch: readonly number[];
  readonly history: Readonly<Record<string, readonly number[]>>;
  readonly directions: ReadonlyMap<string, Direction | undefined>;
}

/**
 * The curves of some losses and metrics.
 *
 * @param names Without the prefix `val`; by default all.
 * @throws If one is not in the history.
 */
export function curvesOf(
  { epoch, history, directions }: Course,
  names: readonly string[] | undefined,
  owner: string,
): Curves[] {
  const known = Object.keys(history).filter((name) => !isValidation(name, history));
  const unknown = names?.find((name) => !known.includes(name));
  if (unknown !== undefined)
    throw new Error(`${owner}: there is no "${unknown}" in the history${suggestion(unknown, known)}`);
  const epochs = epoch.map((each) => each + 1);
  // Names that came later have no values of the first epochs.
  const aligned = (values: readonly number[]) =>
    epochs.map((_, index) => values[index - epochs.length + values.length] ?? Number.NaN);
  return (names ?? known).map((name) => {
    const training = aligned(history[name] ?? []);
    const validated = history[validationName(name)];
    const validation = validated && aligned(validated);
    const judged = validation ?? training;
    return { name, epochs, training, validation, best: bestOf(judged, epochs, directionOf(name, directions)) };
  });
}

function isValidation(name: string, history: Course["history"]): boolean {
  return Object.keys(history).some((other) => validationName(other) === name);
}

function directionOf(name: string, directions: Course["directions"]): Direction | undefined {
  return directions.get(name) ?? (name === "loss" ? "min" : undefined);
}

function bestOf(
  values: readonly number[],
  epochs: readonly number[],
  direction: Direction | undefined,
): Curves["best"] {
  if (!direction) return undefined;
  let best: Curves["best"];
  for (const [index, value] of values.entries()) {
    if (!Number.isFinite(value)) continue;
    if (!best || (direction === "min" ? value < best.value : value > best.value))
      best = { epoch: epochs[index] as number, value };
  }
  return best;
}
