/** Primitives that move elements without computing: reshape, permute, broadcast, slice, pad, concatenate. */
import { apply, definePrimitive, type Node } from "../node.ts";
import { formatShape, type Shape, sameShape, sizeOf, stridesOf } from "../shape.ts";
import { constant } from "./leaf.ts";
import { sum } from "./reduce.ts";

/** Calls `visit` with the row-major index of `shape` and the offset that `strides` give it. */
export function forEachIndex(
  shape: Shape,
  strides: readonly number[],
  offset: number,
  visit: (index: number, offset: number) => void,
): void {
  const size = sizeOf(shape);
  const position = new Array<number>(shape.length).fill(0);
  let place = offset;
  for (let index = 0; index < size; index++) {
    visit(index, place);
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      const stride = strides[axis] as number;
      position[axis] = (position[axis] as number) + 1;
      place += stride;
      if ((position[axis] as number) < (shape[axis] as number)) break;
      place -= stride * (shape[axis] as number);
      position[axis] = 0;
    }
  }
}

/** The elements of `x` seen through strides and an offset. */
function view(x: Float64Array, shape: Shape, strides: readonly number[], offset: number): Float64Array {
  const result = new Float64Array(sizeOf(shape));
  forEachIndex(shape, strides, offset, (index, place) => {
    result[index] = x[place] as number;
  });
  return result;
}

export const reshapePrimitive = definePrimitive<{ shape: Shape }>({
  name: "reshape",
  kind: "view",
  infer([x], { shape }) {
    const { shape: from, dtype } = x as Node;
    if (sizeOf(from) !== sizeOf(shape))
      throw new Error(
        `reshape: ${formatShape(from)} has ${sizeOf(from)} elements and ${formatShape(shape)} has ${sizeOf(shape)}; the sizes must be equal`,
      );
    return { shape, dtype };
  },
  gradient: (node, g) => [reshape(g, (node.inputs[0] as Node).shape)],
  reference: (_node, [x]) => x as Float64Array,
  samples: () => [
    { inputs: [{ shape: [2, 3, 4] }], attributes: { shape: [4, 6] } },
    { inputs: [{ shape: [] }], attributes: { shape: [1, 1] } },
    { inputs: [{ shape: [0, 5] }], attributes: { shape: [5, 0, 2] } },
    { inputs: [{ shape: [7, 3], dtype: "int32" }], attributes: { shape: [21] }, differentiable: false },
  ],
});

export const permutePrimitive = definePrimitive<{ axes: readonly number[] }>({
  name: "permute",
  kind: "view",
  infer([x], { axes }) {
    const { shape, dtype } = x as Node;
    if (
      axes.length !== shape.length ||
      new Set(axes).size !== axes.length ||
      axes.some((axis) => !(axis >= 0 && axis < shape.length))
    )
      throw new Error(
        `permute: ${formatShape(axes)} is not an order of the ${shape.length} axes of ${formatShape(shape)}`,
      );
    return { shape: axes.map((axis) => shape[axis] as number), dtype };
  },
  gradient(node, g) {
    const { axes } = node.attributes;
    return [
      permute(
        g,
        axes.map((_, axis) => axes.indexOf(axis)),
      ),
    ];
  },
  reference(node, [x]) {
    const strides = stridesOf((node.inputs[0] as Node).shape);
    return view(
      x as Float64Array,
      node.shape,
      node.attributes.axes.map((axis) => strides[axis] as number),
      0,
    );
  },
  samples: () => [
    { inputs: [{ shape: [3, 5] }], attributes: { axes: [1, 0] } },
    { inputs: [{ shape: [2, 3, 4] }], attributes: { axes: [2, 0, 1] } },
    { inputs: [{ shape: [2, 3, 1, 5] }], attributes: { axes: [0, 2, 1, 3] } },
    { inputs: [{ shape: [0, 4] }], attributes: { axes: [1, 0] } },
    { inputs: [{ shape: [33, 65] }], attributes: { axes: [1, 0] } },
    {
      inputs: [{ shape: [9, 6], dtype: "uint8", range: [0, 255] }],
      attributes: { axes: [1, 0] },
      differentiable: false,
    },
  ],
});

/** Stretches by NumPy's rule: axes are aligned at the last; missing ones and those of size 1 repeat. */
export const broadcastPrimitive = definePrimitive<{ shape: Shape }>({
  name: "broadcast",
  kind: "view",
  infer([x], { shape }) {
    const { shape: from, dtype } = x as Node;
    const lead = shape.length - from.length;
    for (const [axis, dimension] of from.entries()) {
      if (lead < 0 || (dimension !== 1 && dimension !== shape[lead + axis]))
        throw new Error(
          `broadcast: ${formatShape(from)} does not stretch to ${formatShape(shape)}: axis ${axis} of size ${dimension} is neither 1 nor equal`,
        );
    }
    return { shape, dtype };
  },
  gradient(node, g) {
    const from = (node.inputs[0] as Node).shape;
    const lead = node.shape.length - from.length;
    const stretched = node.shape.flatMap((dimension, axis) =>
      axis < lead || (from[axis - lead] === 1 && dimension !== 1) ? [axis] : [],
    );
    return [reshape(sum(g, stretched), from)];
  },
  reference(node, [x]) {
    const from = (node.inputs[0] as Node).shape;
    return view(x as Float64Array, node.shape, broadcastStrides(from, stridesOf(from), node.shape), 0);
  },
  samples: () => [
    { inputs: [{ shape: [] }], attributes: { shape: [2, 3] } },
    { inputs: [{ shape: [3] }], attributes: { shape: [4, 3] } },
    { inputs: [{ shape: [4, 1] }], attributes: { shape: [4, 3] } },
    { inputs: [{ shape: [2, 1, 5] }], attributes: { shape: [3, 2, 4, 5] } },
    { inputs: [{ shape: [1] }], attributes: { shape: [0] } },
    {
      inputs: [{ shape: [1, 7], dtype: "bool", values: [1, 0, 1] }],
      attributes: { shape: [3, 7] },
      differentiable: false,
    },
  ],
});

/** The strides with which an array of shape `from` is read in the broadcast shape `to`. */
export function broadcastStrides(from: Shape, strides: readonly number[], to: Shape): number[] {
  const lead = to.length - from.length;
  return to.map((_, axis) => (axis < lead || from[axis - lead] === 1 ? 0 : (strides[axis - lead] as number)));
}

/** Elements `start + step * i` of every axis; a negative step walks backwards. */
export const slicePrimitive = definePrimitive<{
  start: readonly number[];
  size: readonly number[];
  step: readonly number[];
}>({
  name: "slice",
  kind: "view",
  infer([x], { start, size, step }) {
    const { shape, dtype } = x as Node;
    if (start.length !== shape.length || size.length !== shape.length || step.length !== shape.length)
      throw new Error(
        `slice: start, size and step must each have ${shape.length} numbers, one for each axis of ${formatShape(shape)}`,
      );
    requireInside("slice", shape, start, size, step);
    return { shape: size, dtype };
  },
  gradient(node, g) {
    const { start, step } = node.attributes;
    return [pad(g, { shape: (node.inputs[0] as Node).shape, start, step })];
  },
  reference(node, [x]) {
    const { start, step } = node.attributes;
    const strides = stridesOf((node.inputs[0] as Node).shape);
    const offset = start.reduce((total, from, axis) => total + from * (strides[axis] as number), 0);
    return view(
      x as Float64Array,
      node.shape,
      strides.map((stride, axis) => stride * (step[axis] as number)),
      offset,
    );
  },
  samples: () => [
    { inputs: [{ shape: [5, 7] }], attributes: { start: [1, 2], size: [3, 4], step: [1, 1] } },
    { inputs: [{ shape: [5, 7] }], attributes: { start: [4, 0], size: [5, 4], step: [-1, 2] } },
    { inputs: [{ shape: [3] }], attributes: { start: [3], size: [0], step: [1] } },
    {
      inputs: [{ shape: [4, 9], dtype: "int32" }],
      attributes: { start: [0, 8], size: [4, 9], step: [1, -1] },
      differentiable: false,
    },
  ],
});

function requireInside(
  name: string,
  outer: Shape,
  start: readonly number[],
  size: Shape,
  step: readonly number[],
): void {
  for (const [axis, dimension] of outer.entries()) {
    const count = size[axis] as number;
    const first = start[axis] as number;
    const last = first + (step[axis] as number) * (count - 1);
    if (count > 0 && (Math.min(first, last) < 0 || Math.max(first, last) >= dimension))
      throw new RangeError(
        `${name}: elements ${first} to ${last} of axis ${axis} are not all inside its size ${dimension} (shape ${formatShape(outer)})`,
      );
  }
}

/** Places x at `start + step * i` of an array of `shape` that is `value` elsewhere: the transpose of a slice. */
export const padPrimitive = definePrimitive<{
  shape: Shape;
  start: readonly number[];
  step: readonly number[];
  value: number;
}>({
  name: "pad",
  kind: "kernel",
  infer([x], { shape, start, step }) {
    const { shape: size, dtype } = x as Node;
    if (shape.length !== size.length || start.length !== size.length || step.length !== size.length)
      throw new Error(
        `pad: shape, start and step must each have ${size.length} numbers, one for each axis of ${formatShape(size)}`,
      );
    requireInside("pad", shape, start, size, step);
    return { shape, dtype };
  },
  gradient(node, g) {
    const { start, step } = node.attributes;
    return [slice(g, { start, size: (node.inputs[0] as Node).shape, step })];
  },
  reference(node, [x]) {
    const { start, step, value } = node.attributes;
    const result = new Float64Array(sizeOf(node.shape)).fill(value);
    const strides = stridesOf(node.shape);
    const offset = start.reduce((total, from, axis) => total + from * (strides[axis] as number), 0);
    forEachIndex(
      (node.inputs[0] as Node).shape,
      strides.map((stride, axis) => stride * (step[axis] as number)),
      offset,
      (index, place) => {
        result[place] = (x as Float64Array)[index] as number;
      },
    );
    return result;
  },
  samples: () => [
    { inputs: [{ shape: [2, 3] }], attributes: { shape: [4, 8], start: [1, 2], step: [1, 2], value: 0 } },
    { inputs: [{ shape: [3] }], attributes: { shape: [5], start: [4], step: [-1], value: -1 } },
    { inputs: [{ shape: [0] }], attributes: { shape: [3], start: [0], step: [1], value: 2 } },
    {
      inputs: [{ shape: [2, 2], dtype: "int32" }],
      attributes: { shape: [3, 3], start: [0, 1], step: [1, 1], value: 7 },
      differentiable: false,
    },
    {
      inputs: [{ shape: [3, 2], dtype: "uint8", range: [0, 255] }],
      attributes: { shape: [3, 5], start: [0, 1], step: [1, 1], value: 9 },
      differentiable: false,
    },
  ],
});

export const concatenatePrimitive = definePrimitive<{ axis: number }>({
  name: "concatenate",
  kind: "kernel",
  infer(inputs, { axis }) {
    const [first] = inputs;
    if (!first) throw new Error("concatenate: needs at least one input");
    if (!(axis >= 0 && axis < first.shape.length))
      throw new RangeError(
        `concatenate: axis ${axis} is outside the ${first.shape.length} axes of ${formatShape(first.shape)}`,
      );
    let total = 0;
    for (const [index, input] of inputs.entries()) {
      const fits =
        input.shape.length === first.shape.length &&
        input.shape.every((dimension, at) => at === axis || dimension === first.shape[at]);
      if (!fits || input.dtype !== first.dtype)
        throw new Error(
          `concatenate: input ${index} is ${input.dtype}${formatShape(input.shape)} and input 0 is ${first.dtype}${formatShape(first.shape)}; they must agree in all but axis ${axis}`,
        );
      total += input.shape[axis] as number;
    }
    return { shape: first.shape.map((dimension, at) => (at === axis ? total : dimension)), dtype: first.dtype };
  },
  gradient(node, g) {
    const { axis } = node.attributes;
    let from = 0;
    return node.inputs.map((input) => {
      const start = input.shape.map((_, at) => (at === axis ? from : 0));
      from += input.shape[axis] as number;
      return slice(g, { start, size: input.shape, step: input.shape.map(() => 1) });
    });
  },
  reference(node, values) {
    const { axis } = node.attributes;
    const result = new Float64Array(sizeOf(node.shape));
    const strides = stridesOf(node.shape);
    let from = 0;
    for (const [at, input] of node.inputs.entries()) {
      forEachIndex(input.shape, strides, from * (strides[axis] as number), (index, place) => {
        result[place] = (values[at] as Float64Array)[index] as number;
      });
      from += input.shape[axis] as number;
    }
    return result;
  },
  samples: () => [
    { inputs: [{ shape: [2, 3] }, { shape: [2, 4] }], attributes: { axis: 1 } },
    { inputs: [{ shape: [2, 3] }, { shape: [0, 3] }, { shape: [1, 3] }], attributes: { axis: 0 } },
    {
      inputs: [
        { shape: [3], dtype: "int32" },
        { shape: [2], dtype: "int32" },
      ],
      attributes: { axis: 0 },
      differentiable: false,
    },
    {
      inputs: [
        { shape: [2, 1, 5], dtype: "bool", values: [1, 0] },
        { shape: [2, 2, 5], dtype: "bool", values: [0, 1, 1] },
      ],
      attributes: { axis: 1 },
      differentiable: false,
    },
  ],
});

export function reshape(x: Node, shape: Shape): Node {
  return sameShape(x.shape, shape) ? x : apply(reshapePrimitive, [x], { shape: [...shape] });
}

export function permute(x: Node, axes: readonly number[]): Node {
  return axes.every((axis, at) => axis === at) && axes.length === x.shape.length
    ? x
    : apply(permutePrimitive, [x], { axes: [...axes] });
}

/** Exchanges the last two axes. */
export function transposeLast(x: Node): Node {
  const rank = x.shape.length;
  return permute(
    x,
    x.shape.map((_, axis) => (axis === rank - 2 ? rank - 1 : axis === rank - 1 ? rank - 2 : axis)),
  );
}

export function broadcast(x: Node, shape: Shape): Node {
  return sameShape(x.shape, shape) ? x : apply(broadcastPrimitive, [x], { shape: [...shape] });
}

export function slice(
  x: Node,
  { start, size, step }: { start: readonly number[]; size: Shape; step?: readonly number[] },
): Node {
  return apply(slicePrimitive, [x], {
    start: [...start],
    size: [...size],
    step: step ? [...step] : start.map(() => 1),
  });
}

export function pad(
  x: Node,
  options: { shape: Shape; start: readonly number[]; step?: readonly number[]; value?: number },
): Node {
  const { shape, start, step = start.map(() => 1), value = 0 } = options;
  return apply(padPrimitive, [x], { shape: [...shape], start: [...start], step: [...step], value });
}

export function concatenate(inputs: readonly Node[], axis: number): Node {
  return inputs.length === 1 ? (inputs[0] as Node) : apply(concatenatePrimitive, inputs, { axis });
}

/** A constant zero of any shape. */
export function zeros(shape: Shape, dtype: Node["dtype"] = "float32"): Node {
  return broadcast(constant(0, dtype), shape);
}
