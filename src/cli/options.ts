/** Values of command-line options, checked as they are parsed: a wrong one ends the program with exit code 2. */
import { InvalidArgumentError } from "commander";
import { nearest } from "./nearest.ts";

/** A parser of whole numbers in [minimum, maximum]. */
export function wholeNumber(minimum: number, maximum = Number.MAX_SAFE_INTEGER): (text: string) => number {
  return (text) => {
    const value = /^[+-]?\d+$/.test(text) ? Number(text) : Number.NaN;
    if (!(value >= minimum && value <= maximum)) {
      const range = maximum === Number.MAX_SAFE_INTEGER ? `at least ${minimum}` : `from ${minimum} to ${maximum}`;
      throw new InvalidArgumentError(`Expected a whole number, ${range}.`);
    }
    return value;
  };
}

/** Parses a finite number above zero, such as `0.001` or `1e-3`. */
export function positiveNumber(text: string): number {
  const value = text.trim() === "" ? Number.NaN : Number(text);
  if (!(value > 0 && Number.isFinite(value)))
    throw new InvalidArgumentError("Expected a number above 0, such as 1e-3.");
  return value;
}

/** A parser of one of several names, which suggests the nearest for an unknown one. */
export function oneOf(names: readonly string[]): (text: string) => string {
  return (text) => {
    if (names.includes(text)) return text;
    const suggestion = nearest(text, names);
    throw new InvalidArgumentError(
      `There is no such name; there are ${names.join(", ")}.${suggestion ? ` Did you mean ${suggestion}?` : ""}`,
    );
  };
}
