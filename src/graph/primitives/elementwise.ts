/**
 * Elementwise primitives: each element of the result depends on the elements of the inputs at the same index. Inputs have
 * equal shapes; broadcasting is a primitive of its own. Every definition reads like a line of a table of derivatives.
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
import { constant } from "./leaf.ts";
import { broadcast } from "./movement.ts";
import { erf } from "./special.ts";

type None = Record<string, never>;
type Elementwise = Primitive<None>;
const noAttributes: None = {};

/** A constant in the shape and dtype of `like`. */
export function fillLike(like: Node, value: number): Node {
  return broadcast(constant(value, like.dtype), like.shape);
}

function requireDType(name: string, inputs: readonly Node[], allowed: readonly DType[]): void {
  for (const [index, input] of inputs.entries()) {
    if (!allowed.includes(input.dtype)) {
      const mend = input.dtype === "bool" || input.dtype === "uint8" ? "; cast it first" : "";
      throw new TypeError(
        `${name}: input ${index} is ${formatSignature(input)}, expected ${allowed.join(" or ")}${mend}`,
      );
    }
  }
}

function requireSameSignature(name: string, inputs: readonly Node[]): Node {
  const [first, ...rest] = inputs;
  if (!first) throw new Error(`${name}: needs an input`);
  for (const other of rest) {
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

function unary(
  name: string,
  of: (x: number) => number,
  rule: UnaryRule,
  options: UnaryOptions = {},
): (x: Node) => Node {
  const { integer, differentiable = true } = options;
  const primitive: Elementwise = definePrimitive<None>({
    name,
    kind: "elementwise",
    infer(inputs) {
      requireDType(name, inputs, integer ? ["float32", "int32"] : ["float32"]);
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

export const negative = unary(
  "negative",
  (x) => -x,
  (_x, _y, g) => negative(g),
  { integer: (x) => -x },
);
export const abs = unary("abs", Math.abs, (x, _y, g) => multiply(g, sign(x)), { integer: Math.abs });
export const sign = unary("sign", Math.sign, (x) => fillLike(x, 0), { integer: Math.sign });
export const exp = unary("exp", Math.exp, (_x, y, g) => multiply(g, y));
export const expm1 = unary("expm1", Math.expm1, (x, _y, g) => multiply(g, exp(x)));
export const log = unary("log", Math.log, (x, _y, g) => divide(g, x), { range: [0.1, 4] });
export const log1p = unary("log1p", Math.log1p, (x, _y, g) => divide(g, add(x, fillLike(x, 1))), { range: [-0.9, 4] });
export const sqrt = unary("sqrt", Math.sqrt, (_x, y, g) => divide(g, multiply(fillLike(y, 2), y)), { range: [0.1, 4] });
export const rsqrt = unary(
  "rsqrt",
  (x) => 1 / Math.sqrt(x),
  (x, y, g) => multiply(g, multiply(fillLike(y, -0.5), divide(y, x))),
  { range: [0.1, 4] },
);
export const reciprocal = unary(
  "reciprocal",
  (x) => 1 / x,
  (_x, y, g) => negative(multiply(g, multiply(y, y))),
  { range: [0.3, 3] },
);
export const sin = unary("sin", Math.sin, (x, _y, g) => multiply(g, cos(x)));
export const cos = unary("cos", Math.cos, (x, _y, g) => negative(multiply(g, sin(x))));
export const tanh = unary("tanh", Math.tanh, (_x, y, g) => multiply(g, subtract(fillLike(y, 1), multiply(y, y))));
export const sigmoid = unary(
  "sigmoid",
  (x) => (x >= 0 ? 1 / (1 + Math.exp(-x)) : Math.exp(x) / (1 + Math.exp(x))),
  (_x, y, g) => multiply(g, multiply(y, subtract(fillLike(y, 1), y))),
);
/** d/dx erf(x) = 2 / sqrt(pi) exp(-x²) */
export const errorFunction = unary("erf", erf, (x, _y, g) =>
  multiply(g, multiply(fillLike(x, 2 / Math.sqrt(Math.PI)), exp(negative(multiply(x, x))))),
);
export const floor = unary("floor", Math.floor, (x) => fillLike(x, 0), { differentiable: false });
export const ceil = unary("ceil", Math.ceil, (x) => fillLike(x, 0), { differentiable: false });
/** Halves go to the even neighbour, as in IEEE 754, NumPy and PyTorch. */
export const round = unary("round", roundHalfEven, (x) => fillLike(x, 0), { differentiable: false });

function roundHalfEven(x: number): number {
  if (!Number.isFinite(x) || Math.abs(x) >= 2 ** 52) return x;
  const floored = Math.floor(x);
  const rest = x - floored;
  const rounded = rest < 0.5 || (rest === 0.5 && floored % 2 === 0) ? floored : floored + 1;
  return rounded === 0 && (x < 0 || Object.is(x, -0)) ? -0 : rounded;
}

type BinaryRule = (a: Node, b: Node, y: Node, g: Node) => readonly [Node | undefined, Node | undefined];
interface BinaryOptions {
  dtypes?: readonly DType[];
  result?: DType;
  integer?: (a: number, b: number) => number;
  range?: readonly [number, number];
  differentiable?: boolean;
}

function binary(
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

export const add = binary(
  "add",
  (a, b) => a + b,
  (_a, _b, _y, g) => [g, g],
  { integer: (a, b) => (a + b) | 0 },
);
export const subtract = binary(
  "subtract",
  (a, b) => a - b,
  (_a, _b, _y, g) => [g, negative(g)],
  { integer: (a, b) => (a - b) | 0 },
);
export const multiply = binary(
  "multiply",
  (a, b) => a * b,
  (a, b, _y, g) => [multiply(g, b), multiply(g, a)],
  { integer: Math.imul },
);
/** int32 division truncates; by zero it gives 0. */
export const divide = binary(
  "divide",
  (a, b) => a / b,
  (_a, b, y, g) => [divide(g, b), negative(divide(multiply(g, y), b))],
  {
    integer: (a, b) => (b === 0 ? 0 : (a / b) | 0),
    range: [0.3, 3],
  },
);
/** The floored modulo: the result has the divisor's sign. int32 modulo zero is 0. */
export const mod = binary(
  "mod",
  (a, b) => flooredMod(a, b),
  (a, b, _y, g) => [g, negative(multiply(g, floor(divide(a, b))))],
  {
    integer: (a, b) => (b === 0 ? 0 : (a - Math.floor(a / b) * b) | 0),
    range: [0.3, 2.9],
    differentiable: false,
  },
);
function flooredMod(a: number, b: number): number {
  const remainder = a % b;
  if (remainder === 0) return b < 0 || Object.is(b, -0) ? -0 : 0;
  return remainder < 0 !== b < 0 ? remainder + b : remainder;
}
/** d/da aᵇ = b aᵇ⁻¹; d/db aᵇ = aᵇ log a, taken as 0 where a = 0. */
export const power = binary(
  "power",
  // ECMAScript differs from C and IEEE 754 in one point: 1 to any power is 1.
  (a, b) => (a === 1 || (a === -1 && Math.abs(b) === Number.POSITIVE_INFINITY) ? 1 : a ** b),
  (a, b, y, g) => {
    const zero = fillLike(a, 0);
    const one = fillLike(a, 1);
    const slope = select(equal(b, zero), zero, multiply(b, power(a, subtract(b, one))));
    const growth = select(equal(a, zero), zero, multiply(y, log(select(equal(a, zero), one, a))));
    return [multiply(g, slope), multiply(g, growth)];
  },
  { dtypes: ["float32"], range: [0.3, 2] },
);

/** Where both are equal, each input receives half of the gradient. */
function shareOfExtreme(a: Node, b: Node, g: Node, first: (a: Node, b: Node) => Node): readonly [Node, Node] {
  const zero = fillLike(g, 0);
  const half = multiply(g, fillLike(g, 0.5));
  const tie = equal(a, b);
  return [select(tie, half, select(first(a, b), g, zero)), select(tie, half, select(first(a, b), zero, g))];
}
/** NaN in either input gives NaN. */
export const maximum = binary("maximum", Math.max, (a, b, _y, g) => shareOfExtreme(a, b, g, greater), {
  integer: Math.max,
});
/** NaN in either input gives NaN. */
export const minimum = binary("minimum", Math.min, (a, b, _y, g) => shareOfExtreme(a, b, g, less), {
  integer: Math.min,
});

const comparable: BinaryOptions = { result: "bool" };
const equatable: BinaryOptions = { dtypes: ["float32", "int32", "uint8", "bool"], result: "bool" };
export const equal = binary("equal", (a, b) => Number(a === b), undefined, equatable);
export const notEqual = binary("notEqual", (a, b) => Number(a !== b), undefined, equatable);
export const less = binary("less", (a, b) => Number(a < b), undefined, comparable);
export const lessEqual = binary("lessEqual", (a, b) => Number(a <= b), undefined, comparable);
export const greater = (a: Node, b: Node): Node => less(b, a);
export const greaterEqual = (a: Node, b: Node): Node => lessEqual(b, a);

const bitwise: BinaryOptions = { dtypes: ["int32", "bool"] };
export const and = binary("and", (a, b) => a & b, undefined, bitwise);
export const or = binary("or", (a, b) => a | b, undefined, bitwise);
export const xor = binary("xor", (a, b) => a ^ b, undefined, bitwise);
const shift: BinaryOptions = { dtypes: ["int32"] };
/** The count is taken modulo 32. */
export const shiftLeft = binary("shiftLeft", (a, b) => a << b, undefined, shift);
/** Logical: zeros move in from the left. The count is taken modulo 32. */
export const shiftRight = binary("shiftRight", (a, b) => (a >>> b) | 0, undefined, shift);

const selectPrimitive = definePrimitive<None>({
  name: "select",
  kind: "elementwise",
  infer(inputs) {
    const [condition, whenTrue, whenFalse] = inputs as [Node, Node, Node];
    requireDType("select", [condition], ["bool"]);
    const signature = requireSameSignature("select", [whenTrue, whenFalse]);
    if (!sameShape(condition.shape, signature.shape))
      throw new Error(
        `select: the condition's shape ${formatShape(condition.shape)} must equal the values' ${formatShape(signature.shape)}`,
      );
    return signature;
  },
  gradient(node, g) {
    const [condition] = node.inputs as [Node];
    const zero = fillLike(g, 0);
    return [undefined, select(condition, g, zero), select(condition, zero, g)];
  },
  reference(_node, [condition, whenTrue, whenFalse]) {
    return (condition as Float64Array).map(
      (chosen, index) => ((chosen ? whenTrue : whenFalse) as Float64Array)[index] as number,
    );
  },
  samples: () =>
    [
      [[], "float32"],
      [[0], "float32"],
      [[3, 7], "float32"],
      [[1031], "float32"],
      [[5, 5], "int32"],
      [[19], "uint8"],
      [[19], "bool"],
    ].map(([shape, dtype]) => ({
      inputs: [
        { shape: shape as number[], dtype: "bool" as const, values: [1, 0, 0, 1, 1] },
        { shape: shape as number[], dtype: dtype as DType, ...(dtype === "bool" && { range: [0, 1] as const }) },
        { shape: shape as number[], dtype: dtype as DType, ...(dtype === "bool" && { range: [0, 1] as const }) },
      ],
      attributes: noAttributes,
      differentiable: dtype === "float32",
    })),
});

/** `condition ? whenTrue : whenFalse`, element by element. */
export function select(condition: Node, whenTrue: Node, whenFalse: Node): Node {
  return apply(selectPrimitive, [condition, whenTrue, whenFalse], noAttributes);
}

/** float32 to int32 truncates and saturates (NaN becomes 0); anything to uint8 keeps the low 8 bits; to bool is `!= 0`. */
export const castPrimitive = definePrimitive<{ dtype: DType }>({
  name: "cast",
  kind: "elementwise",
  infer: ([x], { dtype }) => ({ shape: (x as Node).shape, dtype }),
  gradient: (node, g) => [node.dtype === "float32" && node.inputs[0]?.dtype === "float32" ? g : undefined],
  reference(node, [x]) {
    const integer = (value: number) =>
      (Number.isNaN(value) ? 0 : Math.max(-2147483648, Math.min(2147483647, Math.trunc(value)))) + 0;
    switch (node.attributes.dtype) {
      case "float32":
        return x as Float64Array;
      case "int32":
        return (x as Float64Array).map(integer);
      case "uint8":
        return (x as Float64Array).map((value) => integer(value) & 255);
      case "bool":
        return (x as Float64Array).map((value) => Number(value !== 0));
    }
  },
  samples: () =>
    (["float32", "int32", "uint8", "bool"] as const).flatMap((from) =>
      (["float32", "int32", "uint8", "bool"] as const).map((dtype) => ({
        inputs: [
          {
            shape: [3, 7],
            dtype: from,
            values:
              from === "float32"
                ? [
                    0,
                    -0,
                    1,
                    -1.7,
                    1.7,
                    255,
                    256.5,
                    -3,
                    3e9,
                    -3e9,
                    Number.NaN,
                    Number.POSITIVE_INFINITY,
                    Number.NEGATIVE_INFINITY,
                  ]
                : from === "int32"
                  ? [0, 1, -1, 255, 256, 70000, -2147483648, 2147483647, 16777216]
                  : from === "uint8"
                    ? [0, 1, 127, 128, 255]
                    : [0, 1, 1, 0, 1],
          },
        ],
        attributes: { dtype },
        differentiable: false,
      })),
    ),
});

export function cast(x: Node, dtype: DType): Node {
  return x.dtype === dtype ? x : apply(castPrimitive, [x], { dtype });
}
