/**
 * How elementwise primitives are defined: from a function of numbers and a rule for the gradient come the checks of types and
 * shapes, the reference and the samples. The definitions themselves are in elementwise.ts.
 */
import type { DType } from "../dtype.ts";
import {
  apply,
  definePrimitive,
  formatSignature,
  type Node,
  type Primitive,
  type Sample,
  type SampleInput,
} from "../node.ts";
import { formatShape, sameShape } from "../shape.ts";

export type None = Record<string, never>;
type Elementwise = Primitive<None>;
export const noAttributes: None = {};

export function requireDType(name: string, inputs: readonly Node[], allowed: readonly DType[]): void {
  for (let index = 0; index < inputs.length; index++) {
    const input = inputs[index] as Node;
    if (!allowed.includes(input.dtype)) {
      const mend = input.dtype === "bool" || input.dtype === "uint8" ? "; cast it first" : "";
      throw new TypeError(
        `${name}: input ${index} is ${formatSignature(input)}, expected ${allowed.join(" or ")}${mend}`,
      );
    }
  }
}

export function requireSameSignature(name: string, inputs: readonly Node[]): Node {
  const first = inputs[0];
  if (!first) throw new Error(`${name}: needs an input`);
  for (let index = 1; index < inputs.length; index++) {
    const other = inputs[index] as Node;
    if (other.dtype !== first.dtype)
      throw new TypeError(
        `${name}: inputs are ${formatSignature(first)} and ${formatSignature(other)}; cast one so that the types agree`,
      );
    if (!sameShape(other.shape, first.shape))
      throw new Error(
        `${name}: inputs have the shapes ${formatShape(first.shape)} and ${formatShape(other.shape)}, which must be equal here`,
      );
  }
  return first;
}

/**
 * Shapes every elementwise primitive is tried on, with the special numbers among the values. Subnormal numbers are not:
 * fast devices may take them for zero.
 */
const specials = [
  Number.NaN,
  Number.POSITIVE_INFINITY,
  Number.NEGATIVE_INFINITY,
  -0,
  0,
  1,
  -1,
  3e38,
  -3e38,
  0.5,
  -2.5,
  1.5,
];
function floatSamples(arity: number, range: readonly [number, number] = [-2, 2]): Sample<None>[] {
  const inputs = (input: SampleInput) => Array.from({ length: arity }, () => input);
  const special = Array.from({ length: arity }, (_, position) => ({
    shape: [specials.length, specials.length],
    // The second input runs slowly while the first runs fast, so that every pair of special values meets.
    values: specials.flatMap((slow) => specials.map((fast) => (position === 0 ? fast : slow))),
  }));
  return [
    { inputs: inputs({ shape: [], range }), attributes: noAttributes },
    { inputs: inputs({ shape: [0, 3], range }), attributes: noAttributes },
    { inputs: inputs({ shape: [2, 3], range }), attributes: noAttributes },
    { inputs: inputs({ shape: [5, 7, 3], range }), attributes: noAttributes },
    { inputs: inputs({ shape: [1031], range }), attributes: noAttributes },
    { inputs: special, attributes: noAttributes, differentiable: false },
  ];
}
function typedSamples(arity: number, dtype: DType, range: readonly [number, number]): Sample<None>[] {
  return [[], [0], [17], [3, 5]].map((shape) => ({
    inputs: Array.from({ length: arity }, () => ({ shape, dtype, range })),
    attributes: noAttributes,
    differentiable: false,
  }));
}
const intSamples = (arity: number, range: readonly [number, number] = [-9, 9]): Sample<None>[] => [
  ...typedSamples(arity, "int32", range),
  {
    inputs: [
      { shape: [6, 6], dtype: "int32" as const, values: [-2147483648, 2147483647, 0, -1, 1, 65537] },
      {
        shape: [6, 6],
        dtype: "int32" as const,
        values: [0, 0, 0, 0, 0, 0, -1, -1, -1, -1, -1, -1, 1, 2, 3, 7, 31, 33, 2147483647],
      },
    ].slice(0, arity),
    attributes: noAttributes,
    differentiable: false,
  },
];

type UnaryRule = (x: Node, y: Node, g: Node) => Node | undefined;
interface UnaryOptions {
  range?: readonly [number, number];
  /** The int32 rule; without it the primitive takes float32 only. */
  integer?: (x: number) => number;
  differentiable?: boolean;
}

/** Defines a function of one tensor. */
/* @__NO_SIDE_EFFECTS__ */
export function unary(
  name: string,
  of: (x: number) => number,
  rule: UnaryRule,
  options: UnaryOptions = {},
): (x: Node) => Node {
  const { integer, differentiable = true } = options;
  const dtypes: readonly DType[] = integer ? ["float32", "int32"] : ["float32"];
  const primitive: Elementwise = definePrimitive<None>({
    name,
    kind: "elementwise",
    infer(inputs) {
      requireDType(name, inputs, dtypes);
      return requireSameSignature(name, inputs);
    },
    gradient(node, g) {
      const [x] = node.inputs as [Node];
      return [node.dtype === "float32" ? rule(x, node, g) : undefined];
    },
    reference: (node, [x]) =>
      (x as Float64Array).map(node.dtype === "int32" && integer ? (value) => integer(value) | 0 : of),
    samples: () => [
      ...floatSamples(1, options.range).map((sample) => (differentiable ? sample : { ...sample, differentiable })),
      ...(integer ? intSamples(1) : []),
    ],
  });
  return (x) => apply(primitive, [x], noAttributes);
}

type BinaryRule = (a: Node, b: Node, y: Node, g: Node) => readonly [Node | undefined, Node | undefined];
export interface BinaryOptions {
  dtypes?: readonly DType[];
  result?: DType;
  integer?: (a: number, b: number) => number;
  range?: readonly [number, number];
  differentiable?: boolean;
}

/** Defines a function of two tensors of one shape and dtype. */
/* @__NO_SIDE_EFFECTS__ */
export function binary(
  name: string,
  of: (a: number, b: number) => number,
  rule: BinaryRule | undefined,
  options: BinaryOptions = {},
): (a: Node, b: Node) => Node {
  const { dtypes = ["float32", "int32"], result, integer, range, differentiable = rule !== undefined } = options;
  const primitive: Elementwise = definePrimitive<None>({
    name,
    kind: "elementwise",
    infer(inputs) {
      requireDType(name, inputs, dtypes);
      const { shape, dtype } = requireSameSignature(name, inputs);
      return { shape, dtype: result ?? dtype };
    },
    gradient(node, g) {
      const [a, b] = node.inputs as [Node, Node];
      return rule && node.dtype === "float32" ? rule(a, b, node, g) : [undefined, undefined];
    },
    reference(node, [a, b]) {
      const [left, right] = [a as Float64Array, b as Float64Array];
      const combine = node.inputs[0]?.dtype === "int32" && integer ? integer : of;
      return left.map((value, index) => combine(value, right[index] as number));
    },
    samples: () => [
      ...(dtypes.includes("float32")
        ? floatSamples(2, range).map((sample) => (differentiable ? sample : { ...sample, differentiable }))
        : []),
      ...(dtypes.includes("int32") ? intSamples(2) : []),
      ...(dtypes.includes("bool") ? typedSamples(2, "bool", [0, 1]) : []),
      ...(dtypes.includes("uint8") ? typedSamples(2, "uint8", [0, 255]) : []),
    ],
  });
  return (a, b) => apply(primitive, [a, b], noAttributes);
}
