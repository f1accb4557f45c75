/** Special functions of a real variable that are not primitives. */
import type { Tensor } from "../tensor/tensor.ts";
import {
  add,
  equal,
  less,
  log1p,
  multiply,
  negative,
  sqrt,
  square,
  subtract,
  type TensorLike,
  where,
} from "./elementwise.ts";

/** Coefficients from the highest power, in w - 2.5 with w = -log(1 - x²), for w < 5. */
const central = [
  2.81022636e-8, 3.43273939e-7, -3.5233877e-6, -4.39150654e-6, 0.00021858087, -0.00125372503, -0.00417768164,
  0.246640727, 1.50140941,
];
/** Coefficients from the highest power, in √w - 3, for w ≥ 5. */
const tail = [
  -0.000200214257, 0.000100950558, 0.00134934322, -0.00367342844, 0.00573950773, -0.0076224613, 0.00943887047,
  1.00167406, 2.83297682,
];

/**
 * The inverse of the error function: erf(erfInverse(x)) = x for x in (-1, 1); ±Infinity at ±1 and NaN beyond. Accurate to
 * about 3e-7 relative, by M. Giles, "Approximating the erfinv function", GPU Computing Gems (2011).
 *
 * @example
 * erfInverse(tensor([0, 0.5])); // [0, 0.4769363]
 */
export function erfInverse(x: TensorLike): Tensor {
  const w = negative(log1p(negative(square(x))));
  const inCentre = less(w, 5);
  // The branch not taken must stay finite, or its gradient would turn the whole into NaN.
  const centralValue = polynomial(central, subtract(where(inCentre, w, 2.5), 2.5));
  const tailValue = polynomial(tail, subtract(sqrt(where(inCentre, 9, w)), 3));
  // At the edges the tail's polynomial leaves the function; there it is infinite.
  const factor = where(equal(w, Number.POSITIVE_INFINITY), Number.POSITIVE_INFINITY, tailValue);
  return multiply(where(inCentre, centralValue, factor), x);
}

/** Horner's scheme, coefficients from the highest power. */
function polynomial([first = 0, second = 0, ...rest]: readonly number[], x: Tensor): Tensor {
  return rest.reduce<Tensor>(
    (value, coefficient) => add(multiply(value, x), coefficient),
    add(multiply(x, first), second),
  );
}
