/** Padding of sliding windows as Keras names it, and pairs of numbers for height and width. */
import { checkInteger, describe, suggestion } from "../graph/options.ts";

/** A number for height and width alike, or one for each. */
export type Pair = number | readonly [height: number, width: number];

/**
 * `"valid"`: no padding. `"same"`: as much as makes the output `ceil(input / stride)`, the odd pixel at the bottom and right.
 * Or the padding itself: `[[top, bottom], [left, right]]`.
 */
export type Padding =
  | "valid"
  | "same"
  | readonly [readonly [top: number, bottom: number], readonly [left: number, right: number]];

/** Checks a pair of integers and writes a single number out. */
export function pairOf(owner: string, option: string, value: Pair, minimum = 1): readonly [number, number] {
  if (typeof value === "number") {
    checkInteger(owner, option, value, minimum);
    return [value, value];
  }
  if (!Array.isArray(value) || value.length !== 2)
    throw new TypeError(`${owner}: ${option} is ${describe(value)}, expected an integer or [height, width]`);
  for (const each of value) checkInteger(owner, option, each, minimum);
  return [value[0], value[1]];
}

/** Checks a padding option. */
export function checkPadding(owner: string, padding: Padding): void {
  if (padding === "valid" || padding === "same") return;
  if (typeof padding === "string")
    throw new RangeError(`${owner}: padding is ${describe(padding)}${suggestion(padding, ["valid", "same"])}`);
  const pairs: readonly unknown[] = Array.isArray(padding) ? padding : [];
  const valid = pairs.length === 2 && pairs.every((pair) => Array.isArray(pair) && pair.length === 2);
  if (!valid)
    throw new TypeError(
      `${owner}: padding is ${describe(padding)}, expected "valid", "same" or [[top, bottom], [left, right]]`,
    );
  for (const pixels of padding.flat()) checkInteger(owner, "padding", pixels, 0);
}

/** The padding in pixels, `[[top, bottom], [left, right]]`, for an input of a height and width. */
export function explicitPadding(
  padding: Padding,
  size: readonly [number, number],
  window: readonly [number, number],
  strides: readonly [number, number],
  dilation: readonly [number, number],
): readonly [readonly [number, number], readonly [number, number]] {
  if (padding === "valid")
    return [
      [0, 0],
      [0, 0],
    ];
  if (padding !== "same") return padding;
  const along = (axis: 0 | 1): readonly [number, number] => {
    const reach = dilation[axis] * (window[axis] - 1) + 1;
    const places = Math.ceil(size[axis] / strides[axis]);
    const total = Math.max(0, (places - 1) * strides[axis] + reach - size[axis]);
    const before = Math.floor(total / 2);
    return [before, total - before];
  };
  return [along(0), along(1)];
}
