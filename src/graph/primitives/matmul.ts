/** Batched matrix multiplication. Transposed operands are permuted views, which cost nothing: the kernel takes any strides. */
import { apply, definePrimitive, formatSignature, type Node, type Sample, type Values } from "../node.ts";
import { type Precision, precisions, roundToBfloat16 } from "../precision.ts";
import { formatShape, sameShape, sizeOf } from "../shape.ts";
import { transposeLast } from "./movement.ts";

/** In what precision a product is computed; that of its gradient is the same. */
export type MatmulAttributes = { readonly precision: Precision };

/** C[..., m, n] = sum over k of A[..., m, k] B[..., k, n], for equal leading dimensions. */
export const matmulPrimitive = definePrimitive<MatmulAttributes>({
  name: "matmul",
  kind: "kernel",
  infer(inputs) {
    const [a, b] = inputs as [Node, Node];
    for (const [index, input] of [a, b].entries())
      if (input.dtype !== "float32" || input.shape.length < 2)
        throw new TypeError(
          `matmul: input ${index} is ${formatSignature(input)}, expected a float32 matrix or a batch of them`,
        );
    const k = a.shape[a.shape.length - 1] as number;
    const rows = b.shape[b.shape.length - 2] as number;
    if (k !== rows)
      throw new Error(
        `matmul: ${formatShape(a.shape)} has ${k} columns and ${formatShape(b.shape)} has ${rows} rows; they must be equal`,
      );
    const batch = a.shape.slice(0, -2);
    if (!sameShape(batch, b.shape.slice(0, -2)))
      throw new Error(
        `matmul: the leading dimensions of ${formatShape(a.shape)} and ${formatShape(b.shape)} must be equal`,
      );
    return { shape: [...a.shape.slice(0, -1), b.shape[b.shape.length - 1] as number], dtype: "float32" };
  },
  gradient(node, g) {
    const [a, b] = node.inputs as [Node, Node];
    const { precision } = node.attributes;
    return [matmul(g, transposeLast(b), precision), matmul(transposeLast(a), g, precision)];
  },
  reference(node, inputs) {
    const isRounded = node.attributes.precision === "bfloat16";
    const [a, b] = inputs.map((input) => (isRounded ? input.map(roundToBfloat16) : input)) as [Values, Values];
    const [m, n] = node.shape.slice(-2) as [number, number];
    const k = (node.inputs[0] as Node).shape[node.shape.length - 1] as number;
    const result = new Float64Array(sizeOf(node.shape));
    for (let batch = 0; batch < sizeOf(node.shape.slice(0, -2)); batch++)
      for (let row = 0; row < m; row++)
        for (let inner = 0; inner < k; inner++) {
          const left = a[(batch * m + row) * k + inner] as number;
          const from = (batch * k + inner) * n;
          const to = (batch * m + row) * n;
          for (let column = 0; column < n; column++)
            result[to + column] = (result[to + column] as number) + left * (b[from + column] as number);
        }
    return result;
  },
  samples: () =>
    precisions.flatMap((precision) =>
      // Rounding is a step function, of which finite differences mean nothing.
      samples(precision).map((sample) => (precision === "bfloat16" ? { ...sample, differentiable: false } : sample)),
    ),
});

function samples(precision: Precision): readonly Sample<MatmulAttributes>[] {
  const attributes = { precision };
  return [
    ...[
      [1, 1, 1],
      [2, 3, 4],
      [5, 1, 7],
      [1, 17, 1],
      [16, 16, 16],
      [13, 31, 17],
      [0, 3, 2],
      [2, 0, 3],
      [2, 3, 0],
      [33, 65, 29],
    ].map(([m, k, n]) => ({
      inputs: [{ shape: [m as number, k as number] }, { shape: [k as number, n as number] }],
      attributes,
    })),
    { inputs: [{ shape: [2, 3, 4, 5] }, { shape: [2, 3, 5, 6] }], attributes },
    { inputs: [{ shape: [0, 2, 2] }, { shape: [0, 2, 2] }], attributes },
    { inputs: [{ shape: [70, 300] }, { shape: [300, 50] }], attributes, differentiable: false },
    {
      inputs: [
        { shape: [2, 2], values: [1, Number.NaN, 0, 1] },
        { shape: [2, 2], values: [Number.POSITIVE_INFINITY, 1, 2, -0] },
      ],
      attributes,
      differentiable: false,
    },
  ];
}

export function matmul(a: Node, b: Node, precision: Precision = "float32"): Node {
  return apply(matmulPrimitive, [a, b], { precision });
}
