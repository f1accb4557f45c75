/**
 * GELU. It is a composition of other primitives, which the compiler puts in its place, but has a gradient of its own: g · f'(x), where f'(x) is
 * one array that can be computed and kept with the result, while the gradient of the composition needs the argument and its
 * hyperbolic tangent (or error function) again.
 */

import { apply, definePrimitive, formatSignature, type Node } from "../node.ts";
import { add, errorFunction, exp, multiply, sigmoid, subtract } from "./elementwise.ts";
import { constant } from "./leaf.ts";
import { broadcast } from "./movement.ts";
import { erf } from "./special.ts";

const cubic = 0.044715;
const slope = Math.sqrt(2 / Math.PI);

const filled = (value: number, like: Node) => broadcast(constant(value, "float32"), like.shape);
const scaled = (x: Node, factor: number) => multiply(x, filled(factor, x));

/** Φ(x), by the error function; or σ(2√(2/π) (x + 0.044715 x³)), which is the usual approximation by a hyperbolic tangent. */
function weight(x: Node, approximate: boolean): Node {
  if (approximate) return sigmoid(multiply(x, quadratic(x, 2 * slope, 2 * slope * cubic)));
  return scaled(add(errorFunction(scaled(x, Math.SQRT1_2)), filled(1, x)), 0.5);
}

/** a + b x². */
function quadratic(x: Node, a: number, b: number): Node {
  return add(scaled(multiply(x, x), b), filled(a, x));
}

/** f'(x) = weight(x) + x · weight'(x). */
function derivative(x: Node, approximate: boolean): Node {
  const share = weight(x, approximate);
  if (!approximate) {
    const density = scaled(exp(scaled(multiply(x, x), -0.5)), 1 / Math.sqrt(2 * Math.PI));
    return add(share, multiply(x, density));
  }
  const value = multiply(x, share);
  const rest = subtract(value, multiply(value, share)); // x σ (1 - σ)
  return add(share, multiply(rest, quadratic(x, 2 * slope, 6 * slope * cubic)));
}

/** x · Φ(x), with Φ the normal distribution, or its approximation by a hyperbolic tangent: Hendrycks and Gimpel (2016). */
export const geluPrimitive = definePrimitive<{ readonly approximate: boolean }>({
  name: "gelu",
  kind: "kernel",
  infer([input]) {
    const x = input as Node;
    if (x.dtype !== "float32")
      throw new TypeError(`gelu: the input is ${formatSignature(x)}, expected float32; cast it first`);
    return { shape: x.shape, dtype: x.dtype };
  },
  gradient(node, g) {
    return [multiply(g, derivative(node.inputs[0] as Node, node.attributes.approximate))];
  },
  expand(node) {
    const [x] = node.inputs as [Node];
    return multiply(x, weight(x, node.attributes.approximate));
  },
  reference(node, [x]) {
    const twiceWeight = node.attributes.approximate
      ? (value: number) => Math.tanh(slope * (value + cubic * value ** 3))
      : (value: number) => erf(value * Math.SQRT1_2);
    return (x as Float64Array).map((value) => 0.5 * value * (1 + twiceWeight(value)));
  },
  samples: () =>
    [true, false].flatMap((approximate) => [
      ...[[7], [2, 3], [], [0, 2]].map((shape) => ({ inputs: [{ shape }], attributes: { approximate } })),
      { inputs: [{ shape: [40], range: [-12, 12] as const }], attributes: { approximate } },
    ]),
});

export function gelu(x: Node, approximate: boolean): Node {
  return apply(geluPrimitive, [x], { approximate });
}
