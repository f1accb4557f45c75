"""Fits the polynomials of math.h and prints their coefficients: python3 math_coefficients.py (needs numpy and mpmath).

Each polynomial is the minimax fit of its function under a weight that makes the error relative to the function's value (Lawson's
iteration over Chebyshev points). Coefficients are rounded to float32 one after the other, the lowest power first, and those that
remain are fitted again, so that they make up for the rounding.
"""

import mpmath
import numpy

POINTS = 400
ITERATIONS = 60


def fit(function, degree, low, high, weight):
    """Float32 coefficients c with function(x) ~ sum of c[k] x**k on [low, high], and the largest weighted error."""
    k = numpy.arange(POINTS)
    x = (low + high) / 2 + (high - low) / 2 * numpy.cos(numpy.pi * (k + 0.5) / POINTS)
    x = x[numpy.abs(x) > 1e-9]
    y = numpy.array([float(function(mpmath.mpf(value))) for value in x])
    scale = numpy.array([float(weight(value)) for value in x])
    coefficients = []
    for first in range(degree + 1):
        rest = y - sum((c * x**power for power, c in enumerate(coefficients)), numpy.zeros_like(x))
        basis = numpy.stack([x**power for power in range(first, degree + 1)], axis=1)
        lawson = numpy.ones_like(x)
        best_error, best = numpy.inf, None
        for _ in range(ITERATIONS):
            row = numpy.sqrt(lawson) * scale
            column = numpy.max(numpy.abs(basis * row[:, None]), axis=0)
            solution = numpy.linalg.lstsq(basis * row[:, None] / column, rest * row, rcond=None)[0] / column
            error = numpy.abs(scale * (rest - basis @ solution))
            if error.max() < best_error:
                best_error, best = error.max(), solution
            lawson *= error / error.max() + 1e-3
            lawson /= lawson.sum()
        coefficients.append(float(numpy.float32(best[0])))
    values = sum(c * x**power for power, c in enumerate(coefficients))
    return coefficients, numpy.max(numpy.abs(scale * (y - values)))


def show(name, function, degree, low, high, weight):
    mpmath.mp.dps = 30
    coefficients, error = fit(function, degree, low, high, weight)
    print(f"{name}: relative error 2^{numpy.log2(error):.1f}")
    print("  " + ", ".join(f"{numpy.float32(c):.9g}f" for c in coefficients))


def main():
    mp = mpmath
    half_ln2 = float(mp.log(2) / 2) * 1.0005
    show("exp: (e^r - 1 - r) / r^2", lambda r: (mp.expm1(r) - r) / r**2, 4, -half_ln2, half_ln2, lambda r: r * r / numpy.exp(r))
    show("expm1: the same, relative to e^r - 1", lambda r: (mp.expm1(r) - r) / r**2, 5, -half_ln2, half_ln2, lambda r: abs(r * r / numpy.expm1(r)))
    low, high = float(mp.sqrt(0.5)) - 1.001, float(mp.sqrt(2)) - 0.999
    show("log: (ln(1 + f) - f + f^2 / 2) / f^3", lambda f: (mp.log1p(f) - f + f * f / 2) / f**3, 8, low, high, lambda f: abs(f**3 / numpy.log1p(f)))

    # The odd functions in z = x^2.
    root = mp.sqrt
    show("tanh: (tanh x / x - 1) / z", lambda z: (mp.tanh(root(z)) / root(z) - 1) / z, 4, 1e-8, 0.625**2, lambda z: z**1.5 / numpy.tanh(z**0.5))
    quarter = (numpy.pi / 4 * 1.0005) ** 2
    show("sin: (sin x / x - 1) / z", lambda z: (mp.sin(root(z)) / root(z) - 1) / z, 3, 1e-8, quarter, lambda z: z**1.5 / numpy.sin(z**0.5))
    show("cos: (cos x - 1 + z / 2) / z^2", lambda z: (mp.cos(root(z)) - 1 + z / 2) / z**2, 2, 1e-6, quarter, lambda z: z**2 / numpy.cos(z**0.5))
    show("erf near 0: erf x / x - 1", lambda z: mp.erf(root(z)) / root(z) - 1, 6, 1e-8, 0.92**2, lambda z: z**0.5 / float(mp.erf(z**0.5)))
    show("erf beyond: -ln erfc(1 + t)", lambda t: -mp.log(mp.erfc(t + 1)), 7, -0.12, 3.0, lambda t: float(mp.erfc(t + 1) / mp.erf(t + 1)))


main()
