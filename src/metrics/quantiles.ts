/** Quantiles of plain numbers by linear interpolation, as NumPy's default. */

/**
 * The value below which the share `q` of the values lies; between two of them on the line that joins them.
 *
 * @param sorted Rising, at least one.
 * @param q In [0, 1].
 */
export function quantile(sorted: ArrayLike<number>, q: number): number {
  const position = q * (sorted.length - 1);
  const below = Math.floor(position);
  const low = sorted[below] ?? Number.NaN;
  const high = sorted[Math.min(below + 1, sorted.length - 1)] ?? Number.NaN;
  const share = position - below;
  // From the nearer end, so that the result is never beyond the farther one.
  return share < 0.5 ? low + (high - low) * share : high - (high - low) * (1 - share);
}

/** The values from the smallest to the largest. */
export function sorted(values: ArrayLike<number>): Float64Array {
  return Float64Array.from(values).sort();
}
