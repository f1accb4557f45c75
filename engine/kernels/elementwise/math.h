// The elementary functions on vectors: exp, log, tanh, erf, sin, cos, pow and their kin, as polynomials after an exact
// reduction. At most 2 ulp from the true value over the whole range, IEEE special cases as in C, no libm, and the same formula on
// every instruction set. The polynomials are minimax fits (relative error; see math_coefficients.py), rounded coefficient by coefficient.
#pragma once
#include "../../vector.h"

namespace rappel {
namespace RAPPEL_ISA {

// Half as many doubles fill a vector; functions that need the precision work on the two halves of a Floats.
typedef double Doubles __attribute__((vector_size(RAPPEL_LANES * 4)));
typedef long long Longs __attribute__((vector_size(RAPPEL_LANES * 4)));
typedef float HalfFloats __attribute__((vector_size(RAPPEL_LANES * 2)));
typedef int HalfInts __attribute__((vector_size(RAPPEL_LANES * 2)));

union Halves {
  Floats whole;
  Ints ints;
  HalfFloats floats[2];
  HalfInts halfInts[2];
};

RAPPEL_INLINE Doubles widen(HalfFloats value) { return __builtin_convertvector(value, Doubles); }
RAPPEL_INLINE Doubles widen(HalfInts value) { return __builtin_convertvector(value, Doubles); }
RAPPEL_INLINE HalfFloats narrow(Doubles value) { return __builtin_convertvector(value, HalfFloats); }
RAPPEL_INLINE Doubles broadcast(double value) { return value - Doubles{}; }

constexpr float kInfinity = __builtin_inff();
constexpr float kNaN = __builtin_nanf("");

RAPPEL_INLINE Floats copySign(Floats magnitude, Floats sign) {
  const Ints bit = broadcast(static_cast<int>(0x80000000));
  return asFloats((asInts(magnitude) & ~bit) | (asInts(sign) & bit));
}

// ---- Rounding -------------------------------------------------------------------------------------------------------------

// Adding 2^23 leaves no bits behind the binary point; the processor's rounding, half to even, does the rest.
RAPPEL_INLINE Floats roundHalfEven(Floats x) {
  const Floats shift = broadcast(0x1p23f);
  const Floats magnitude = abs(x);
  const Floats rounded = (magnitude + shift) - shift;
  return select(magnitude < shift, copySign(rounded, x), x);
}
RAPPEL_INLINE Floats floor(Floats x) {
  const Floats rounded = roundHalfEven(x);
  return copySign(select(rounded > x, rounded - 1.0f, rounded), x);
}
RAPPEL_INLINE Floats ceil(Floats x) {
  const Floats rounded = roundHalfEven(x);
  return copySign(select(rounded < x, rounded + 1.0f, rounded), x);
}

// ---- Exponentials -----------------------------------------------------------------------------------------------------------

constexpr float kLog2E = 1.44269504f;
constexpr float kLn2High = 0.693359375f;  // nine bits: times any exponent it is exact
constexpr float kLn2Low = -2.12194440e-4f;

// 2^n for n in [-252, 254] as two factors, so that results below the normal range are rounded once and correctly.
struct PowerOfTwo {
  Floats first, second;
};
RAPPEL_INLINE PowerOfTwo powerOfTwo(Ints n) {
  const Ints half = n >> 1;
  return {asFloats((half + 127) << 23), asFloats((n - half + 127) << 23)};
}

// The integer nearest to x / ln 2, as float and as int.
struct Exponent {
  Floats value;
  Ints integer;
};
RAPPEL_INLINE Exponent nearestExponent(Floats x) {
  const Floats shift = broadcast(0x1.8p23f);
  const Floats shifted = fma(x, broadcast(kLog2E), shift);
  return {shifted - shift, asInts(shifted) - asInts(shift)};
}

// e^x = 2 (1 + curve) half, where half = 2^(n-1), curve = e^r - 1 and |r| <= ln 2 / 2, for x from kLowestPower, whose half is written as zero, to 88.8,
// whose result overflows. Results below 2^-125.5 are zero: the normal range ends there, and where subnormal numbers cannot be flushed they must
// not even be computed, since masked scores make many.
constexpr float kLowestPower = -87.5f;
struct Exponential {
  Floats curve, half;
};
RAPPEL_INLINE Exponential exponential(Floats x) {
  const Exponent n = nearestExponent(x);
  const Floats r = fma(n.value, broadcast(-kLn2Low), fma(n.value, broadcast(-kLn2High), x));
  Floats p = broadcast(0.00138207339f);
  p = fma(p, r, broadcast(0.00836867746f));
  p = fma(p, r, broadcast(0.0416682661f));
  p = fma(p, r, broadcast(0.166665211f));
  p = fma(p, r, broadcast(0.49999994f));
  return {fma(r * r, p, r), asFloats((n.integer + 126) << 23)};
}
RAPPEL_INLINE Floats exp(Floats x) {
  const Exponential e = exponential(max(broadcast(kLowestPower), min(broadcast(88.8f), x)));  // NaN stays NaN
  const Floats power = 1.0f + e.curve;
  return (power + power) * e.half;
}

// e^x - 1 = 2^n r + (2^n - 1) + 2^n (e^r - 1 - r), the exact parts first.
RAPPEL_INLINE Floats expm1(Floats x) {
  const Floats clamped = max(broadcast(-20.0f), min(broadcast(90.0f), x));
  const Exponent n = nearestExponent(clamped);
  const Floats high = fma(n.value, broadcast(-kLn2High), clamped);
  const Floats low = n.value * broadcast(-kLn2Low);
  const Floats r = high + low;
  const Floats rest = (high - r) + low;
  Floats p = broadcast(0.000197625719f);
  p = fma(p, r, broadcast(0.00139323308f));
  p = fma(p, r, broadcast(0.00833354518f));
  p = fma(p, r, broadcast(0.0416664928f));
  p = fma(p, r, broadcast(0.166666657f));
  p = fma(p, r, broadcast(0.5f));
  const Floats curve = fma(r * r, p, rest);
  const PowerOfTwo scale = powerOfTwo(n.integer);
  // 2^n itself overflows for n = 128; one factor is applied last.
  const Floats inverse = asFloats((127 - (n.integer >> 1)) << 23);
  const Floats straight = fma(scale.second, r, scale.second - inverse);
  const Floats result = fma(scale.second, curve, straight) * scale.first;
  return select(x == 0.0f, x, result);
}

// ---- Logarithms ---------------------------------------------------------------------------------------------------------------

// x = 2^e m with m in [sqrt 1/2, sqrt 2); x positive and normal.
struct Mantissa {
  Ints exponent;
  Floats value;
};
RAPPEL_INLINE Mantissa mantissa(Floats x) {
  const Ints sqrtHalf = broadcast(0x3f3504f3);
  const Ints bits = asInts(x) - sqrtHalf;
  return {bits >> 23, asFloats((bits & 0x7fffff) + sqrtHalf)};
}

// ln(1 + f) + exponent ln 2 for f in [sqrt 1/2 - 1, sqrt 2 - 1).
RAPPEL_INLINE Floats logOfParts(Floats f, Floats exponent) {
  const Floats square = f * f;
  Floats p = broadcast(0.0680301785f);
  p = fma(p, f, broadcast(-0.117218465f));
  p = fma(p, f, broadcast(0.118852206f));
  p = fma(p, f, broadcast(-0.123961687f));
  p = fma(p, f, broadcast(0.142187312f));
  p = fma(p, f, broadcast(-0.16668652f));
  p = fma(p, f, broadcast(0.200022012f));
  p = fma(p, f, broadcast(-0.24999994f));
  p = fma(p, f, broadcast(0.333333105f));
  Floats curve = fma(f * square, p, exponent * kLn2Low);
  curve = fma(square, broadcast(-0.5f), curve);
  return fma(exponent, broadcast(kLn2High), f + curve);
}

RAPPEL_INLINE Floats log(Floats x) {
  const Ints tiny = x < 0x1p-126f;
  const Mantissa parts = mantissa(select(tiny, x * 0x1p23f, x));
  const Floats exponent = toFloats(parts.exponent + (tiny & -23));
  Floats result = logOfParts(parts.value - 1.0f, exponent);
  result = select(x == broadcast(kInfinity), x, result);
  result = select(x == 0.0f, broadcast(-kInfinity), result);
  return select(x >= 0.0f, result, broadcast(kNaN));
}

// 1 + x rounded to u; what the rounding lost goes back into the mantissa.
RAPPEL_INLINE Floats log1p(Floats x) {
  const Floats u = 1.0f + x;
  const Floats lost = select(x > 1.0f, 1.0f - (u - x), x - (u - 1.0f));
  const Mantissa parts = mantissa(u);
  // 2^-128 is no normal number; nothing was lost of an x that large.
  const Floats scaled = lost * asFloats(max(127 - parts.exponent, broadcast(0)) << 23);
  const Floats f = select(parts.exponent == 0, x, (parts.value - 1.0f) + scaled);
  Floats result = logOfParts(f, toFloats(parts.exponent));
  result = select((x == 0.0f) | (x == broadcast(kInfinity)), x, result);
  result = select(x == -1.0f, broadcast(-kInfinity), result);
  return select(x >= -1.0f, result, broadcast(kNaN));
}

// ---- Sigmoid, tanh, erf ----------------------------------------------------------------------------------------------------------

// (1 + curve) scale, of which only the result is rounded where that costs nothing.
RAPPEL_INLINE Floats scaledPower(Floats curve, Floats scale) {
  return kFusesMultiplyAdd ? fma(curve, scale, scale) : (1.0f + curve) * scale;
}

// 1 / (1 + e) or e / (1 + e) with e = e^-|x|, so that nothing overflows and small results keep their digits. The first is corrected by what it leaves
// of 1; the second is the first times e, before that is rounded.
RAPPEL_INLINE Floats sigmoid(Floats x) {
  const Floats negative = asFloats(asInts(x) | broadcast(static_cast<int>(0x80000000)));
  const Exponential parts = exponential(max(broadcast(kLowestPower), negative));
  const Floats scale = parts.half + parts.half;
  const Floats e = scaledPower(parts.curve, scale);
  const Floats guess = 1.0f / (1.0f + e);
  const Floats inverse = fma(fma(-e, guess, 1.0f - guess), guess, guess);
  return select(x < 0.0f, scaledPower(parts.curve, scale * inverse), inverse);
}

// Near 0 an odd polynomial, beyond it 1 - 2 / (e^2x + 1).
RAPPEL_INLINE Floats tanh(Floats x) {
  const Floats magnitude = abs(x);
  const Floats square = x * x;
  Floats p = broadcast(-0.00569734583f);
  p = fma(p, square, broadcast(0.0206317231f));
  p = fma(p, square, broadcast(-0.0537372679f));
  p = fma(p, square, broadcast(0.133314103f));
  p = fma(p, square, broadcast(-0.333332807f));
  const Floats near = fma(magnitude * square, p, magnitude);
  const Floats far = 1.0f - 2.0f / (exp(magnitude + magnitude) + 1.0f);
  return copySign(select(magnitude < 0.625f, near, far), x);
}

// Near 0 an odd polynomial, beyond it the complement e^-Q(|x|), which has vanished at 4.
RAPPEL_INLINE Floats erf(Floats x) {
  const Floats magnitude = abs(x);
  const Floats square = x * x;
  Floats p = broadcast(7.99257396e-05f);
  p = fma(p, square, broadcast(-0.000804915209f));
  p = fma(p, square, broadcast(0.00519237667f));
  p = fma(p, square, broadcast(-0.0268557277f));
  p = fma(p, square, broadcast(0.112836257f));
  p = fma(p, square, broadcast(-0.376126289f));
  p = fma(p, square, broadcast(0.128379166f));
  const Floats near = fma(magnitude, p, magnitude);
  const Floats t = min(broadcast(4.0f), magnitude) - 1.0f;
  Floats q = broadcast(-6.15734825e-05f);
  q = fma(q, t, broadcast(2.49252553e-05f));
  q = fma(q, t, broadcast(0.00161820068f));
  q = fma(q, t, broadcast(-0.00986989029f));
  q = fma(q, t, broadcast(0.0415550731f));
  q = fma(q, t, broadcast(0.843099654f));
  q = fma(q, t, broadcast(2.63896775f));
  q = fma(q, t, broadcast(1.84960556f));
  const Floats far = 1.0f - exp(-q);
  return copySign(select(magnitude < 0.9f, near, far), x);
}

// ---- Sine and cosine ---------------------------------------------------------------------------------------------------------------

// x = quadrant * pi/2 + r, |r| <= pi/4.
struct Angle {
  Ints quadrant;
  Floats rest;
};

// Payne and Hanek's reduction for one large x: 96 bits of 2/pi, from where its product with x is below 4.
inline void reduceLargeAngle(float x, int& quadrant, float& rest) {
  constexpr unsigned twoOverPi[8] = {0xa2f9836e, 0x4e441529, 0xfc2757d1, 0xf534ddc0, 0xdb629599, 0x3c439041, 0xfe5163ab, 0xdebbc561};
  const int bits = __builtin_bit_cast(int, x);
  const int exponent = ((bits >> 23) & 255) - 150;
  const unsigned significand = (bits & 0x7fffff) | 0x800000;
  const int skipped = exponent > 2 ? exponent - 2 : 0;
  const int word = skipped >> 5, shift = skipped & 31;
  unsigned __int128 window = 0;
  for (int i = 0; i < 4; i++) window = window << 32 | twoOverPi[word + i];
  window = (window << shift) >> 32;
  const unsigned __int128 product = window * significand;
  const int fractionBits = 96 - (exponent - skipped);
  const long long fraction = static_cast<long long>(static_cast<unsigned long long>((product << (128 - fractionBits)) >> 64));
  const int turns = static_cast<int>(product >> fractionBits) + (fraction < 0);
  const double angle = static_cast<double>(fraction) * (0x1p-64 * 1.57079632679489661923);
  quadrant = bits < 0 ? -turns : turns;
  rest = static_cast<float>(bits < 0 ? -angle : angle);
}

// Below 2^20 by Cody and Waite's subtraction in double precision, where the product with the first 33 bits of pi/2 is exact.
RAPPEL_INLINE Angle reduceAngle(Floats x) {
  const Halves source{x};
  Halves quadrant, rest;
  for (int half = 0; half < 2; half++) {
    const Doubles angle = widen(source.floats[half]);
    const Doubles shift = broadcast(0x1.8p52);
    const Doubles shifted = angle * 0.63661977236758134308 + shift;
    const Doubles turns = shifted - shift;
    rest.floats[half] = narrow((angle - turns * 0x1.921fb544p+0) - turns * 0x1.0b4611a626331p-34);
    quadrant.halfInts[half] = __builtin_convertvector(reinterpret_cast<Longs>(shifted), HalfInts);
  }
  for (int lane = 0; lane < kLanes; lane++) {
    const float magnitude = __builtin_fabsf(x[lane]);
    if (__builtin_expect(magnitude > 1048576.0f && magnitude < kInfinity, 0)) {
      int turns;
      float angle;
      reduceLargeAngle(x[lane], turns, angle);
      quadrant.ints[lane] = turns;
      rest.whole[lane] = angle;
    }
  }
  return {quadrant.ints, rest.whole};
}

RAPPEL_INLINE Floats sineOfAngle(Angle angle) {
  const Floats r = angle.rest, square = r * r;
  Floats s = broadcast(2.83272493e-06f);
  s = fma(s, square, broadcast(-0.000198530732f));
  s = fma(s, square, broadcast(0.0083333794f));
  s = fma(s, square, broadcast(-0.166666672f));
  s = fma(r * square, s, r);
  Floats c = broadcast(2.44325529e-05f);
  c = fma(c, square, broadcast(-0.00138873106f));
  c = fma(c, square, broadcast(0.0416666456f));
  c = fma(square * square, c, fma(square, broadcast(-0.5f), broadcast(1.0f)));
  const Floats value = select((angle.quadrant & 1) == 0, s, c);
  return asFloats(asInts(value) ^ ((angle.quadrant & 2) << 30));
}

RAPPEL_INLINE Floats sin(Floats x) {
  const Floats result = select(x == 0.0f, x, sineOfAngle(reduceAngle(x)));
  return select(abs(x) < kInfinity, result, broadcast(kNaN));
}
RAPPEL_INLINE Floats cos(Floats x) {
  Angle angle = reduceAngle(x);
  angle.quadrant += 1;
  return select(abs(x) < kInfinity, sineOfAngle(angle), broadcast(kNaN));
}

}  // namespace RAPPEL_ISA
}  // namespace rappel
