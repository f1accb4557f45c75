/** Orthogonal initializer: a random matrix that neither stretches nor shrinks. */
import { checkNumber, checkOptions } from "../graph/options.ts";
import type { Configuration } from "../graph/registry.ts";
import { formatShape, type Shape, sizeOf } from "../graph/shape.ts";
import { multiply, subtract } from "../ops/elementwise.ts";
import { matmul } from "../ops/linear.ts";
import { reshape, transpose } from "../ops/movement.ts";
import { withPrecision } from "../tensor/precision.ts";
import { randomNormal } from "../tensor/random.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { RandomInitializer, type SeedOptions } from "./initializer.ts";

export interface OrthogonalOptions extends SeedOptions {
  /** A factor on the matrix; default 1. */
  gain?: number;
}

/** Each step of the iteration multiplies a small singular value by 1.5; fifty bring one of 1e-8 to 1. */
const iterations = 50;

/**
 * A random matrix with orthonormal columns (or rows, where it has more columns than rows), times `gain`; evenly distributed
 * over all such matrices. A weight with more than two axes is a matrix of its last axis against all others.
 *
 * Saxe, McClelland and Ganguli, "Exact solutions to the nonlinear dynamics of learning in deep linear networks" (2014). The
 * matrix is the orthogonal polar factor of a Gaussian one, by the iteration X ← X (3 I - XᵀX) / 2 of Björck and Bowie (1971),
 * which is nothing but matrix products.
 */
export class Orthogonal extends RandomInitializer {
  static readonly className = "orthogonal";
  readonly className = Orthogonal.className;
  readonly gain: number;

  constructor(options: OrthogonalOptions = {}) {
    checkOptions("orthogonal", options, { gain: true, seed: true });
    const { gain = 1, seed } = options;
    super("orthogonal", seed);
    checkNumber("orthogonal", "gain", gain);
    this.gain = gain;
  }

  call(shape: Shape): Tensor {
    if (shape.length < 2)
      throw new RangeError(`orthogonal: the weight's shape is ${formatShape(shape)}, expected at least two axes`);
    const columns = shape.at(-1) as number;
    const rows = sizeOf(shape.slice(0, -1));
    const [tall, narrow] = [Math.max(rows, columns), Math.min(rows, columns)];
    // The iteration converges where the largest singular value is below √3; a Gaussian matrix exceeds this bound with a
    // probability of about exp(-18) (Davidson and Szarek, 2001).
    const bound = Math.sqrt(tall) + Math.sqrt(narrow) + 6;
    let x = randomNormal([tall, narrow], { standardDeviation: 1.7 / bound, generator: this.generator() });
    for (let step = 0; step < iterations; step++)
      x = withPrecision("float32", () => subtract(multiply(x, 1.5), multiply(matmul(x, matmul(transpose(x), x)), 0.5)));
    return reshape(multiply(rows < columns ? transpose(x) : x, this.gain), shape);
  }

  override config(): Configuration {
    return { ...super.config(), gain: this.gain };
  }
}
