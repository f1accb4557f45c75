/** Padding of windows that slide along sequences, and sequences as images of height 1. */
import { checkChoice, checkInteger, describe, suggestion } from "../graph/options.ts";
import { formatShape } from "../graph/shape.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { reshape } from "./movement.ts";
import type { Padding, WindowPadding } from "./padding.ts";

/**
 * `"valid"`: no padding. `"same"`: as much as makes the output `ceil(length / stride)`, the odd step at the end. `"causal"`: all of
 * it before the first step, so that no output sees a later input. Or the padding itself: `[before, after]`.
 */
export type Padding1d = "valid" | "same" | "causal" | readonly [before: number, after: number];

/** Checks a padding option. */
export function checkPadding1d(owner: string, padding: Padding1d): void {
  if (padding === "valid" || padding === "same" || padding === "causal") return;
  if (typeof padding === "string")
    throw new RangeError(
      `${owner}: padding is ${describe(padding)}${suggestion(padding, ["valid", "same", "causal"])}`,
    );
  if (!Array.isArray(padding) || padding.length !== 2)
    throw new TypeError(
      `${owner}: padding is ${describe(padding)}, expected "valid", "same", "causal" or [before, after]`,
    );
  for (const steps of padding) checkInteger(owner, "padding", steps, 0);
}

/** Checks the padding of a transposed convolution, which has no causal one. */
export function checkTransposedPadding1d(owner: string, padding: Exclude<Padding1d, "causal">): void {
  if (typeof padding === "string") checkChoice(owner, "padding", padding, ["valid", "same"]);
  else checkPadding1d(owner, padding);
}

/** The same padding as that of a window along one axis. */
export function windowPadding(padding: Padding1d): WindowPadding {
  return typeof padding === "string" ? padding : [padding];
}

/** The same padding along the width of an image of height 1. */
export function imagePadding(padding: Padding1d, window: number, dilation: number): Padding {
  if (padding === "valid" || padding === "same") return padding;
  return [[0, 0], padding === "causal" ? [dilation * (window - 1), 0] : padding];
}

/**
 * Sequences `[batch, length, channels]` as images `[batch, 1, length, channels]`.
 *
 * @throws If it has another number of axes.
 */
export function asImages(owner: string, x: Tensor): Tensor {
  if (x.rank !== 3)
    throw new Error(`${owner}: the input has the shape ${formatShape(x.shape)}, expected [batch, length, channels]`);
  const [batch, length, channels] = x.shape as readonly [number, number, number];
  return reshape(x, [batch, 1, length, channels]);
}

/** Images of height 1 as sequences. */
export function asSequences(images: Tensor): Tensor {
  const [batch, , width, channels] = images.shape as readonly [number, number, number, number];
  return reshape(images, [batch, width, channels]);
}

/** A number of steps at both ends, or one for each. */
export type Ends = number | readonly [before: number, after: number];

/** Checks a number of steps and writes a single one out for both ends. */
export function endsOf(owner: string, option: string, value: Ends): readonly [before: number, after: number] {
  if (typeof value === "number") {
    checkInteger(owner, option, value, 0);
    return [value, value];
  }
  if (!Array.isArray(value) || value.length !== 2)
    throw new TypeError(`${owner}: ${option} is ${describe(value)}, expected an integer or [before, after]`);
  for (const steps of value) checkInteger(owner, option, steps, 0);
  return [value[0], value[1]];
}
