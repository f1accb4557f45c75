/** Random tensors of the gamma and the beta distribution, by a fixed number of graph operations: what `jit` can run. */
import type { Node } from "../graph/node.ts";
import { checkNumber } from "../graph/options.ts";
import { add, and, exp, less, log, multiply, select, sigmoid, subtract } from "../graph/primitives/elementwise.ts";
import { constant } from "../graph/primitives/leaf.ts";
import { broadcast, reshape, slice } from "../graph/primitives/movement.ts";
import type { Shape } from "../graph/shape.ts";
import { defaultGenerator, type Generator, type RandomOptions, randomNormal, randomUniform } from "./random.ts";
import { Tensor } from "./tensor.ts";

/** A try is accepted with a probability of at least 0.95, so that all are refused in fewer than one draw of 25 billion. */
const tries = 8;

/**
 * Logarithms of gamma variates of scale 1, by Marsaglia and Tsang (2000): d · v with v = (1 + x / √(9d))³, d = shape - ⅓ and a
 * normal x that is accepted or tried again. A shape below 1 takes a variate of shape + 1 times u to the power 1 / shape. In logarithms
 * nothing underflows, however small the shape.
 */
function logGamma(shape: Shape, alpha: number, generator: Generator): Node {
  const d = (alpha < 1 ? alpha + 1 : alpha) - 1 / 3;
  const all = [tries, ...shape];
  const fill = (value: number, like: Shape = all) => broadcast(constant(value), like);
  const x = randomNormal(all, { generator }).node;
  const logU = logUniform(all, generator);
  const root = add(fill(1), multiply(fill(1 / Math.sqrt(9 * d)), x));
  const isPositive = less(fill(0), root);
  const logV = multiply(fill(3), log(select(isPositive, root, fill(1))));
  const bound = add(multiply(fill(0.5), multiply(x, x)), multiply(fill(d), add(subtract(fill(1), exp(logV)), logV)));
  const isAccepted = and(isPositive, less(logU, bound));
  const part = (node: Node, attempt: number) =>
    reshape(slice(node, { start: all.map((_, axis) => (axis === 0 ? attempt : 0)), size: [1, ...shape] }), shape);
  // The first that was accepted; if none was, the middle of the distribution.
  let chosen = fill(0, shape);
  for (let attempt = tries - 1; attempt >= 0; attempt--)
    chosen = select(part(isAccepted, attempt), part(logV, attempt), chosen);
  const ofShape = add(chosen, fill(Math.log(d), shape));
  return alpha < 1 ? add(ofShape, multiply(logUniform(shape, generator), fill(1 / alpha, shape))) : ofShape;
}

/** Logarithms of numbers in (0, 1], so that they are finite. */
function logUniform(shape: Shape, generator: Generator): Node {
  return log(subtract(broadcast(constant(1), shape), randomUniform(shape, { generator }).node));
}

/**
 * float32 values of the gamma distribution, whose mean is `alpha · scale` and whose variance is `alpha · scale²`.
 *
 * @param options `alpha`, the shape parameter, above 0; `scale`, above 0, default 1; `generator`.
 * @throws RangeError If a parameter is not above 0.
 * @example
 * randomGamma([100], { alpha: 2.5 });
 */
export function randomGamma(shape: Shape, options: RandomOptions & { alpha: number; scale?: number }): Tensor {
  const { alpha, scale = 1, generator = defaultGenerator() } = options;
  checkNumber("randomGamma", "alpha", alpha, { above: 0 });
  checkNumber("randomGamma", "scale", scale, { above: 0 });
  return new Tensor(exp(add(logGamma(shape, alpha, generator), broadcast(constant(Math.log(scale)), shape))));
}

/**
 * float32 values of the beta distribution in [0, 1], whose mean is `alpha / (alpha + beta)`: x / (x + y) with gamma variates x
 * and y of these shapes.
 *
 * @param options `alpha` and `beta`, above 0; `generator`.
 * @throws RangeError If a parameter is not above 0.
 * @example
 * randomBeta([100], { alpha: 0.2, beta: 0.2 }); // mostly near 0 or 1
 */
export function randomBeta(shape: Shape, options: RandomOptions & { alpha: number; beta: number }): Tensor {
  const { alpha, beta, generator = defaultGenerator() } = options;
  checkNumber("randomBeta", "alpha", alpha, { above: 0 });
  checkNumber("randomBeta", "beta", beta, { above: 0 });
  const x = logGamma(shape, alpha, generator);
  return new Tensor(sigmoid(subtract(x, logGamma(shape, beta, generator))));
}
