/** Arrays of texts on the host: how a user gives them, and the form in which layers read them. Texts are no tensors. */
import { describe } from "../../graph/options.ts";
import { formatShape, type Shape } from "../../graph/shape.ts";
import type { Layer } from "../layer.ts";
import type { TextLayer } from "./text-layer.ts";

/** Whether a layer makes indices of texts. It is told without its class, which pages without texts do not hold. */
export function isTextLayer(layer: Layer | undefined): layer is TextLayer {
  return layer !== undefined && "indicesShape" in layer;
}

/** Texts in nested arrays: `["good", "bad"]` are two examples of one text. */
export type NestedText = string | readonly NestedText[];

/** Texts in row-major order with their dimensions, `[examples, ...]`. */
export interface TextArray {
  readonly texts: readonly string[];
  readonly shape: Shape;
}

/** Whether a value is a text, or arrays of texts; nothing but the first element is looked at. */
export function isNestedText(value: unknown): value is NestedText {
  let part = value;
  while (Array.isArray(part)) part = part[0];
  return typeof part === "string";
}

/**
 * Brings nested arrays of texts to one form.
 *
 * @param what Whose texts they are, for messages: `fit: x`.
 * @throws TypeError If they hold anything but texts. Error If they are ragged, or one text instead of examples.
 */
export function toTextArray(given: NestedText, what: string): TextArray {
  const shape: number[] = [];
  let first: NestedText | undefined = given;
  while (Array.isArray(first)) {
    shape.push(first.length);
    first = first[0];
  }
  if (shape.length === 0)
    throw new TypeError(`${what} is ${describe(given)}, expected an array of texts, one or more for each example`);
  const texts: string[] = [];
  const visit = (part: NestedText, depth: number, path: string): void => {
    if (Array.isArray(part) && depth < shape.length && part.length === shape[depth])
      for (const [index, inner] of part.entries()) visit(inner, depth + 1, `${path}[${index}]`);
    else if (typeof part === "string" && depth === shape.length) texts.push(part);
    else if (Array.isArray(part) || typeof part === "string")
      throw new Error(
        `${what}${path} does not fit the shape ${formatShape(shape)} of the first elements: nested arrays must have equal lengths`,
      );
    else throw new TypeError(`${what}${path} is ${describe(part)}, expected a text`);
  };
  visit(given, 0, "");
  return { texts, shape };
}

/** The order of texts by code points, as UTF-8 has it; JavaScript's own order differs beyond the basic plane. */
export function compareTexts(a: string, b: string): number {
  const shared = Math.min(a.length, b.length);
  for (let index = 0; index < shared; index++) {
    const [left, right] = [a.charCodeAt(index), b.charCodeAt(index)];
    if (left !== right) return rank(left) - rank(right);
  }
  return a.length - b.length;
}

/** Puts surrogates, which code points beyond the basic plane begin with, behind all other units. */
function rank(unit: number): number {
  if (unit < 0xd800) return unit;
  return unit < 0xe000 ? unit + 0x2000 : unit - 0x800;
}
