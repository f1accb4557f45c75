/**
 * Sequences, images and volumes: the names of their axes, and options that hold a number or two for each axis. What is written
 * once for all of them takes one of these spaces.
 */
import { checkInteger, describe } from "../graph/options.ts";

/** A number for each axis. */
export type Sizes = readonly [number] | readonly [number, number] | readonly [number, number, number];

/** Elements before and after, for each axis. */
export type Margins<Size extends Sizes> = {
  readonly [Axis in keyof Size]: readonly [before: number, after: number];
};

/** What the examples are called that have so many axes beside the channels. */
export interface Space<Size extends Sizes> {
  readonly axes: { readonly [Axis in keyof Size]: string };
  /** The two ends of each axis. */
  readonly ends: { readonly [Axis in keyof Size]: string };
  /** `pixels` … */
  readonly elements: string;
  /** `larger images` … */
  readonly larger: string;
}

export const sequences: Space<readonly [number]> = {
  axes: ["length"],
  ends: ["[before, after]"],
  elements: "steps",
  larger: "longer sequences",
};

export const images: Space<readonly [number, number]> = {
  axes: ["height", "width"],
  ends: ["[top, bottom]", "[left, right]"],
  elements: "pixels",
  larger: "larger images",
};

export const volumes: Space<readonly [number, number, number]> = {
  axes: ["depth", "height", "width"],
  ends: ["[front, back]", "[top, bottom]", "[left, right]"],
  elements: "voxels",
  larger: "larger volumes",
};

/** The axes of an example, for messages: `[height, width, channels]`. */
export function exampleAxes(space: Space<Sizes>): string {
  return `[${[...space.axes, "channels"].join(", ")}]`;
}

/** Checks an option that is an integer, or one for each axis, and writes a single one out. */
export function perAxis<Size extends Sizes>(
  owner: string,
  option: string,
  value: number | Size,
  space: Space<Size>,
  minimum = 1,
): Size {
  const list: readonly number[] = typeof value === "number" ? space.axes.map(() => value) : value;
  if (!Array.isArray(list) || !fits(list, space))
    throw new TypeError(`${owner}: ${option} is ${describe(value)}, expected an integer or [${space.axes.join(", ")}]`);
  for (const each of list) checkInteger(owner, option, each, minimum);
  return list;
}

/** Checks margins: an integer for all ends, one for both ends of each axis, or `[before, after]` for each axis. */
export function marginsOf<Size extends Sizes>(
  owner: string,
  option: string,
  value: NoInfer<number | Size | Margins<Size>>,
  space: Space<Size>,
): Margins<Size> {
  const list: readonly (number | readonly number[])[] = typeof value === "number" ? space.axes.map(() => value) : value;
  const pairs = Array.isArray(list) ? list.map((each) => (typeof each === "number" ? [each, each] : each)) : [];
  if (!fitMargins(pairs, space))
    throw new TypeError(
      `${owner}: ${option} is ${describe(value)}, expected ${space.elements}, [${space.axes.join(", ")}] or ${allEnds(space)}`,
    );
  for (const pair of pairs) for (const elements of pair) checkInteger(owner, option, elements, 0);
  return pairs;
}

/** `[[top, bottom], [left, right]]`; of a single axis `[before, after]`. */
export function allEnds(space: Space<Sizes>): string {
  return space.ends.length === 1 ? space.ends[0] : `[${space.ends.join(", ")}]`;
}

/** Whether a list holds something for each axis. */
function fits<Size extends Sizes>(list: readonly number[], space: Space<Size>): list is Size {
  return list.length === space.axes.length;
}

function fitMargins<Size extends Sizes>(
  list: readonly (readonly number[])[],
  space: Space<Size>,
): list is Margins<Size> & readonly (readonly number[])[] {
  return list.length === space.axes.length && list.every((pair) => Array.isArray(pair) && pair.length === 2);
}
