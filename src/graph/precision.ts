/** In what precision matrix products are computed. */

/** The operands of a product as they are, or rounded to bfloat16; sums are float32 in both, and so is every tensor. */
export type Precision = "float32" | "bfloat16";
export const precisions: readonly Precision[] = ["float32", "bfloat16"];

const float = new Float32Array(1);
const bits = new Uint32Array(float.buffer);

/**
 * The nearest bfloat16: the upper half of a float32, with 8 significant bits and float32's range. Ties go to the even neighbour,
 * what is beyond the largest goes to infinity, and NaN stays NaN.
 */
export function roundToBfloat16(value: number): number {
  float[0] = value;
  if (Number.isNaN(value)) return Number.NaN;
  const word = bits[0] as number;
  bits[0] = (word + 0x7fff + ((word >>> 16) & 1)) & 0xffff0000;
  return float[0] as number;
}
