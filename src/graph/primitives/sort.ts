/** The positions of elements in order. Sorting itself is a gather at these positions, and so is its gradient's way back. */

import { apply, definePrimitive, type Node } from "../node.ts";
import { formatShape } from "../shape.ts";
import { forEachLine } from "./lines.ts";
import { argsortName } from "./names.ts";

/** The first `count` of the order; all of them where `count` is the size of the axis. */
export type ArgsortAttributes = {
  readonly axis: number;
  readonly descending: boolean;
  readonly count: number;
};

/** The positions along `axis` of its elements in order. Equal elements keep their order; NaN is last, also in descending order. */
export const argsortPrimitive = definePrimitive<ArgsortAttributes>({
  name: argsortName.name,
  kind: "kernel",
  infer([x], { axis, count }) {
    const { shape } = x as Node;
    const size = shape[axis];
    if (size === undefined)
      throw new RangeError(`argsort: axis ${axis} is outside the ${shape.length} axes of ${formatShape(shape)}`);
    if (!(count >= 0 && count <= size))
      throw new RangeError(`argsort: ${count} elements of axis ${axis} of ${formatShape(shape)}, which has ${size}`);
    return { shape: shape.with(axis, count), dtype: "int32" };
  },
  gradient: () => [undefined],
  reference(node, [x]) {
    const { axis, descending, count } = node.attributes;
    const result = new Float64Array(node.shape.reduce((product, size) => product * size, 1));
    let at = 0;
    const starts = new Map<number, number>();
    // Lines come in the same order on both sides.
    forEachLine(node.shape, axis, (start) => starts.set(at++, start));
    at = 0;
    forEachLine((node.inputs[0] as Node).shape, axis, (start, stride, size) => {
      const value = (position: number) => x?.[start + position * stride] as number;
      const order = Array.from({ length: size }, (_, position) => position).sort((a, b) => {
        const [first, second] = [value(a), value(b)];
        if (Number.isNaN(first) || Number.isNaN(second))
          return Number(Number.isNaN(first)) - Number(Number.isNaN(second));
        return descending ? second - first || 0 : first - second || 0;
      });
      const to = starts.get(at++) ?? 0;
      for (const [place, position] of order.slice(0, count).entries()) result[to + place * stride] = position;
    });
    return result;
  },
  samples() {
    const { NaN: nan, POSITIVE_INFINITY: infinity } = Number;
    const odd = [0, nan, -0, infinity, 1, -infinity, nan, 1, -1, 1e-40];
    return [
      ...[false, true].flatMap((descending) => [
        { inputs: [{ shape: [7] }], attributes: { axis: 0, descending, count: 7 } },
        { inputs: [{ shape: [3, 5] }], attributes: { axis: 1, descending, count: 5 } },
        { inputs: [{ shape: [4, 3, 2] }], attributes: { axis: 0, descending, count: 2 } },
        { inputs: [{ shape: [2, 40, 3] }], attributes: { axis: 1, descending, count: 40 } },
        { inputs: [{ shape: [2, 500] }], attributes: { axis: 1, descending, count: 500 } },
        { inputs: [{ shape: [2, 500] }], attributes: { axis: 1, descending, count: 5 } },
        { inputs: [{ shape: [2, 500] }], attributes: { axis: 1, descending, count: 33 } },
        { inputs: [{ shape: [2, 10], values: odd }], attributes: { axis: 1, descending, count: 10 } },
        { inputs: [{ shape: [90], values: odd }], attributes: { axis: 0, descending, count: 90 } },
        {
          inputs: [{ shape: [60], dtype: "int32" as const, values: [5, -2147483648, 2147483647, 0, -1, 5, 300] }],
          attributes: { axis: 0, descending, count: 60 },
        },
        {
          inputs: [{ shape: [3, 50], dtype: "uint8" as const, range: [0, 255] as const }],
          attributes: { axis: 1, descending, count: 50 },
        },
        {
          inputs: [{ shape: [9], dtype: "bool" as const, values: [1, 0, 0] }],
          attributes: { axis: 0, descending, count: 4 },
        },
      ]),
      { inputs: [{ shape: [3, 0] }], attributes: { axis: 1, descending: false, count: 0 } },
      { inputs: [{ shape: [0, 3] }], attributes: { axis: 1, descending: false, count: 3 } },
      { inputs: [{ shape: [2, 3] }], attributes: { axis: 1, descending: false, count: 0 } },
    ].map((sample) => ({ ...sample, differentiable: false }));
  },
});

export function argsort(x: Node, attributes: ArgsortAttributes): Node {
  return apply(argsortPrimitive, [x], attributes);
}
