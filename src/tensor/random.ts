/**
 * Random tensors. The state is a Variable of two words, a seed and a counter; every draw takes the next counter as the key of
 * a counter-based generator (Philox4x32-10). So a seed gives the same numbers on every device and any number of threads, a
 * jitted function draws anew at each run, and a saved state continues where it stopped.
 */
import { attributesIf, type Node } from "../graph/node.ts";
import { add, cast, cos, less, log, multiply, shiftRight, sqrt } from "../graph/primitives/elementwise.ts";
import { constant, constantPrimitive } from "../graph/primitives/leaf.ts";
import { broadcast } from "../graph/primitives/movement.ts";
import { randomBits } from "../graph/primitives/source.ts";
import { formatShape, type Shape } from "../graph/shape.ts";
import { Tensor } from "./tensor.ts";
import { Variable } from "./variable.ts";

/** A source of random numbers. */
export class Generator {
  /** int32[2]: the seed and the number of draws so far. Save it to continue a run exactly. */
  readonly state: Variable;

  /** @param seed Any integer; the same seed gives the same numbers. */
  constructor(seed: number, name = "generator") {
    this.state = new Variable(new Tensor(stateOf(seed)), { name, trainable: false });
  }

  /** Starts again from a seed. */
  reseed(seed: number): void {
    this.state.assign(new Tensor(stateOf(seed)));
  }

  /** A key that no other draw has. */
  next(): Node {
    const key = this.state.node;
    this.state.assign(new Tensor(counted(key)));
    return key;
  }
}

/**
 * The state after one more draw. Draws that are only counted are counted in one number: a sum of as many terms as there were draws
 * would make each of them take longer than the one before.
 */
function counted(state: Node): Node {
  const [base, draws] = state.primitive.name === "add" ? state.inputs : [];
  const more = draws && countedUp(draws);
  return (base && more && add(base, more)) ?? countedUp(state) ?? add(state, constant([0, 1], "int32"));
}

/** A constant state with its second word, the count, one higher. */
function countedUp(node: Node): Node | undefined {
  const values = attributesIf(node, constantPrimitive)?.values;
  return values && constant([values[0] ?? 0, ((values[1] ?? 0) + 1) | 0], "int32");
}

function stateOf(seed: number): Node {
  if (!Number.isInteger(seed)) throw new RangeError(`a seed must be an integer, got ${seed}`);
  return constant([seed | 0, 0], "int32");
}

let shared: Generator | undefined;

/** The generator used where none is given; seeded from the clock until `setSeed`. */
export function defaultGenerator(): Generator {
  shared ??= new Generator(Date.now() % 0x7fffffff);
  return shared;
}

/** Seeds the default generator, so that a program draws the same numbers each time it runs. */
export function setSeed(seed: number): void {
  defaultGenerator().reseed(seed);
}

export interface RandomOptions {
  generator?: Generator;
}

function fillOf(value: number, shape: Shape): Node {
  return broadcast(constant(value), shape);
}

/** Evenly distributed in [0, 1), multiples of 2⁻²⁴. */
function unit(shape: Shape, generator: Generator): Node {
  const bits = randomBits(generator.next(), shape, 0);
  const top = shiftRight(bits, broadcast(constant(8, "int32"), shape));
  return multiply(cast(top, "float32"), fillOf(2 ** -24, shape));
}

/**
 * float32 values evenly distributed in [low, high).
 *
 * @example
 * randomUniform([2, 3], { low: -1, high: 1 });
 */
export function randomUniform(shape: Shape, options: RandomOptions & { low?: number; high?: number } = {}): Tensor {
  const { low = 0, high = 1, generator = defaultGenerator() } = options;
  return new Tensor(add(multiply(unit(shape, generator), fillOf(high - low, shape)), fillOf(low, shape)));
}

/** Normally distributed float32 values, by the Box-Muller transform. */
export function randomNormal(
  shape: Shape,
  options: RandomOptions & { mean?: number; standardDeviation?: number } = {},
): Tensor {
  const { mean = 0, standardDeviation = 1, generator = defaultGenerator() } = options;
  // 1 - u lies in (0, 1], so that the logarithm is finite.
  const radius = sqrt(
    multiply(fillOf(-2, shape), log(add(fillOf(1, shape), multiply(fillOf(-1, shape), unit(shape, generator))))),
  );
  const normal = multiply(radius, cos(multiply(fillOf(2 * Math.PI, shape), unit(shape, generator))));
  return new Tensor(add(multiply(normal, fillOf(standardDeviation, shape)), fillOf(mean, shape)));
}

/** True with probability `probability`. */
export function randomBernoulli(shape: Shape, probability: number, options: RandomOptions = {}): Tensor {
  if (!(probability >= 0 && probability <= 1))
    throw new RangeError(
      `randomBernoulli: the probability for shape ${formatShape(shape)} is ${probability}, expected a number in [0, 1]`,
    );
  const { generator = defaultGenerator() } = options;
  return new Tensor(less(unit(shape, generator), fillOf(probability, shape)));
}
