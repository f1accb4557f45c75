/**
 * Activation functions, numerically stable and with the slopes that Keras and PyTorch take at their kinks. Each but GELU and softmax is an
 * ordinary composite of elementwise functions; where one branch of a `where` could overflow, its input is replaced before, for a
 * branch not taken must not bring a NaN into the gradient.
 */
import { gelu as geluNode } from "../graph/primitives/gelu.ts";
import { softmax as softmaxNode } from "../graph/primitives/softmax.ts";
import { normalizeAxis } from "../graph/shape.ts";
import { iota } from "../tensor/creation.ts";
import { Tensor } from "../tensor/tensor.ts";
import { cumulativeSum } from "./cumulative.ts";
import {
  abs,
  add,
  cast,
  divide,
  exp,
  expm1,
  greater,
  greaterEqual,
  lessEqual,
  log,
  log1p,
  maximum,
  multiply,
  negative,
  sigmoid,
  sqrt,
  square,
  stopGradient,
  subtract,
  tanh,
  where,
} from "./elementwise.ts";
import { split } from "./joining.ts";
import { reshape } from "./movement.ts";
import { min, sum } from "./reduce.ts";
import { shiftByMax } from "./shift-by-max.ts";
import { sort } from "./sorting.ts";

/** x itself. */
export function linear(x: Tensor): Tensor {
  return x;
}

/** max(x, 0); the slope at 0 is 0, and NaN stays NaN. */
export function relu(x: Tensor): Tensor {
  return where(lessEqual(x, 0), 0, x);
}

/** min(max(x, 0), 6); the slope is 0 at both ends. */
export function relu6(x: Tensor): Tensor {
  return where(greaterEqual(x, 6), 6, relu(x));
}

/** x where x > 0, else negativeSlope · x; `negativeSlope` is 0.2 by default. */
export function leakyRelu(x: Tensor, { negativeSlope = 0.2 }: { negativeSlope?: number } = {}): Tensor {
  return where(greater(x, 0), x, multiply(x, negativeSlope));
}

/**
 * x where x > 0, else slope · x, with a learned slope: He et al., "Delving deep into rectifiers" (2015).
 *
 * @param slope Broadcasts to the shape of x.
 */
export function prelu(x: Tensor, slope: Tensor): Tensor {
  return where(greater(x, 0), x, multiply(x, slope));
}

/** x where x > 0, else alpha · (eˣ - 1): Clevert et al. (2015). */
export function elu(x: Tensor, { alpha = 1 }: { alpha?: number } = {}): Tensor {
  const positive = greater(x, 0);
  return where(positive, x, multiply(expm1(where(positive, 0, x)), alpha));
}

/** x where x > 0, else alpha · (e^(x / alpha) - 1), smooth at 0 for every alpha: Barron (2017). */
export function celu(x: Tensor, { alpha = 1 }: { alpha?: number } = {}): Tensor {
  const positive = greater(x, 0);
  return where(positive, x, multiply(expm1(multiply(where(positive, 0, x), 1 / alpha)), alpha));
}

const seluAlpha = 1.6732632423543772;
const seluScale = 1.0507009873554805;

/** scale · elu(x, alpha) with the constants that keep mean 0 and variance 1: Klambauer et al. (2017). */
export function selu(x: Tensor): Tensor {
  const positive = greaterEqual(x, 0);
  return multiply(where(positive, x, multiply(expm1(where(positive, 0, x)), seluAlpha)), seluScale);
}

/**
 * x · Φ(x), Φ the distribution function of the unit normal: Hendrycks and Gimpel (2016).
 *
 * @param options.approximate Use the tanh approximation; default false.
 */
export function gelu(x: Tensor, { approximate = false }: { approximate?: boolean } = {}): Tensor {
  return new Tensor(geluNode(cast(x, "float32").node, approximate));
}

/** x · sigmoid(x), also called swish: Ramachandran et al. (2017). */
export function silu(x: Tensor): Tensor {
  return multiply(x, sigmoid(x));
}

/** log(1 + eˣ), computed without overflow. */
export function softplus(x: Tensor): Tensor {
  return add(maximum(x, 0), log1p(exp(negative(abs(x)))));
}

/** (x + √(x² + b)) / 2, a rectifier with a smooth bend whose width b sets; `b` is 4 by default: Barron (2021). */
export function squareplus(x: Tensor, { b = 4 }: { b?: number } = {}): Tensor {
  return multiply(add(x, sqrt(add(square(x), b))), 0.5);
}

/** x - tanh(x). */
export function tanhShrink(x: Tensor): Tensor {
  return subtract(x, tanh(x));
}

/** log(sigmoid(x)). */
export function logSigmoid(x: Tensor): Tensor {
  return negative(softplus(negative(x)));
}

/** x / (1 + |x|). */
export function softsign(x: Tensor): Tensor {
  return divide(x, add(abs(x), 1));
}

/** x · tanh(softplus(x)): Misra (2019). */
export function mish(x: Tensor): Tensor {
  return multiply(x, tanh(softplus(x)));
}

/** relu6(x + 3) / 6. */
export function hardSigmoid(x: Tensor): Tensor {
  return multiply(relu6(add(x, 3)), 1 / 6);
}

/** x · hardSigmoid(x): Howard et al. (2019). */
export function hardSwish(x: Tensor): Tensor {
  return multiply(x, hardSigmoid(x));
}

/** eˣ divided by its sum along an axis (default the last). */
export function softmax(x: Tensor, { axis = -1 }: { axis?: number } = {}): Tensor {
  return new Tensor(softmaxNode(cast(x, "float32").node, normalizeAxis(axis, x.rank, "softmax")));
}

/** The logarithm of softmax, exact for logits of any size. */
export function logSoftmax(x: Tensor, { axis = -1 }: { axis?: number } = {}): Tensor {
  const logits = shiftByMax(x, axis);
  return subtract(logits, log(sum(exp(logits), { axis, keepDims: true })));
}

/** The softmax of -x along an axis (default the last): the smallest gets the most. */
export function softmin(x: Tensor, options: { axis?: number } = {}): Tensor {
  return softmax(negative(x), options);
}

/**
 * The point of the probability simplex nearest to x along an axis (default the last): like softmax, but exactly 0 where x is small.
 *
 *   out[i] = max(x[i] - τ, 0), τ such that the sum is 1
 *
 * Martins and Astudillo, "From softmax to sparsemax" (2016).
 */
export function sparsemax(x: Tensor, { axis = -1 }: { axis?: number } = {}): Tensor {
  const logits = shiftByMax(x, axis);
  const descending = sort(stopGradient(logits), { axis, descending: true });
  const at = normalizeAxis(axis, x.rank, "sparsemax");
  const shape = x.shape.map((size, each) => (each === at ? size : 1));
  const ranks = add(cast(reshape(iota([x.shape[at] as number]), shape), "float32"), 1);
  // As many of the largest count as each exceed what it would take off them all to bring their sum to 1.
  const counts = greater(add(multiply(ranks, descending), 1), cumulativeSum(descending, { axis }));
  const smallest = min(where(counts, descending, Number.POSITIVE_INFINITY), { axis, keepDims: true });
  const support = greaterEqual(logits, smallest);
  const total = subtract(sum(where(support, logits, 0), { axis, keepDims: true }), 1);
  const threshold = divide(total, sum(cast(support, "float32"), { axis, keepDims: true }));
  // NaN is in no support, and must not become 0.
  return where(lessEqual(logits, threshold), 0, subtract(logits, threshold));
}

/**
 * The first half along an axis (default the last) times the sigmoid of the second: Dauphin et al., "Gated convolutional
 * networks" (2016).
 *
 * @throws If the axis has an odd size.
 */
export function glu(x: Tensor, { axis = -1 }: { axis?: number } = {}): Tensor {
  const [value, gate] = split(x, 2, axis) as [Tensor, Tensor];
  return multiply(value, sigmoid(gate));
}
