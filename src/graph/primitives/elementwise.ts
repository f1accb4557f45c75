/**
 * Elementwise primitives: each element of the result depends on the elements of the inputs at the same index. Inputs have
 * equal shapes; broadcasting is a primitive of its own. Every definition reads like a line of a table of derivatives.
 */
import type { DType } from "../dtype.ts";
import { apply, definePrimitive, type Node } from "../node.ts";
import { formatShape, sameShape } from "../shape.ts";
import {
  type BinaryOptions,
  binary,
  type None,
  noAttributes,
  requireDType,
  requireSameSignature,
  unary,
} from "./elementwise-definition.ts";
import { constant } from "./leaf.ts";
import { broadcast } from "./movement.ts";
import { erf, flooredMod, roundHalfEven } from "./special.ts";

/** A constant in the shape and dtype of `like`. */
export function fillLike(like: Node, value: number): Node {
  return broadcast(constant(value, like.dtype), like.shape);
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
