/** Special functions that JavaScript lacks, in float64, for the reference device. */

/**
 * The error function, erf(x) = 2/sqrt(pi) times the integral of exp(-t²) from 0 to x, to about 1e-15.
 * For |x| < 2.5 the Maclaurin series in the form with positive terms, erf(x) = 2/sqrt(pi) exp(-x²) sum 2ⁿ x²ⁿ⁺¹ / (2n+1)!!
 * (Abramowitz and Stegun 7.1.6); beyond it the continued fraction of erfc (7.1.14), evaluated from its tail.
 */
export function erf(x: number): number {
  if (Number.isNaN(x) || x === 0) return x;
  const magnitude = Math.abs(x);
  if (magnitude > 6) return Math.sign(x);
  if (magnitude < 2.5) {
    let term = x;
    let sum = x;
    for (let n = 1; Math.abs(term) > 1e-17 * Math.abs(sum); n++) {
      term *= (2 * x * x) / (2 * n + 1);
      sum += term;
    }
    return (2 / Math.sqrt(Math.PI)) * Math.exp(-x * x) * sum;
  }
  let fraction = 0;
  for (let n = 80; n > 0; n--) fraction = n / 2 / (magnitude + fraction);
  const complement = Math.exp(-x * x) / (Math.sqrt(Math.PI) * (magnitude + fraction));
  return Math.sign(x) * (1 - complement);
}

/** The nearest whole number, halves to the even one. */
export function roundHalfEven(x: number): number {
  if (!Number.isFinite(x) || Math.abs(x) >= 2 ** 52) return x;
  const floored = Math.floor(x);
  const rest = x - floored;
  const rounded = rest < 0.5 || (rest === 0.5 && floored % 2 === 0) ? floored : floored + 1;
  return rounded === 0 && (x < 0 || Object.is(x, -0)) ? -0 : rounded;
}

/** The modulo with the divisor's sign. */
export function flooredMod(a: number, b: number): number {
  const remainder = a % b;
  if (remainder === 0) return b < 0 || Object.is(b, -0) ? -0 : 0;
  return remainder < 0 !== b < 0 ? remainder + b : remainder;
}
