/** The random generator of one layer. */
import { constant } from "../graph/primitives/leaf.ts";
import { randomBits } from "../graph/primitives/source.ts";
import { multiply } from "../ops/elementwise.ts";
import { defaultGenerator, Generator } from "../tensor/random.ts";
import { Tensor } from "../tensor/tensor.ts";

/**
 * A generator with a seed, or one whose seed is drawn from the default generator: then `setSeed` decides what it draws, and
 * every layer draws other numbers.
 */
export function layerGenerator(seed: number | undefined): Generator {
  const generator = new Generator(seed ?? 0);
  if (seed === undefined) {
    const drawn = new Tensor(randomBits(defaultGenerator().next(), [2], 0));
    generator.state.assign(multiply(drawn, new Tensor(constant([1, 0], "int32"))));
  }
  return generator;
}
