/** Ranges that random layers draw from: how a user writes them, and their checks. */
import { checkNumber, describe } from "../../graph/options.ts";

/** A range to draw from: `[low, high]`, or one number, of which each option says what range it stands for. */
export type Factor = number | readonly [low: number, high: number];

/** A range written out. */
export type Range = readonly [low: number, high: number];

/** Checks a range and writes a single number out, as `[-number, number]`. */
export function rangeOf(owner: string, option: string, value: Factor): Range {
  if (typeof value === "number") {
    checkNumber(owner, option, value, { minimum: 0 });
    return [-value, value];
  }
  if (!Array.isArray(value) || value.length !== 2)
    throw new TypeError(`${owner}: ${option} is ${describe(value)}, expected a number or [low, high]`);
  for (const bound of value) checkNumber(owner, option, bound);
  if (value[0] > value[1])
    throw new RangeError(`${owner}: ${option} is ${describe(value)}, expected the lower bound before the upper`);
  return [value[0], value[1]];
}

/** Checks a range within [0, 1] and writes a single number out, as `[0, number]`. */
export function fractionsOf(owner: string, option: string, value: Factor): Range {
  return within(owner, option, typeof value === "number" ? [0, value] : rangeOf(owner, option, value), 0, 1);
}

/** @throws RangeError If a range reaches out of bounds. */
export function within(owner: string, option: string, range: Range, minimum: number, maximum: number): Range {
  for (const bound of range) checkNumber(owner, option, bound, { minimum, maximum });
  return range;
}

/** Checks the range of pixels' values, of which neither bound may be missing. */
export function valueRangeOf(owner: string, value: Range): Range {
  if (!Array.isArray(value) || value.length !== 2)
    throw new TypeError(`${owner}: valueRange is ${describe(value)}, expected [low, high], such as [0, 255]`);
  for (const bound of value) checkNumber(owner, "valueRange", bound);
  if (!(value[0] < value[1]))
    throw new RangeError(`${owner}: valueRange is ${describe(value)}, expected the lower bound before the upper`);
  return [value[0], value[1]];
}
