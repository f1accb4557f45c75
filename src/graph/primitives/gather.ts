/** Rows chosen by index, and its transpose: rows added at an index. */
import { apply, definePrimitive, formatSignature, type Node } from "../node.ts";
import { formatShape, type Shape, sameShape, sizeOf } from "../shape.ts";

/** An index that names no element, met while a graph runs. */
export class IndexError extends RangeError {
  override readonly name = "IndexError";
}

function requireIndices(name: string, indices: Node): void {
  if (indices.dtype !== "int32")
    throw new TypeError(`${name}: the indices are ${formatSignature(indices)}, expected int32; cast them first`);
}

/** Calls `visit` with the places of a row's elements on the side with the indices and on the side with the axis. */
function forEachRow(
  name: string,
  indices: Float64Array,
  outer: number,
  axisSize: number,
  inner: number,
  visit: (listed: number, indexed: number) => void,
): void {
  for (let o = 0; o < outer; o++)
    for (let i = 0; i < indices.length; i++) {
      const index = indices[i] as number;
      if (!(index >= 0 && index < axisSize))
        throw new IndexError(`${name}: index ${index} at position ${i} is outside [0, ${axisSize})`);
      for (let j = 0; j < inner; j++) visit((o * indices.length + i) * inner + j, (o * axisSize + index) * inner + j);
    }
}

/** result[..., i..., ...] = source[..., indices[i...], ...]: the axis is replaced by the indices' shape. */
export const gatherPrimitive = definePrimitive<{ axis: number }>({
  name: "gather",
  kind: "kernel",
  infer(inputs, { axis }) {
    const [source, indices] = inputs as [Node, Node];
    requireIndices("gather", indices);
    if (!(axis >= 0 && axis < source.shape.length))
      throw new RangeError(
        `gather: axis ${axis} is outside the ${source.shape.length} axes of ${formatShape(source.shape)}`,
      );
    return {
      shape: [...source.shape.slice(0, axis), ...indices.shape, ...source.shape.slice(axis + 1)],
      dtype: source.dtype,
    };
  },
  gradient(node, g) {
    const [source, indices] = node.inputs as [Node, Node];
    const { axis } = node.attributes;
    return [
      node.dtype === "float32" ? scatterAdd(g, indices, { axis, size: source.shape[axis] as number }) : undefined,
      undefined,
    ];
  },
  reference(node, [source, indices]) {
    const { shape } = node.inputs[0] as Node;
    const { axis } = node.attributes;
    const result = new Float64Array(sizeOf(node.shape));
    forEachRow(
      "gather",
      indices as Float64Array,
      sizeOf(shape.slice(0, axis)),
      shape[axis] as number,
      sizeOf(shape.slice(axis + 1)),
      (listed, indexed) => {
        result[listed] = source?.[indexed] as number;
      },
    );
    return result;
  },
  samples: () => [
    { inputs: [{ shape: [5, 3] }, { shape: [4], dtype: "int32", values: [4, 0, 2, 0] }], attributes: { axis: 0 } },
    {
      inputs: [{ shape: [2, 5, 3] }, { shape: [2, 2], dtype: "int32", values: [4, 0, 2, 2] }],
      attributes: { axis: 1 },
    },
    { inputs: [{ shape: [7] }, { shape: [], dtype: "int32", values: [6] }], attributes: { axis: 0 } },
    { inputs: [{ shape: [5, 0] }, { shape: [3], dtype: "int32", values: [1, 4, 0] }], attributes: { axis: 0 } },
    { inputs: [{ shape: [5, 2] }, { shape: [0], dtype: "int32" }], attributes: { axis: 0 } },
    {
      inputs: [
        { shape: [9, 33], dtype: "uint8", range: [0, 255] },
        { shape: [6], dtype: "int32", values: [8, 0, 3] },
      ],
      attributes: { axis: 0 },
      differentiable: false,
    },
    {
      inputs: [
        { shape: [3, 9], dtype: "int32" },
        { shape: [6], dtype: "int32", values: [8, 0, 3] },
      ],
      attributes: { axis: 1 },
      differentiable: false,
    },
  ],
});

/** An array of zeros with `size` along the axis, to which each row of `updates` is added at its index, in order. */
export const scatterAddPrimitive = definePrimitive<{ axis: number; size: number; indexRank: number }>({
  name: "scatterAdd",
  kind: "kernel",
  infer(inputs, { axis, size, indexRank }) {
    const [updates, indices] = inputs as [Node, Node];
    requireIndices("scatterAdd", indices);
    if (updates.dtype !== "float32" && updates.dtype !== "int32")
      throw new TypeError(`scatterAdd: the updates are ${formatSignature(updates)}, expected float32 or int32`);
    if (!sameShape(updates.shape.slice(axis, axis + indexRank), indices.shape))
      throw new Error(
        `scatterAdd: from axis ${axis} the updates' shape ${formatShape(updates.shape)} must continue with the indices' shape ${formatShape(indices.shape)}`,
      );
    return {
      shape: [...updates.shape.slice(0, axis), size, ...updates.shape.slice(axis + indexRank)],
      dtype: updates.dtype,
    };
  },
  gradient(node, g) {
    return [node.dtype === "float32" ? gather(g, node.inputs[1] as Node, node.attributes.axis) : undefined, undefined];
  },
  reference(node, [updates, indices]) {
    const { axis, size } = node.attributes;
    const result = new Float64Array(sizeOf(node.shape));
    forEachRow(
      "scatterAdd",
      indices as Float64Array,
      sizeOf(node.shape.slice(0, axis)),
      size,
      sizeOf(node.shape.slice(axis + 1)),
      (listed, indexed) => {
        const total = (result[indexed] as number) + (updates?.[listed] as number);
        result[indexed] = node.dtype === "int32" ? total | 0 : total;
      },
    );
    return result;
  },
  samples: () => {
    const indices = (shape: Shape, values: readonly number[]) => ({ shape, dtype: "int32" as const, values });
    return [
      { inputs: [{ shape: [4, 3] }, indices([4], [4, 0, 2, 0])], attributes: { axis: 0, size: 5, indexRank: 1 } },
      {
        inputs: [{ shape: [2, 2, 2, 3] }, indices([2, 2], [4, 0, 2, 2])],
        attributes: { axis: 1, size: 5, indexRank: 2 },
      },
      { inputs: [{ shape: [] }, indices([], [6])], attributes: { axis: 0, size: 7, indexRank: 0 } },
      { inputs: [{ shape: [0, 2] }, indices([0], [])], attributes: { axis: 0, size: 3, indexRank: 1 } },
      {
        inputs: [{ shape: [300, 17] }, indices([300], [3, 1, 4, 1, 5, 9, 2, 6])],
        attributes: { axis: 0, size: 10, indexRank: 1 },
        differentiable: false,
      },
      {
        inputs: [{ shape: [6], dtype: "int32" }, indices([6], [1, 1, 0])],
        attributes: { axis: 0, size: 2, indexRank: 1 },
        differentiable: false,
      },
    ];
  },
});

export function gather(source: Node, indices: Node, axis: number): Node {
  return apply(gatherPrimitive, [source, indices], { axis });
}

export function scatterAdd(updates: Node, indices: Node, { axis, size }: { axis: number; size: number }): Node {
  return apply(scatterAddPrimitive, [updates, indices], { axis, size, indexRank: indices.shape.length });
}
