// Quotients and square roots. With AVX-512, Intel's processors have one slow unit for both. An estimate of 14 bits, a step of Newton's and a
// correction by the remainder, which a fused multiply-add gives exactly, take about six tenths of its time and come to the same bits: correctly
// rounded ones (P. Markstein, "Computation of elementary functions on the IBM RISC System/6000 processor", 1990). The remainder of what is below
// 2^-100 is flushed to zero: a root of that, or its quotient by something ordinary, may end in the neighbouring bit. AMD's unit takes no longer for
// a root, half as long for a quotient; both at once are soonest done if the root leaves it to the quotient.
#pragma once
#include "../../vector.h"

namespace rappel {
namespace RAPPEL_ISA {

enum class Division {
  ByUnit,
  ByEstimate,  // with AVX-512
};

template <Division>
RAPPEL_INLINE Floats quotient(Floats dividend, Floats divisor) {
  return dividend / divisor;
}

#if RAPPEL_LANES == 16 && defined(__AVX512DQ__)

RAPPEL_INLINE Floats squareRoot(Floats value) {
  const __m512 x = reinterpret_cast<__m512>(value), half = _mm512_set1_ps(0.5f);
  // Of zero the estimate is infinite; zero times anything else is zero, with its sign. NaN is what `min` returns if one of both is.
  const __m512 estimate = _mm512_min_ps(_mm512_set1_ps(0x1p64f), _mm512_rsqrt14_ps(x));
  __m512 root = _mm512_mul_ps(x, estimate), halfReciprocal = _mm512_mul_ps(estimate, half);
  const __m512 error = _mm512_fnmadd_ps(root, halfReciprocal, half);
  root = _mm512_fmadd_ps(root, error, root);
  halfReciprocal = _mm512_fmadd_ps(halfReciprocal, error, halfReciprocal);
  root = _mm512_fmadd_ps(_mm512_fnmadd_ps(root, root, x), halfReciprocal, root);
  const bool isOrdinary = _mm512_cmp_ps_mask(root, root, _CMP_UNORD_Q) == 0;
  if (__builtin_expect(!isOrdinary, 0)) root = _mm512_sqrt_ps(x);  // infinity, negative numbers, NaN
  return reinterpret_cast<Floats>(root);
}

template <>
RAPPEL_INLINE Floats quotient<Division::ByEstimate>(Floats dividend, Floats divisor) {
  const __m512 a = reinterpret_cast<__m512>(dividend), b = reinterpret_cast<__m512>(divisor);
  const __m512 estimate = _mm512_rcp14_ps(b);
  const __m512 reciprocal = _mm512_fmadd_ps(estimate, _mm512_fnmadd_ps(b, estimate, _mm512_set1_ps(1.0f)), estimate);
  const __m512 guess = _mm512_mul_ps(a, reciprocal);
  const __mmask16 isOther = _mm512_cmp_ps_mask(guess, _mm512_setzero_ps(), _CMP_NEQ_UQ);  // zero keeps its sign
  __m512 result = _mm512_mask3_fmadd_ps(_mm512_fnmadd_ps(b, guess, a), reciprocal, guess, isOther);
  // Infinite quotients come out as NaN; reciprocals of huge divisors, and remainders of tiny ones, would be flushed to zero.
  constexpr unsigned least = 2u * 0x1a000000, beyond = 2u * 0x7e000000;  // of 2^-75 and 2^125 all bits but the sign
  const __m512i magnitude = _mm512_slli_epi32(_mm512_castps_si512(b), 1);
  const __m512i aboveLeast = _mm512_sub_epi32(magnitude, _mm512_set1_epi32(static_cast<int>(least)));
  const __mmask16 isExtreme = _mm512_cmpge_epu32_mask(aboveLeast, _mm512_set1_epi32(static_cast<int>(beyond - least)));
  const __mmask16 isNaN = _mm512_cmp_ps_mask(result, result, _CMP_UNORD_Q);
  if (__builtin_expect(!_kortestz_mask16_u8(isNaN, isExtreme), 0)) result = _mm512_div_ps(a, b);
  return reinterpret_cast<Floats>(result);
}

#else

RAPPEL_INLINE Floats squareRoot(Floats x) {
#if RAPPEL_LANES == 8 && defined(__AVX2__)
  return reinterpret_cast<Floats>(_mm256_sqrt_ps(reinterpret_cast<__m256>(x)));
#elif RAPPEL_LANES == 4 && defined(__SSE2__)
  return reinterpret_cast<Floats>(_mm_sqrt_ps(reinterpret_cast<__m128>(x)));
#elif RAPPEL_LANES == 4 && defined(__ARM_NEON)
  return reinterpret_cast<Floats>(vsqrtq_f32(reinterpret_cast<float32x4_t>(x)));
#elif RAPPEL_LANES == 4 && defined(__wasm_simd128__)
  return reinterpret_cast<Floats>(wasm_f32x4_sqrt(reinterpret_cast<v128_t>(x)));
#else
  for (int lane = 0; lane < kLanes; lane++) x[lane] = __builtin_sqrtf(x[lane]);
  return x;
#endif
}

#endif

// 1 / sqrt(x), by two correctly rounded operations.
RAPPEL_INLINE Floats reciprocalSquareRoot(Floats x) { return broadcast(1.0f) / squareRoot(x); }

}  // namespace RAPPEL_ISA
}  // namespace rappel
