/** Elementwise functions on tensors: numbers are accepted, shapes broadcast, mixed types meet in the wider one. */
import type { DType } from "../graph/dtype.ts";
import type { Node } from "../graph/node.ts";
import * as graph from "../graph/primitives/elementwise.ts";
import { constant, stopGradient as stopGradientNode } from "../graph/primitives/leaf.ts";
import { broadcast } from "../graph/primitives/movement.ts";
import { broadcastShapes } from "../graph/shape.ts";
import { Tensor } from "../tensor/tensor.ts";

/** What the functions of `ops` accept: a tensor, or a number that takes the other operand's type. */
export type TensorLike = Tensor | number;

/** Order of promotion: a mixed pair meets in the type that stands later. */
const width: Readonly<Record<DType, number>> = { bool: 0, uint8: 1, int32: 2, float32: 3 };

/** The type in which two operands meet; a fraction makes it float32. */
function commonType(a: TensorLike, b: TensorLike): DType {
  if (typeof a === "number" && typeof b === "number") return "float32";
  if (typeof a === "number" || typeof b === "number") {
    const [value, { dtype }] = (typeof a === "number" ? [a, b] : [b, a]) as [number, Tensor];
    return dtype !== "float32" && !Number.isInteger(value) ? "float32" : dtype;
  }
  return width[a.dtype] >= width[b.dtype] ? a.dtype : b.dtype;
}

/** bool and uint8 are for storage: arithmetic on them happens in int32. */
const arithmetic = (dtype: DType): DType => (dtype === "bool" || dtype === "uint8" ? "int32" : dtype);

function nodeOf(value: TensorLike, dtype: DType): Node {
  return typeof value === "number" ? constant(value, dtype) : graph.cast(value.node, dtype);
}

/** Brings two operands to one type and shape. */
function meet(name: string, a: TensorLike, b: TensorLike, typeOf: (common: DType) => DType): [Node, Node] {
  const dtype = typeOf(commonType(a, b));
  const [left, right] = [nodeOf(a, dtype), nodeOf(b, dtype)];
  const shape = broadcastShapes(left.shape, right.shape, name);
  return [broadcast(left, shape), broadcast(right, shape)];
}

type Unary = (x: TensorLike) => Tensor;
type Binary = (a: TensorLike, b: TensorLike) => Tensor;

function floating(rule: (x: Node) => Node): Unary {
  return (x) => new Tensor(rule(nodeOf(x, "float32")));
}
function numeric(rule: (x: Node) => Node): Unary {
  return (x) => new Tensor(rule(nodeOf(x, typeof x === "number" ? "float32" : arithmetic(x.dtype))));
}
function binary(name: string, rule: (a: Node, b: Node) => Node, typeOf: (common: DType) => DType = arithmetic): Binary {
  return (a, b) => new Tensor(rule(...meet(name, a, b, typeOf)));
}
const same = (dtype: DType): DType => dtype;
const float = (): DType => "float32";

/** a + b. */
export const add: Binary = binary("add", graph.add);
/** a - b. */
export const subtract: Binary = binary("subtract", graph.subtract);
/** a * b. */
export const multiply: Binary = binary("multiply", graph.multiply);
/** a / b, always float32; see `floorDivide` for integers. */
export const divide: Binary = binary("divide", graph.divide, float);
/** The floor of a / b. For int32 exact; division by zero gives 0 there. */
export function floorDivide(a: TensorLike, b: TensorLike): Tensor {
  const [left, right] = meet("floorDivide", a, b, arithmetic);
  if (left.dtype === "float32") return new Tensor(graph.floor(graph.divide(left, right)));
  // (a - a mod b) is a multiple of b, which truncating division divides exactly.
  return new Tensor(graph.divide(graph.subtract(left, graph.mod(left, right)), right));
}
/** The floored modulo: the result has the divisor's sign, as in Python. */
export const mod: Binary = binary("mod", graph.mod);
/** a to the power b, float32. */
export const power: Binary = binary("power", graph.power, float);
/** The larger of two; NaN if either is. */
export const maximum: Binary = binary("maximum", graph.maximum);
/** The smaller of two; NaN if either is. */
export const minimum: Binary = binary("minimum", graph.minimum);

/** a = b, as bool. */
export const equal: Binary = binary("equal", graph.equal, same);
/** a ≠ b, as bool. */
export const notEqual: Binary = binary("notEqual", graph.notEqual, same);
/** a < b, as bool. */
export const less: Binary = binary("less", graph.less);
/** a ≤ b, as bool. */
export const lessEqual: Binary = binary("lessEqual", graph.lessEqual);
/** a > b, as bool. */
export const greater: Binary = binary("greater", graph.greater);
/** a ≥ b, as bool. */
export const greaterEqual: Binary = binary("greaterEqual", graph.greaterEqual);
const bool = (): DType => "bool";
/** Both; numbers count as true where they are not 0. */
export const logicalAnd: Binary = binary("logicalAnd", graph.and, bool);
/** Either or both. */
export const logicalOr: Binary = binary("logicalOr", graph.or, bool);
/** One and not both. */
export const logicalXor: Binary = binary("logicalXor", graph.xor, bool);
/** Not. */
export const logicalNot: Unary = (x) => logicalXor(x, new Tensor(constant(1, "bool")));

/** -x. */
export const negative: Unary = numeric(graph.negative);
/** |x|. */
export const abs: Unary = numeric(graph.abs);
/** -1, 0 or 1. */
export const sign: Unary = numeric(graph.sign);
/** eˣ. */
export const exp: Unary = floating(graph.exp);
/** eˣ - 1, exact near 0. */
export const expm1: Unary = floating(graph.expm1);
/** The natural logarithm; -Inf at 0, NaN below. */
export const log: Unary = floating(graph.log);
/** log(1 + x), exact near 0. */
export const log1p: Unary = floating(graph.log1p);
/** The square root; NaN below 0. */
export const sqrt: Unary = floating(graph.sqrt);
/** 1 / √x. */
export const rsqrt: Unary = floating(graph.rsqrt);
/** 1 / x. */
export const reciprocal: Unary = floating(graph.reciprocal);
/** x². */
export const square: Unary = (x) => multiply(x, x);
/** The sine of an angle in radians. */
export const sin: Unary = floating(graph.sin);
/** The cosine of an angle in radians. */
export const cos: Unary = floating(graph.cos);
/** The hyperbolic tangent. */
export const tanh: Unary = floating(graph.tanh);
/** 1 / (1 + e⁻ˣ). */
export const sigmoid: Unary = floating(graph.sigmoid);
/** The error function. */
export const erf: Unary = floating(graph.errorFunction);
/** The largest whole number not above x. */
export const floor: Unary = floating(graph.floor);
/** The smallest whole number not below x. */
export const ceil: Unary = floating(graph.ceil);
/** The nearest whole number, halves to the even one. */
export const round: Unary = floating(graph.round);

/** Whether x is NaN. */
export const isNaN: Unary = (x) => notEqual(x, x);
/** Whether x is neither NaN nor infinite. */
export const isFinite: Unary = (x) => less(abs(x), Number.POSITIVE_INFINITY);

/** x limited to [low, high]. */
export function clip(x: TensorLike, low: TensorLike, high: TensorLike): Tensor {
  return minimum(maximum(x, low), high);
}

/**
 * `condition ? whenTrue : whenFalse`, element by element, with broadcasting.
 *
 * @example
 * where(greater(x, 0), x, multiply(x, 0.1)); // leaky ReLU
 */
export function where(condition: TensorLike, whenTrue: TensorLike, whenFalse: TensorLike): Tensor {
  const test = nodeOf(condition, "bool");
  const [left, right] = meet("where", whenTrue, whenFalse, same);
  const shape = broadcastShapes(test.shape, left.shape, "where");
  return new Tensor(graph.select(broadcast(test, shape), broadcast(left, shape), broadcast(right, shape)));
}

/** Converts to another type: float32 to int32 truncates and saturates, to uint8 keeps the low 8 bits, to bool is `≠ 0`. */
export function cast(x: Tensor, dtype: DType): Tensor {
  return x.dtype === dtype ? x : new Tensor(graph.cast(x.node, dtype));
}

/** The same values, through which no gradient flows. */
export function stopGradient(x: Tensor): Tensor {
  return new Tensor(stopGradientNode(x.node));
}
