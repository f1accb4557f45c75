/** Seeded random orders, computed on the host: what shuffling and splitting data need. */
import { philox4x32 } from "../graph/primitives/source.ts";

/**
 * A random order of the integers [0, length), the same for the same seed on every machine: Fisher and Yates' shuffle
 * (Durstenfeld's form) on the bits of Philox4x32-10, without modulo bias.
 *
 * @param length At most 2^32.
 * @param seed An integer; its low 32 bits count.
 * @param stream Separates orders drawn with one seed, such as one for each epoch.
 * @throws RangeError If a length, seed or stream is not an integer, or the length is outside [0, 2^32].
 *
 * @example
 * permutation(5, 42); // five distinct integers below 5
 */
export function permutation(length: number, seed: number, stream = 0): Uint32Array {
  if (!Number.isInteger(length) || length < 0 || length > 2 ** 32)
    throw new RangeError(`permutation: length is ${length}, expected an integer in [0, 2^32]`);
  for (const [name, value] of Object.entries({ seed, stream }))
    if (!Number.isSafeInteger(value)) throw new RangeError(`permutation: ${name} is ${value}, expected an integer`);
  const order = new Uint32Array(length);
  for (let index = 0; index < length; index++) order[index] = index;
  const draw = uniformIntegers(seed, stream);
  for (let last = length - 1; last > 0; last--) {
    const chosen = draw(last + 1);
    const value = order[chosen] as number;
    order[chosen] = order[last] as number;
    order[last] = value;
  }
  return order;
}

/** A generator of integers, each drawn evenly from [0, bound): the same for the same seed and stream on every machine. */
export function uniformIntegers(seed: number, stream: number): (bound: number) => number {
  let words: readonly number[] = [];
  let used = 0;
  let block = 0;
  return (bound) => {
    for (;;) {
      if (used === words.length) {
        // The last counter word keeps these blocks apart from those of `randomBits`, which has a 0 there.
        words = philox4x32([block++, stream | 0, 0, 1], [seed | 0, 0]);
        used = 0;
      }
      const word = (words[used++] as number) >>> 0;
      const remainder = word % bound;
      // Words at or above the largest multiple of the bound are thrown away: they would favour the small remainders.
      if (word - remainder <= 2 ** 32 - bound) return remainder;
    }
  };
}
