/**
 * Softmax. It is a composition of other primitives, which the compiler puts in its place, but has a gradient of its own: that needs the
 * result alone, where the gradient of the composition needs the exponentials and their sum as well.
 */

import { apply, definePrimitive, formatSignature, type Node } from "../node.ts";
import { formatShape, sizeOf } from "../shape.ts";
import { exp, multiply, reciprocal, subtract } from "./elementwise.ts";
import { forEachLine } from "./lines.ts";
import { broadcast, reshape } from "./movement.ts";
import { reduce } from "./reduce.ts";

/** A sum or the largest along an axis, which keeps its place. */
function along(kind: "sum" | "max", x: Node, axis: number): Node {
  return reshape(reduce(kind, x, [axis]), x.shape.with(axis, 1));
}

/** y_i = e^(x_i) / Σ_j e^(x_j) along an axis; all NaN where the largest is infinite. Its gradient is y (g - Σ_j g_j y_j). */
export const softmaxPrimitive = definePrimitive<{ readonly axis: number }>({
  name: "softmax",
  kind: "kernel",
  infer([input], { axis }) {
    const x = input as Node;
    if (!(axis >= 0 && axis < x.shape.length))
      throw new RangeError(`softmax: axis ${axis} is outside the ${x.shape.length} axes of ${formatShape(x.shape)}`);
    if (x.dtype !== "float32")
      throw new TypeError(`softmax: the input is ${formatSignature(x)}, expected float32; cast it first`);
    return { shape: x.shape, dtype: x.dtype };
  },
  gradient(node, g) {
    const weighted = along("sum", multiply(g, node), node.attributes.axis);
    return [multiply(node, subtract(g, broadcast(weighted, g.shape)))];
  },
  expand(node) {
    const [x] = node.inputs as [Node];
    const { axis } = node.attributes;
    if (sizeOf(x.shape) === 0) return x;
    const exponentials = exp(subtract(x, broadcast(along("max", x, axis), x.shape)));
    // One quotient an axis: the sum is between 1 and its length, so that its reciprocal is an ordinary number.
    return multiply(exponentials, broadcast(reciprocal(along("sum", exponentials, axis)), x.shape));
  },
  reference(node, [x]) {
    const result = new Float64Array(sizeOf(node.shape));
    forEachLine(node.shape, node.attributes.axis, (start, stride, size) => {
      const places = Array.from({ length: size }, (_, index) => start + index * stride);
      const value = (place: number) => x?.[place] as number;
      const largest = places.reduce((most, place) => Math.max(most, value(place)), Number.NEGATIVE_INFINITY);
      let sum = 0;
      for (const place of places) {
        result[place] = Math.exp(value(place) - largest);
        sum += result[place] as number;
      }
      for (const place of places) result[place] = (result[place] as number) / sum;
    });
    return result;
  },
  samples: () => [
    ...[
      { shape: [5], axis: 0 },
      { shape: [3, 4], axis: 1 },
      { shape: [4, 3], axis: 0 },
      { shape: [2, 5, 3], axis: 1 },
      { shape: [3, 1], axis: 1 },
      { shape: [3, 0], axis: 1 },
    ].map(({ shape, axis }) => ({ inputs: [{ shape }], attributes: { axis } })),
    { inputs: [{ shape: [2, 3], range: [-200, 200] as const }], attributes: { axis: 1 }, differentiable: false },
    {
      inputs: [{ shape: [2, 3], values: [1, Number.NEGATIVE_INFINITY, 2, Number.NaN, 0, 1] }],
      attributes: { axis: 1 },
      differentiable: false,
    },
    { inputs: [{ shape: [1200, 70] }], attributes: { axis: 1 }, differentiable: false },
  ],
});

export function softmax(x: Node, axis: number): Node {
  return apply(softmaxPrimitive, [x], { axis });
}
