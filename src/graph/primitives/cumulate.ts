/**
 * Running results along an axis: each from the one before it and the next element. Sums, products and extremes so far, and the
 * linear recurrence, of which the gradient of products is made.
 */

import { apply, definePrimitive, formatSignature, type Node, type Values } from "../node.ts";
import { formatShape, sameShape, sizeOf } from "../shape.ts";
import { scatterAddAlongAxis } from "./along-axis.ts";
import { and, equal, fillLike, multiply, notEqual, or, select } from "./elementwise.ts";
import { forEachLine } from "./lines.ts";
import { pad, slice } from "./movement.ts";
import { cumulateName, linearRecurrenceName } from "./names.ts";
import { identityOf } from "./reduce.ts";
import { iota } from "./source.ts";

export type CumulateKind = "sum" | "product" | "max" | "min";

/** Which lines are walked, and whether from the last element to the first. */
export type LineAttributes = { readonly axis: number; readonly reverse: boolean };

const reductionOf = { sum: "sum", product: "prod", max: "max", min: "min" } as const;

function requireAxis(name: string, { shape }: Node, axis: number): void {
  if (!(axis >= 0 && axis < shape.length))
    throw new RangeError(`${name}: axis ${axis} is outside the ${shape.length} axes of ${formatShape(shape)}`);
}

/** For each element the one that the walk meets before it; `first` where there is none. */
export function elementBefore(x: Node, { axis, reverse }: LineAttributes, first: number): Node {
  const size = x.shape[axis] as number;
  if (size === 0) return x;
  const along = (value: number) => x.shape.map((_, each) => (each === axis ? value : 0));
  const rest = slice(x, { start: along(reverse ? 1 : 0), size: x.shape.with(axis, size - 1) });
  return pad(rest, { shape: x.shape, start: along(reverse ? 0 : 1), value: first });
}

/** For each element, where along the axis the extreme so far stands: its first place in the walk. */
function placesOfExtremes(x: Node, extremes: Node, attributes: LineAttributes): Node {
  const { axis, reverse } = attributes;
  const size = x.shape[axis] as number;
  const places = iota(x.shape, axis);
  const start = reverse ? size - 1 : 0;
  const isFirst = equal(places, fillLike(places, start));
  const isNew = or(isFirst, and(equal(x, extremes), notEqual(extremes, elementBefore(extremes, attributes, 0))));
  return cumulate(select(isNew, places, fillLike(places, start)), { ...attributes, kind: reverse ? "min" : "max" });
}

/** y_i = y_(i-1) ∘ x_i with ∘ a sum, a product, the larger or the smaller; NaN wins over both. */
export const cumulatePrimitive = definePrimitive<LineAttributes & { readonly kind: CumulateKind }>({
  name: cumulateName.name,
  kind: "kernel",
  infer([input], { axis, kind }) {
    const x = input as Node;
    requireAxis(`cumulative ${kind}`, x, axis);
    if (x.dtype !== "float32" && x.dtype !== "int32")
      throw new TypeError(
        `cumulative ${kind}: the input is ${formatSignature(x)}, expected float32 or int32; cast it first`,
      );
    return { shape: x.shape, dtype: x.dtype };
  },
  gradient(node, g) {
    const [x] = node.inputs as [Node];
    const { axis, reverse, kind } = node.attributes;
    if (node.dtype !== "float32") return [undefined];
    const back: LineAttributes = { axis, reverse: !reverse };
    switch (kind) {
      case "sum":
        return [cumulate(g, { ...back, kind })];
      case "product": {
        // dx_i = (x_1 … x_(i-1)) r_i with r_i = g_i + x_(i+1) r_(i+1): no division, so that zeros do no harm.
        const later = linearRecurrence(elementBefore(x, back, 0), g, back);
        return [multiply(elementBefore(node, node.attributes, 1), later)];
      }
      case "max":
      case "min":
        return [scatterAddAlongAxis(g, placesOfExtremes(x, node, node.attributes), axis, x.shape[axis] as number)];
    }
  },
  reference(node, [x]) {
    const { axis, kind } = node.attributes;
    const integer = node.dtype === "int32";
    const start = identityOf(reductionOf[kind], integer ? "int32" : "float32");
    const nextOf: Readonly<Record<CumulateKind, (before: number, value: number) => number>> = {
      sum: (a, b) => (integer ? (a + b) | 0 : a + b),
      product: integer ? Math.imul : (a, b) => a * b,
      max: Math.max,
      min: Math.min,
    };
    return walk(node, axis, node.attributes.reverse, start, (before, place) =>
      nextOf[kind](before, x?.[place] as number),
    );
  },
  samples: () =>
    (["sum", "product", "max", "min"] as const).flatMap((kind) => [
      ...[
        { shape: [7], axis: 0, reverse: false },
        { shape: [7], axis: 0, reverse: true },
        { shape: [3, 5], axis: 1, reverse: false },
        { shape: [4, 3, 2], axis: 0, reverse: true },
        { shape: [2, 5, 3], axis: 1, reverse: false },
        { shape: [1, 1], axis: 1, reverse: false },
        { shape: [3, 0], axis: 1, reverse: false },
        { shape: [0, 3], axis: 1, reverse: true },
      ].map(({ shape, ...attributes }) => ({ inputs: [{ shape }], attributes: { ...attributes, kind } })),
      {
        inputs: [{ shape: [6, 70], ...(kind === "product" && { range: [0.5, 2] as const }) }],
        attributes: { axis: 0, reverse: false, kind },
        differentiable: false,
      },
      {
        inputs: [{ shape: [3000], ...(kind === "product" && { range: [0.99, 1.01] as const }) }],
        attributes: { axis: 0, reverse: false, kind },
        differentiable: false,
      },
      {
        inputs: [{ shape: [40], dtype: "int32" as const, range: [-100000, 100000] as const }],
        attributes: { axis: 0, reverse: true, kind },
        differentiable: false,
      },
      {
        inputs: [{ shape: [2, 5], values: [1, 2, 0, 3, -1] }],
        attributes: { axis: 1, reverse: false, kind },
        differentiable: kind === "product",
      },
      {
        inputs: [{ shape: [7], values: [1, 3, Number.NEGATIVE_INFINITY, Number.NaN, 2, Number.POSITIVE_INFINITY, 4] }],
        attributes: { axis: 0, reverse: false, kind },
        differentiable: false,
      },
    ]),
});

/** h_i = factors_i · h_(i-1) + x_i along an axis, with 0 before the first. Inputs: factors, x. */
export const linearRecurrencePrimitive = definePrimitive<LineAttributes>({
  name: linearRecurrenceName.name,
  kind: "kernel",
  infer(inputs, { axis }) {
    const [factors, x] = inputs as [Node, Node];
    for (const [name, node] of Object.entries({ factors, x }))
      if (node.dtype !== "float32")
        throw new TypeError(`linearRecurrence: ${name} is ${formatSignature(node)}, expected float32; cast it first`);
    if (!sameShape(factors.shape, x.shape))
      throw new Error(
        `linearRecurrence: the factors have the shape ${formatShape(factors.shape)} and x ${formatShape(x.shape)}, which must be equal`,
      );
    requireAxis("linearRecurrence", x, axis);
    return { shape: x.shape, dtype: "float32" };
  },
  gradient(node, g) {
    const [factors] = node.inputs as [Node, Node];
    const { axis, reverse } = node.attributes;
    const back: LineAttributes = { axis, reverse: !reverse };
    const slopes = linearRecurrence(elementBefore(factors, back, 0), g, back);
    return [multiply(slopes, elementBefore(node, node.attributes, 0)), slopes];
  },
  reference(node, [factors, x]) {
    const { axis, reverse } = node.attributes;
    return walk(
      node,
      axis,
      reverse,
      0,
      (before, place) => (factors?.[place] as number) * before + (x?.[place] as number),
    );
  },
  samples: () => [
    ...[
      { shape: [7], axis: 0, reverse: false },
      { shape: [7], axis: 0, reverse: true },
      { shape: [3, 5], axis: 1, reverse: false },
      { shape: [4, 3, 2], axis: 0, reverse: true },
      { shape: [3, 0], axis: 1, reverse: false },
    ].map(({ shape, ...attributes }) => ({ inputs: [{ shape }, { shape }], attributes })),
    {
      inputs: [{ shape: [50, 70], range: [-0.9, 0.9] as const }, { shape: [50, 70] }],
      attributes: { axis: 0, reverse: false },
      differentiable: false,
    },
  ],
});

/** Runs `next` along each line: the result before, and the place of the element. */
function walk(
  { shape }: Node,
  axis: number,
  reverse: boolean,
  first: number,
  next: (before: number, place: number) => number,
): Values {
  const result = new Float64Array(sizeOf(shape));
  forEachLine(shape, axis, (start, stride, size) => {
    let value = first;
    for (let index = 0; index < size; index++) {
      const place = start + (reverse ? size - 1 - index : index) * stride;
      value = next(value, place);
      result[place] = value;
    }
  });
  return result;
}

export function cumulate(x: Node, attributes: LineAttributes & { readonly kind: CumulateKind }): Node {
  const { axis, reverse, kind } = attributes;
  return apply(cumulatePrimitive, [x], { axis, reverse, kind });
}

export function linearRecurrence(factors: Node, x: Node, { axis, reverse }: LineAttributes): Node {
  return apply(linearRecurrencePrimitive, [factors, x], { axis, reverse });
}
