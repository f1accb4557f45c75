// Powers, remainders and integer quotients: what float32 arithmetic alone cannot give exactly, computed in double precision on the
// two halves of a vector.
#pragma once
#include "math.h"

namespace rappel {
namespace RAPPEL_ISA {

// 2^(y log2 x) for x > 0; log2 by the series of the area tangent, exact enough that y may be 2^30.
RAPPEL_INLINE Doubles powerOfPositive(Doubles x, Doubles y) {
  const Longs sqrtHalf = Longs{} + 0x3fe6a09e667f3bcd;
  const Longs bits = reinterpret_cast<Longs>(x) - sqrtHalf;
  const Doubles exponent = __builtin_convertvector(bits >> 52, Doubles);
  const Doubles m = reinterpret_cast<Doubles>((bits & 0xfffffffffffff) + sqrtHalf);
  const Doubles s = (m - 1.0) / (m + 1.0), square = s * s;
  // 2 / ((2k + 1) ln 2)
  Doubles p = broadcast(0.192359338785195121);
  p = p * square + 0.221953083213686678;
  p = p * square + 0.262308189252538801;
  p = p * square + 0.320598897975325202;
  p = p * square + 0.412198583111132402;
  p = p * square + 0.577078016355585363;
  p = p * square + 0.961796693925975605;
  p = p * square + 2.88539008177792681;
  Doubles logarithm = p * s + exponent;
  logarithm = x == 0.0 ? broadcast(-__builtin_inf()) : logarithm;
  logarithm = x == __builtin_inf() ? x : logarithm;
  Doubles t = y * logarithm;
  t = t < -300.0 ? broadcast(-300.0) : t;
  t = t > 300.0 ? broadcast(300.0) : t;
  const Doubles shift = broadcast(0x1.8p52);
  const Doubles shifted = t + shift;
  const Doubles f = t - (shifted - shift);
  // ln^k 2 / k!
  Doubles e = broadcast(7.05491162080112333e-9);
  e = e * f + 1.01780860092396997e-7;
  e = e * f + 1.32154867901443095e-6;
  e = e * f + 1.52527338040598403e-5;
  e = e * f + 1.54035303933816099e-4;
  e = e * f + 1.33335581464284434e-3;
  e = e * f + 9.61812910762847716e-3;
  e = e * f + 5.55041086648215800e-2;
  e = e * f + 2.40226506959100712e-1;
  e = e * f + 6.93147180559945309e-1;
  e = e * f + 1.0;
  const Longs n = reinterpret_cast<Longs>(shifted) - reinterpret_cast<Longs>(shift);
  return e * reinterpret_cast<Doubles>((n + 1023) << 52);
}

RAPPEL_INLINE Floats pow(Floats x, Floats y) {
  const Floats magnitude = abs(x);
  const Halves base{magnitude}, exponent{y};
  Halves power;
  for (int half = 0; half < 2; half++) {
    power.floats[half] = narrow(powerOfPositive(widen(base.floats[half]), widen(exponent.floats[half])));
  }
  Floats result = power.whole;
  const Ints integer = roundHalfEven(y) == y;
  const Ints small = abs(y) < 0x1p24f;
  const Ints odd = integer & small & ((toInts(select(small, y, broadcast(0.0f))) & 1) != 0);
  const Ints negative = asInts(x) >> 31;
  result = asFloats(asInts(result) ^ (negative & odd & static_cast<int>(0x80000000)));
  const Ints finite = (magnitude < kInfinity) & (magnitude > 0.0f);
  result = select(negative & finite & ~integer, broadcast(kNaN), result);
  result = select((x != x) | (y != y), broadcast(kNaN), result);
  const Ints one = (y == 0.0f) | (x == 1.0f) | ((x == -1.0f) & (abs(y) == kInfinity));
  return select(one, broadcast(1.0f), result);
}

// The remainder of finite |a| by |b| > 0 when the quotient is too large for double precision: subtraction bit by bit.
inline double remainderOfLarge(double a, double b) {
  const double divisor = b;
  while (b <= a * 0.5) b += b;
  for (; b >= divisor; b *= 0.5) {
    if (a >= b) a -= b;
  }
  return a;
}

// The floored remainder a - floor(a / b) b, exact, with the sign of the divisor; NaN for b = 0 or infinite a.
RAPPEL_INLINE Floats flooredRemainder(Floats a, Floats b) {
  const Halves dividend{abs(a)}, divisor{abs(b)};
  Halves remainder;
  for (int half = 0; half < 2; half++) {
    const Doubles wideA = widen(dividend.floats[half]), wideB = widen(divisor.floats[half]);
    const Doubles quotient = wideA / wideB;
    // Up to 2^29 the truncated quotient times b is exact; the conversion would not be defined beyond the range of long.
    const Longs exact = quotient < 0x1p29;
    const Doubles whole = __builtin_convertvector(__builtin_convertvector(exact ? quotient : Doubles{}, Longs), Doubles);
    Doubles rest = wideA - whole * wideB;
    rest = rest < 0.0 ? rest + wideB : rest;
    rest = wideB == __builtin_inf() ? wideA : rest;
    for (int lane = 0; lane < kLanes / 2; lane++) {
      if (__builtin_expect(!exact[lane] && wideB[lane] > 0.0 && wideA[lane] < __builtin_inf(), 0)) {
        rest[lane] = remainderOfLarge(wideA[lane], wideB[lane]);
      }
    }
    remainder.floats[half] = narrow(rest);
  }
  Floats result = copySign(remainder.whole, a);
  const Ints opposite = (asInts(a) ^ asInts(b)) < 0;
  result = select(opposite & (result != 0.0f), result + b, result);
  result = select(result == 0.0f, copySign(broadcast(0.0f), b), result);
  const Ints invalid = (b == 0.0f) | (abs(a) == kInfinity) | (a != a) | (b != b);
  return select(invalid, broadcast(kNaN), result);
}

// a / b truncated; 0 where b is 0. Doubles hold every int, and their quotient truncates to the right one.
RAPPEL_INLINE Ints truncatedQuotient(Ints a, Ints b) {
  Halves dividend, divisor, quotient;
  dividend.ints = a;
  divisor.ints = select((b == 0) | (b == -1), broadcast(1), b);
  for (int half = 0; half < 2; half++) {
    const Doubles ratio = widen(dividend.halfInts[half]) / widen(divisor.halfInts[half]);
    quotient.halfInts[half] = __builtin_convertvector(ratio, HalfInts);
  }
  return select(b == 0, broadcast(0), select(b == -1, -a, quotient.ints));
}

// The floored remainder of ints, of the divisor's sign; 0 where b is 0.
RAPPEL_INLINE Ints flooredRemainder(Ints a, Ints b) {
  const Ints rest = a - truncatedQuotient(a, b) * b;
  const Ints corrected = select(((rest ^ b) < 0) & (rest != 0), rest + b, rest);
  return select(b == 0, broadcast(0), corrected);
}

// By value, truncated; saturates at the ends of int and gives 0 for NaN.
RAPPEL_INLINE Ints saturatedInts(Floats x) {
  const Floats limit = broadcast(0x1p31f);
  const Ints inside = (x < limit) & (x >= -limit);
  const Ints value = toInts(select(inside, x, broadcast(0.0f)));
  const Ints outside = select(x >= limit, broadcast(0x7fffffff), select(x < -limit, broadcast(static_cast<int>(0x80000000)), broadcast(0)));
  return select(inside, value, outside);
}

}  // namespace RAPPEL_ISA
}  // namespace rappel
