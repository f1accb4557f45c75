/** Whole numbers from 0 to a known largest one, as float32 in [0, 1]. */

/** `values / largest`, each correctly rounded to float32. */
export function scaledToUnit(values: Uint8Array, largest: number): Float32Array {
  // There are few different values: dividing each once costs less than dividing every element.
  const table = Float32Array.from({ length: 256 }, (_, value) => value / largest);
  const scaled = new Float32Array(values.length);
  for (let index = 0; index < values.length; index++) scaled[index] = table[values[index] as number] as number;
  return scaled;
}
