/** Reductions over axes, and the positions of extremes along one. Reduced axes disappear. */
import { apply, definePrimitive, formatSignature, type Node } from "../node.ts";
import { formatShape, type Shape, sizeOf, stridesOf } from "../shape.ts";
import { and, cast, divide, equal, fillLike, multiply, select } from "./elementwise.ts";
import { constant } from "./leaf.ts";
import { broadcast, forEachIndex, reshape } from "./movement.ts";

export type ReduceKind = "sum" | "max" | "min" | "prod" | "any" | "all";

const lowest = { float32: Number.NEGATIVE_INFINITY, int32: -2147483648 };
const highest = { float32: Number.POSITIVE_INFINITY, int32: 2147483647 };
const nanWins = (pick: (a: number, b: number) => number) => (a: number, b: number) =>
  Number.isNaN(a) || Number.isNaN(b) ? Number.NaN : pick(a, b);
const combine: Readonly<Record<ReduceKind, (a: number, b: number) => number>> = {
  sum: (a, b) => a + b,
  prod: (a, b) => a * b,
  max: nanWins(Math.max),
  min: nanWins(Math.min),
  any: (a, b) => a | b,
  all: (a, b) => a & b,
};

/** The value of a reduction over nothing. */
export function identityOf(kind: ReduceKind, dtype: "float32" | "int32"): number {
  switch (kind) {
    case "sum":
    case "any":
      return 0;
    case "prod":
    case "all":
      return 1;
    case "max":
      return lowest[dtype];
    case "min":
      return highest[dtype];
  }
}

/** The strides of the result, 0 along the reduced axes, for a walk over the source. */
function resultStrides(shape: Shape, axes: readonly number[]): number[] {
  const kept = shape.map((dimension, axis) => (axes.includes(axis) ? 1 : dimension));
  return stridesOf(kept).map((stride, axis) => (axes.includes(axis) ? 0 : stride));
}

/** Puts the reduced axes back with size 1 and stretches to the source's shape. */
function stretch(reduced: Node, source: Node, axes: readonly number[]): Node {
  const kept = source.shape.map((dimension, axis) => (axes.includes(axis) ? 1 : dimension));
  return broadcast(reshape(reduced, kept), source.shape);
}

export const reducePrimitive = definePrimitive<{ kind: ReduceKind; axes: readonly number[] }>({
  name: "reduce",
  kind: "kernel",
  infer([x], { kind, axes }) {
    const { shape, dtype } = x as Node;
    const logical = kind === "any" || kind === "all";
    if (logical ? dtype !== "bool" : dtype !== "float32" && dtype !== "int32")
      throw new TypeError(
        `${kind}: the input is ${formatSignature(x as Node)}, expected ${logical ? "bool" : "float32 or int32"}; cast it first`,
      );
    if (axes.some((axis, at) => !(axis >= 0 && axis < shape.length) || (at > 0 && axis <= (axes[at - 1] as number))))
      throw new RangeError(`${kind}: axes ${formatShape(axes)} are not ascending axes of ${formatShape(shape)}`);
    return { shape: shape.filter((_, axis) => !axes.includes(axis)), dtype };
  },
  gradient(node, g) {
    const [x] = node.inputs as [Node];
    const { kind, axes } = node.attributes;
    if (node.dtype !== "float32") return [undefined];
    const spread = stretch(g, x, axes);
    if (kind === "sum") return [spread];
    if (kind === "prod") return [multiply(spread, productOfOthers(x, axes))];
    const zero = fillLike(x, 0);
    // Where several elements share the extreme, they share its gradient evenly.
    const hit = equal(x, stretch(node, x, axes));
    const ties = sum(cast(hit, "float32"), axes);
    return [select(hit, divide(spread, stretch(ties, x, axes)), zero)];
  },
  reference(node, [x]) {
    const [source] = node.inputs as [Node];
    const { kind, axes } = node.attributes;
    const integer = node.dtype === "int32";
    const result = new Float64Array(sizeOf(node.shape)).fill(identityOf(kind, integer ? "int32" : "float32"));
    const step = integer && kind === "prod" ? Math.imul : combine[kind];
    // Visiting the source with the result's strides names each element's place in the result.
    forEachIndex(source.shape, resultStrides(source.shape, axes), 0, (index, place) => {
      const value = step(result[place] as number, (x as Float64Array)[index] as number);
      result[place] = integer ? value | 0 : value;
    });
    return result;
  },
  samples: () => [
    ...(["sum", "max", "min", "prod"] as const).flatMap((kind) => [
      ...[
        { shape: [5, 7], axes: [1] },
        { shape: [5, 7], axes: [0] },
        { shape: [3, 4, 5], axes: [1] },
        { shape: [3, 4, 5], axes: [0, 2] },
        { shape: [3, 4, 5], axes: [0, 1, 2] },
        { shape: [3, 4], axes: [] },
        { shape: [], axes: [] },
        { shape: [3, 0, 2], axes: [1] },
        { shape: [0, 3], axes: [1] },
        { shape: [1, 1], axes: [0] },
        { shape: [67, 33], axes: [0] },
      ].map(({ shape, axes }) => ({
        inputs: [kind === "prod" && sizeOf(shape) > 100 ? { shape, range: [0.9, 1.1] as const } : { shape }],
        attributes: { kind, axes },
        differentiable: !(sizeOf(shape) === 0 && kind !== "sum"),
      })),
      { inputs: [{ shape: [4, 3], dtype: "int32" as const }], attributes: { kind, axes: [0] }, differentiable: false },
      {
        inputs: [
          { shape: [4, 4], values: [1, Number.NaN, Number.POSITIVE_INFINITY, 2, Number.NEGATIVE_INFINITY, 3, -0] },
        ],
        attributes: { kind, axes: [1] },
        differentiable: false,
      },
    ]),
    { inputs: [{ shape: [1500, 2] }], attributes: { kind: "sum", axes: [0] }, differentiable: false },
    { inputs: [{ shape: [3000] }], attributes: { kind: "sum", axes: [0] }, differentiable: false },
    { inputs: [{ shape: [2, 3], values: [2, 0, 3, 0, 0, 4] }], attributes: { kind: "prod", axes: [1] } },
    ...(["any", "all"] as const).flatMap((kind) =>
      [
        [5, 3],
        [0, 3],
        [3, 0],
      ].map((shape) => ({
        inputs: [{ shape, dtype: "bool" as const, values: [0, 0, 1, 1, 1, 1, 0, 0, 0, 1] }],
        attributes: { kind, axes: [1] },
        differentiable: false,
      })),
    ),
  ],
});

/** At each element the product of all others, right also where elements are 0. */
function productOfOthers(x: Node, axes: readonly number[]): Node {
  const [zero, one] = [fillLike(x, 0), fillLike(x, 1)];
  const isZero = equal(x, zero);
  const zeroCount = stretch(sum(cast(isZero, "float32"), axes), x, axes);
  const nonZero = select(isZero, one, x);
  const product = stretch(reduce("prod", nonZero, axes), x, axes);
  const whenNone = divide(product, nonZero);
  const whenOne = select(isZero, product, zero);
  return select(equal(zeroCount, zero), whenNone, select(and(equal(zeroCount, one), isZero), whenOne, zero));
}

export const argReducePrimitive = definePrimitive<{ kind: "argMax" | "argMin"; axis: number }>({
  name: "argReduce",
  kind: "kernel",
  infer([x], { kind, axis }) {
    const { shape, dtype } = x as Node;
    if (dtype !== "float32" && dtype !== "int32")
      throw new TypeError(
        `${kind}: the input is ${formatSignature(x as Node)}, expected float32 or int32; cast it first`,
      );
    if (!(axis >= 0 && axis < shape.length))
      throw new RangeError(`${kind}: axis ${axis} is outside the ${shape.length} axes of ${formatShape(shape)}`);
    if (shape[axis] === 0)
      throw new Error(
        `${kind}: axis ${axis} of ${formatShape(shape)} is empty, so it has no largest or smallest element`,
      );
    return { shape: shape.filter((_, at) => at !== axis), dtype: "int32" };
  },
  gradient: () => [undefined],
  reference(node, [x]) {
    const [source] = node.inputs as [Node];
    const { kind, axis } = node.attributes;
    const inner = sizeOf(source.shape.slice(axis + 1));
    const count = source.shape[axis] as number;
    const better = (a: number, b: number) =>
      Number.isNaN(b) ? false : Number.isNaN(a) ? true : kind === "argMax" ? a > b : a < b;
    return new Float64Array(sizeOf(node.shape)).map((_, index) => {
      const start = Math.floor(index / inner) * inner * count + (index % inner);
      let best = 0;
      for (let i = 1; i < count; i++)
        if (
          better((x as Float64Array)[start + i * inner] as number, (x as Float64Array)[start + best * inner] as number)
        )
          best = i;
      return best;
    });
  },
  samples: () =>
    (["argMax", "argMin"] as const).flatMap((kind) => [
      { inputs: [{ shape: [5, 10] }], attributes: { kind, axis: 1 }, differentiable: false },
      { inputs: [{ shape: [7, 3, 2] }], attributes: { kind, axis: 1 }, differentiable: false },
      { inputs: [{ shape: [9] }], attributes: { kind, axis: 0 }, differentiable: false },
      { inputs: [{ shape: [0, 4] }], attributes: { kind, axis: 1 }, differentiable: false },
      {
        inputs: [{ shape: [4, 5], dtype: "int32" as const, range: [-2, 2] as const }],
        attributes: { kind, axis: 1 },
        differentiable: false,
      },
      {
        inputs: [
          {
            shape: [5, 3],
            values: [1, 1, 0, Number.NaN, 2, Number.NaN, Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY, -0, 0],
          },
        ],
        attributes: { kind, axis: 1 },
        differentiable: false,
      },
    ]),
});

export function reduce(kind: ReduceKind, x: Node, axes: readonly number[]): Node {
  // Nothing to reduce: also keeps gradients free of idle nodes.
  return axes.length === 0 ? x : apply(reducePrimitive, [x], { kind, axes: [...axes] });
}

export function sum(x: Node, axes: readonly number[]): Node {
  return reduce("sum", x, axes);
}

/** The mean over axes; NaN where they are empty. */
export function mean(x: Node, axes: readonly number[]): Node {
  const count = sizeOf(axes.map((axis) => x.shape[axis] as number));
  const total = sum(x, axes);
  return multiply(total, broadcast(constant(1 / count), total.shape));
}

export function argReduce(kind: "argMax" | "argMin", x: Node, axis: number): Node {
  return apply(argReducePrimitive, [x], { kind, axis });
}
