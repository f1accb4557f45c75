/** Leaves of the graph: constants, values bound when a Program runs, and the barrier that stops gradients. */
import { type DType, toElement } from "../dtype.ts";
import { apply, create, definePrimitive, type Node } from "../node.ts";
import { formatShape, type Shape, sizeOf } from "../shape.ts";

/** A small array of known numbers; the compiler folds scalars into kernels as immediates. */
export const constantPrimitive = definePrimitive<{ values: readonly number[]; shape: Shape; dtype: DType }>({
  name: "constant",
  kind: "leaf",
  infer(_inputs, { values, shape, dtype }) {
    if (values.length !== sizeOf(shape))
      throw new Error(
        `constant: ${values.length} values do not fill the shape ${formatShape(shape)} of ${sizeOf(shape)} elements`,
      );
    return { shape, dtype };
  },
  gradient: () => [],
  reference: (node) => Float64Array.from(node.attributes.values),
  samples: () => [
    { inputs: [], attributes: { values: [1.5], shape: [], dtype: "float32" } },
    { inputs: [], attributes: { values: [], shape: [2, 0], dtype: "float32" } },
    { inputs: [], attributes: { values: [1, -2, 3], shape: [3], dtype: "int32" } },
    { inputs: [], attributes: { values: [0, 1], shape: [2, 1], dtype: "bool" } },
    {
      inputs: [],
      attributes: {
        values: [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, -0],
        shape: [4],
        dtype: "float32",
      },
    },
  ],
});

/** A value bound from outside at each run: an argument, a variable or an earlier result. Each is a Node of its own. */
export const parameterPrimitive = definePrimitive<{ shape: Shape; dtype: DType }>({
  name: "parameter",
  kind: "leaf",
  infer: (_inputs, { shape, dtype }) => ({ shape, dtype }),
  gradient: () => [],
  reference() {
    throw new Error("parameter: has no value of its own; the device binds one");
  },
  samples: () => [],
});

/** The identity, through which no gradient flows. */
export const stopGradientPrimitive = definePrimitive<Record<string, never>>({
  name: "stopGradient",
  kind: "view",
  infer: ([x]) => x as Node,
  gradient: () => [undefined],
  reference: (_node, [x]) => x as Float64Array,
  samples: () => [{ inputs: [{ shape: [2, 3] }], attributes: {}, differentiable: false }],
});

/** A constant Node; values are rounded to what `dtype` can hold. */
export function constant(values: number | readonly number[], dtype: DType = "float32", shape?: Shape): Node {
  return apply(constantPrimitive, [], {
    values: typeof values === "number" ? [toElement(dtype, values)] : values.map((value) => toElement(dtype, value)),
    shape: shape ?? (typeof values === "number" ? [] : [values.length]),
    dtype,
  });
}

/** A new leaf, different from every other, to be bound when a Program runs. */
export function parameter(shape: Shape, dtype: DType): Node {
  return create(parameterPrimitive, [], { shape, dtype });
}

export function stopGradient(x: Node): Node {
  return apply(stopGradientPrimitive, [x], {});
}

/** Whether a Node is bound from outside when a Program runs. */
export function isLeaf(node: Node): boolean {
  return node.primitive.name === parameterPrimitive.name;
}
