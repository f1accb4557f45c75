// Random bits by Philox4x32-10 (Salmon et al., "Parallel Random Numbers: As Easy as 1, 2, 3", 2011): a counter-based generator, so that any
// element of any tensor can be computed on its own. The mapping from elements to counters is in program.h.
#pragma once
#include "math.h"

namespace rappel {
namespace RAPPEL_ISA {

constexpr int kRandomBlock = 64;     // elements that share 16 consecutive counters
constexpr int kRandomCounters = 16;

// 64-bit lanes, of which only the lower half counts: a product of two such is the full product of Philox's rounds.
typedef unsigned long long ULongs __attribute__((vector_size(RAPPEL_LANES * 4)));
typedef unsigned HalfUInts __attribute__((vector_size(RAPPEL_LANES * 2)));

RAPPEL_INLINE ULongs wideProduct(ULongs a, ULongs b) {
#if RAPPEL_LANES == 16 && defined(__AVX512F__)
  return reinterpret_cast<ULongs>(_mm512_mul_epu32(reinterpret_cast<__m512i>(a), reinterpret_cast<__m512i>(b)));
#elif RAPPEL_LANES == 8 && defined(__AVX2__)
  return reinterpret_cast<ULongs>(_mm256_mul_epu32(reinterpret_cast<__m256i>(a), reinterpret_cast<__m256i>(b)));
#elif RAPPEL_LANES == 4 && defined(__SSE2__)
  return reinterpret_cast<ULongs>(_mm_mul_epu32(reinterpret_cast<__m128i>(a), reinterpret_cast<__m128i>(b)));
#elif defined(__wasm_simd128__)
  // A product of 64-bit lanes would be three of these and more.
  const auto lowerHalves = [](ULongs x) { return wasm_i32x4_shuffle(reinterpret_cast<v128_t>(x), reinterpret_cast<v128_t>(x), 0, 2, 0, 2); };
  return reinterpret_cast<ULongs>(wasm_u64x2_extmul_low_u32x4(lowerHalves(a), lowerHalves(b)));
#else
  return (a & 0xffffffffull) * (b & 0xffffffffull);
#endif
}

// The 64 elements of block number `block`: word w of counter 16 block + i is element 16 w + i.
inline void randomBlock(unsigned block, unsigned key0, unsigned key1, unsigned stream, unsigned* bits) {
  constexpr int lanes = kLanes / 2, vectors = kRandomCounters / lanes;
  constexpr unsigned weyl0 = 0x9e3779b9, weyl1 = 0xbb67ae85;
  const ULongs multiplier0 = ULongs{} + 0xd2511f53ull, multiplier1 = ULongs{} + 0xcd9e8d57ull;
  ULongs words[4][vectors];
  for (int v = 0; v < vectors; v++) {
    for (int lane = 0; lane < lanes; lane++) words[0][v][lane] = block * kRandomCounters + static_cast<unsigned>(v * lanes + lane);
    words[1][v] = ULongs{} + stream;
    words[2][v] = words[3][v] = ULongs{};
  }
#pragma GCC unroll 10
  for (int round = 0; round < 10; round++) {
    const ULongs roundKey0 = ULongs{} + key0, roundKey1 = ULongs{} + key1;
#pragma GCC unroll 8
    for (int v = 0; v < vectors; v++) {
      const ULongs product0 = wideProduct(words[0][v], multiplier0), product1 = wideProduct(words[2][v], multiplier1);
      words[0][v] = (product1 >> 32) ^ words[1][v] ^ roundKey0;
      words[1][v] = product1;
      words[2][v] = (product0 >> 32) ^ words[3][v] ^ roundKey1;
      words[3][v] = product0;
    }
    key0 += weyl0;
    key1 += weyl1;
  }
  for (int w = 0; w < 4; w++) {
    for (int v = 0; v < vectors; v++) {
      const HalfUInts half = __builtin_convertvector(words[w][v], HalfUInts);
      __builtin_memcpy(bits + w * kRandomCounters + v * lanes, &half, sizeof half);
    }
  }
}

// The elements [index, index + count).
inline void randomStep(int* target, long index, long count, const int* key, int stream) {
  const unsigned key0 = static_cast<unsigned>(key[0]), key1 = static_cast<unsigned>(key[1]);
  while (count > 0) {
    const long within = index % kRandomBlock;
    const unsigned block = static_cast<unsigned>(index / kRandomBlock);
    if (within == 0 && count >= kRandomBlock) {
      randomBlock(block, key0, key1, static_cast<unsigned>(stream), reinterpret_cast<unsigned*>(target));
      target += kRandomBlock;
      index += kRandomBlock;
      count -= kRandomBlock;
      continue;
    }
    unsigned bits[kRandomBlock];
    randomBlock(block, key0, key1, static_cast<unsigned>(stream), bits);
    const long n = kRandomBlock - within < count ? kRandomBlock - within : count;
    for (long i = 0; i < n; i++) target[i] = static_cast<int>(bits[within + i]);
    target += n;
    index += n;
    count -= n;
  }
}

}  // namespace RAPPEL_ISA
}  // namespace rappel
