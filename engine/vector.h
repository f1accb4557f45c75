// Vectors: the one vocabulary all kernels compute in. GCC and Clang vector extensions, one width per instruction set.
//
// A translation unit of engine/isa/ sets two macros before it includes any kernel:
//   RAPPEL_ISA    the namespace of this instruction set: avx512, avx2, baseline
//   RAPPEL_LANES  float32 lanes of a vector: 16 = AVX-512, 8 = AVX2 with FMA, 4 = SSE2, NEON, WASM SIMD128
// Comparisons of vectors (a < b, a == b) give Ints of 0 or -1 per lane; arithmetic is written with the ordinary operators.
#pragma once

#if !defined(RAPPEL_ISA) || !defined(RAPPEL_LANES)
#error "define RAPPEL_ISA and RAPPEL_LANES before including a kernel; see engine/isa/"
#endif
#if RAPPEL_LANES != 4 && RAPPEL_LANES != 8 && RAPPEL_LANES != 16
#error "RAPPEL_LANES must be 4, 8 or 16"
#endif

// For what the generic extensions cannot express: masked memory access, square roots.
#if defined(__AVX512F__) || defined(__AVX2__)
#include <immintrin.h>
#elif RAPPEL_LANES == 4 && defined(__SSE2__)
#include <emmintrin.h>
#elif defined(__ARM_NEON)
#include <arm_neon.h>
#elif defined(__wasm_simd128__)
#include <wasm_simd128.h>
#endif

#define RAPPEL_INLINE inline __attribute__((always_inline))
#define RAPPEL_OUT_OF_LINE inline __attribute__((noinline))  // long, and called from several places

namespace rappel {
namespace RAPPEL_ISA {

constexpr int kLanes = RAPPEL_LANES;

typedef float Floats __attribute__((vector_size(RAPPEL_LANES * 4)));
typedef int Ints __attribute__((vector_size(RAPPEL_LANES * 4)));
typedef unsigned UInts __attribute__((vector_size(RAPPEL_LANES * 4)));

// The same vectors as they lie in memory: at any address of an element, and allowed to alias it.
typedef float FloatsInMemory __attribute__((vector_size(RAPPEL_LANES * 4), aligned(4), may_alias));
typedef int IntsInMemory __attribute__((vector_size(RAPPEL_LANES * 4), aligned(4), may_alias));
typedef unsigned UIntsInMemory __attribute__((vector_size(RAPPEL_LANES * 4), aligned(4), may_alias));

// ---- Whole vectors ----------------------------------------------------------------------------------------------------

RAPPEL_INLINE Floats load(const float* source) { return *reinterpret_cast<const FloatsInMemory*>(source); }
RAPPEL_INLINE Ints load(const int* source) { return *reinterpret_cast<const IntsInMemory*>(source); }
RAPPEL_INLINE UInts load(const unsigned* source) { return *reinterpret_cast<const UIntsInMemory*>(source); }

RAPPEL_INLINE void store(float* target, Floats value) { *reinterpret_cast<FloatsInMemory*>(target) = value; }
RAPPEL_INLINE void store(int* target, Ints value) { *reinterpret_cast<IntsInMemory*>(target) = value; }
RAPPEL_INLINE void store(unsigned* target, UInts value) { *reinterpret_cast<UIntsInMemory*>(target) = value; }

// ---- Single values, whose integers wrap around as those of vectors do --------------------------------------------------------

RAPPEL_INLINE float plus(float a, float b) { return a + b; }
RAPPEL_INLINE int plus(int a, int b) { return static_cast<int>(static_cast<unsigned>(a) + static_cast<unsigned>(b)); }
RAPPEL_INLINE int times(int a, int b) { return static_cast<int>(static_cast<unsigned>(a) * static_cast<unsigned>(b)); }

// ---- Stores past the caches, of whole vectors to addresses that are multiples of their size ------------------------------------------

#if RAPPEL_LANES == 16 && defined(__AVX512F__)
constexpr bool kCanStream = true;
RAPPEL_INLINE void stream(int* target, Ints value) { _mm512_stream_si512(reinterpret_cast<__m512i*>(target), reinterpret_cast<__m512i>(value)); }
RAPPEL_INLINE void finishStreams() { _mm_sfence(); }  // before others are told that the values are there
#elif RAPPEL_LANES == 8 && defined(__AVX2__)
constexpr bool kCanStream = true;
RAPPEL_INLINE void stream(int* target, Ints value) { _mm256_stream_si256(reinterpret_cast<__m256i*>(target), reinterpret_cast<__m256i>(value)); }
RAPPEL_INLINE void finishStreams() { _mm_sfence(); }
#else
constexpr bool kCanStream = false;
RAPPEL_INLINE void stream(int* target, Ints value) { store(target, value); }
RAPPEL_INLINE void finishStreams() {}
#endif

// Subtracting zero keeps every bit of the value, that of -0 too; adding it would not.
RAPPEL_INLINE Floats broadcast(float value) { return value - Floats{}; }
RAPPEL_INLINE Ints broadcast(int value) { return value - Ints{}; }
RAPPEL_INLINE UInts broadcast(unsigned value) { return value - UInts{}; }

// {0, 1, 2, ...}
RAPPEL_INLINE Ints laneIndex() {
#if RAPPEL_LANES == 16
  return Ints{0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15};
#elif RAPPEL_LANES == 8
  return Ints{0, 1, 2, 3, 4, 5, 6, 7};
#else
  return Ints{0, 1, 2, 3};
#endif
}

// ---- The first `count` lanes, 0 <= count <= kLanes; nothing beyond them is touched. Lanes not loaded are 0. ------------------

#if RAPPEL_LANES == 16 && defined(__AVX512F__)

RAPPEL_INLINE __mmask16 firstLanes(int count) { return static_cast<__mmask16>((1u << count) - 1u); }

RAPPEL_INLINE Floats loadFirst(const float* source, int count) {
  return reinterpret_cast<Floats>(_mm512_maskz_loadu_ps(firstLanes(count), source));
}
RAPPEL_INLINE Ints loadFirst(const int* source, int count) {
  return reinterpret_cast<Ints>(_mm512_maskz_loadu_epi32(firstLanes(count), source));
}
RAPPEL_INLINE void storeFirst(float* target, Floats value, int count) {
  _mm512_mask_storeu_ps(target, firstLanes(count), reinterpret_cast<__m512>(value));
}
RAPPEL_INLINE void storeFirst(int* target, Ints value, int count) {
  _mm512_mask_storeu_epi32(target, firstLanes(count), reinterpret_cast<__m512i>(value));
}

#elif RAPPEL_LANES == 8 && defined(__AVX2__)

RAPPEL_INLINE __m256i firstLanes(int count) { return reinterpret_cast<__m256i>(laneIndex() < broadcast(count)); }

RAPPEL_INLINE Floats loadFirst(const float* source, int count) {
  return reinterpret_cast<Floats>(_mm256_maskload_ps(source, firstLanes(count)));
}
RAPPEL_INLINE Ints loadFirst(const int* source, int count) {
  return reinterpret_cast<Ints>(_mm256_maskload_epi32(source, firstLanes(count)));
}
RAPPEL_INLINE void storeFirst(float* target, Floats value, int count) {
  _mm256_maskstore_ps(target, firstLanes(count), reinterpret_cast<__m256>(value));
}
RAPPEL_INLINE void storeFirst(int* target, Ints value, int count) {
  _mm256_maskstore_epi32(target, firstLanes(count), reinterpret_cast<__m256i>(value));
}

#else

typedef int Word __attribute__((may_alias));
RAPPEL_INLINE Ints loadLanes(const Word* source, int count) {
  Ints value{};
  for (int lane = 0; lane < kLanes; lane++) {
    if (lane < count) value[lane] = source[lane];
  }
  return value;
}
RAPPEL_INLINE void storeLanes(Word* target, Ints value, int count) {
  for (int lane = 0; lane < kLanes; lane++) {
    if (lane < count) target[lane] = value[lane];
  }
}
// Out of the way: the ends of loops, lane by lane, would be a seventh of the code.
__attribute__((noinline)) inline Ints callLoadLanes(const Word* source, int count) { return loadLanes(source, count); }
__attribute__((noinline)) inline void callStoreLanes(Word* target, Ints value, int count) { storeLanes(target, value, count); }

RAPPEL_INLINE Floats loadFirst(const float* source, int count) {
  return count == kLanes ? load(source) : reinterpret_cast<Floats>(callLoadLanes(reinterpret_cast<const Word*>(source), count));
}
RAPPEL_INLINE Ints loadFirst(const int* source, int count) { return count == kLanes ? load(source) : callLoadLanes(source, count); }
RAPPEL_INLINE void storeFirst(float* target, Floats value, int count) {
  count == kLanes ? store(target, value) : callStoreLanes(reinterpret_cast<Word*>(target), reinterpret_cast<Ints>(value), count);
}
RAPPEL_INLINE void storeFirst(int* target, Ints value, int count) { count == kLanes ? store(target, value) : callStoreLanes(target, value, count); }

#define RAPPEL_LANE_BY_LANE
#endif

// The same without a call, for kernels whose registers one would cost.
#if defined(RAPPEL_LANE_BY_LANE)
RAPPEL_INLINE Floats loadFirstInline(const float* source, int count) {
  return count == kLanes ? load(source) : reinterpret_cast<Floats>(loadLanes(reinterpret_cast<const Word*>(source), count));
}
RAPPEL_INLINE void storeFirstInline(float* target, Floats value, int count) {
  count == kLanes ? store(target, value) : storeLanes(reinterpret_cast<Word*>(target), reinterpret_cast<Ints>(value), count);
}
#undef RAPPEL_LANE_BY_LANE
#else
RAPPEL_INLINE Floats loadFirstInline(const float* source, int count) { return loadFirst(source, count); }
RAPPEL_INLINE void storeFirstInline(float* target, Floats value, int count) { storeFirst(target, value, count); }
#endif

// ---- Arithmetic ---------------------------------------------------------------------------------------------------------

#if defined(__FMA__) || defined(__ARM_FEATURE_FMA)
constexpr bool kFusesMultiplyAdd = true;  // for certain
#else
constexpr bool kFusesMultiplyAdd = false;
#endif

// a * b + c, in one rounding where the instruction set has it (-ffp-contract=fast; the baseline of x86 rounds twice). Relaxed SIMD does what
// the processor under it does.
RAPPEL_INLINE Floats fma(Floats a, Floats b, Floats c) {
#if defined(__wasm_relaxed_simd__)
  return __builtin_wasm_relaxed_madd_f32x4(a, b, c);
#else
  return a * b + c;
#endif
}

// Lane by lane: where mask is -1, a; where it is 0, b.
RAPPEL_INLINE Floats select(Ints mask, Floats a, Floats b) { return mask ? a : b; }
RAPPEL_INLINE Ints select(Ints mask, Ints a, Ints b) { return mask ? a : b; }

// a < b ? a : b and a > b ? a : b: the second operand where either is NaN, as the hardware does it.
#if RAPPEL_LANES == 16 && defined(__AVX512F__)  // GCC would make a comparison and a choice of it; without a mask it warns of what it does not read
RAPPEL_INLINE Floats min(Floats a, Floats b) {
  return reinterpret_cast<Floats>(_mm512_maskz_min_ps(0xffff, reinterpret_cast<__m512>(a), reinterpret_cast<__m512>(b)));
}
RAPPEL_INLINE Floats max(Floats a, Floats b) {
  return reinterpret_cast<Floats>(_mm512_maskz_max_ps(0xffff, reinterpret_cast<__m512>(a), reinterpret_cast<__m512>(b)));
}
#elif RAPPEL_LANES == 8 && defined(__AVX2__)
RAPPEL_INLINE Floats min(Floats a, Floats b) {
  return reinterpret_cast<Floats>(_mm256_min_ps(reinterpret_cast<__m256>(a), reinterpret_cast<__m256>(b)));
}
RAPPEL_INLINE Floats max(Floats a, Floats b) {
  return reinterpret_cast<Floats>(_mm256_max_ps(reinterpret_cast<__m256>(a), reinterpret_cast<__m256>(b)));
}
#else
RAPPEL_INLINE Floats min(Floats a, Floats b) { return a < b ? a : b; }
RAPPEL_INLINE Floats max(Floats a, Floats b) { return a > b ? a : b; }
#endif
RAPPEL_INLINE Ints min(Ints a, Ints b) { return a < b ? a : b; }
RAPPEL_INLINE Ints max(Ints a, Ints b) { return a > b ? a : b; }

RAPPEL_INLINE Floats asFloats(Ints bits) { return reinterpret_cast<Floats>(bits); }
RAPPEL_INLINE Ints asInts(Floats value) { return reinterpret_cast<Ints>(value); }
RAPPEL_INLINE Ints asInts(UInts bits) { return reinterpret_cast<Ints>(bits); }
RAPPEL_INLINE UInts asUInts(Ints bits) { return reinterpret_cast<UInts>(bits); }

// By value: floats truncate toward zero (undefined outside the range of int), ints round to the nearest float.
RAPPEL_INLINE Ints toInts(Floats value) { return __builtin_convertvector(value, Ints); }
RAPPEL_INLINE Floats toFloats(Ints value) { return __builtin_convertvector(value, Floats); }

RAPPEL_INLINE Floats abs(Floats value) { return asFloats(asInts(value) & broadcast(0x7fffffff)); }

// Subnormal numbers as zero where the processor cannot be told to take them so (platform::FlushSubnormals): in WebAssembly.
#if defined(__wasm__)
constexpr bool kFlushesStored = true;
RAPPEL_INLINE Floats flushSubnormals(Floats value) {
  const Floats tiny = asFloats((asInts(value) & 0x7f800000) == 0);
  // The larger of a thing and itself hides what the mask is; else it becomes a selection, which takes twice as long.
  return asFloats(asInts(value) & ~asInts(__builtin_wasm_pmax_f32x4(tiny, tiny)));
}
#else
constexpr bool kFlushesStored = false;
RAPPEL_INLINE Floats flushSubnormals(Floats value) { return value; }
#endif

// The sum of all lanes, in the fixed order of a binary tree: halves, quarters, ...
RAPPEL_INLINE float sumOfLanes(Floats value) {
  typedef float Four __attribute__((vector_size(16)));
  union {
    Floats whole;
    Four fours[kLanes / 4];
  } parts{value};
#if RAPPEL_LANES == 16
  parts.fours[0] += parts.fours[2];
  parts.fours[1] += parts.fours[3];
#endif
#if RAPPEL_LANES >= 8
  parts.fours[0] += parts.fours[1];
#endif
  const Four sums = parts.fours[0];
  return (sums[0] + sums[2]) + (sums[1] + sums[3]);
}

}  // namespace RAPPEL_ISA
}  // namespace rappel
