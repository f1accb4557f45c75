// Random bits by Philox4x32-10 (Salmon et al., "Parallel Random Numbers: As Easy as 1, 2, 3", 2011): a counter-based generator, so that any
// element of any tensor can be computed on its own. The mapping from elements to counters is in program.h.
#pragma once
#include "../vector.h"

namespace rappel {
namespace RAPPEL_ISA {

constexpr int kRandomBlock = 64;  // elements that share 16 consecutive counters

// The 64 elements of block number `block`: word w of counter 16 block + i is element 16 w + i.
inline void randomBlock(unsigned block, unsigned key0, unsigned key1, unsigned stream, unsigned* __restrict bits) {
  constexpr int counters = 16;
  constexpr unsigned multiplier0 = 0xd2511f53, multiplier1 = 0xcd9e8d57;
  constexpr unsigned weyl0 = 0x9e3779b9, weyl1 = 0xbb67ae85;
  unsigned word0[counters], word1[counters], word2[counters], word3[counters];
  for (int i = 0; i < counters; i++) {
    word0[i] = block * counters + static_cast<unsigned>(i);
    word1[i] = stream;
    word2[i] = 0;
    word3[i] = 0;
  }
  for (int round = 0; round < 10; round++) {
    for (int i = 0; i < counters; i++) {
      const unsigned high0 = static_cast<unsigned>((static_cast<unsigned long long>(multiplier0) * word0[i]) >> 32);
      const unsigned low0 = multiplier0 * word0[i];
      const unsigned high1 = static_cast<unsigned>((static_cast<unsigned long long>(multiplier1) * word2[i]) >> 32);
      const unsigned low1 = multiplier1 * word2[i];
      word0[i] = high1 ^ word1[i] ^ key0;
      word1[i] = low1;
      word2[i] = high0 ^ word3[i] ^ key1;
      word3[i] = low0;
    }
    key0 += weyl0;
    key1 += weyl1;
  }
  for (int i = 0; i < counters; i++) {
    bits[i] = word0[i];
    bits[counters + i] = word1[i];
    bits[2 * counters + i] = word2[i];
    bits[3 * counters + i] = word3[i];
  }
}

// The elements [index, index + count).
inline void randomStep(int* target, long index, long count, const int* key, int stream) {
  const unsigned key0 = static_cast<unsigned>(key[0]), key1 = static_cast<unsigned>(key[1]);
  while (count > 0) {
    unsigned bits[kRandomBlock];
    randomBlock(static_cast<unsigned>(index / kRandomBlock), key0, key1, static_cast<unsigned>(stream), bits);
    const long within = index % kRandomBlock;
    const long n = kRandomBlock - within < count ? kRandomBlock - within : count;
    for (long i = 0; i < n; i++) target[i] = static_cast<int>(bits[within + i]);
    target += n;
    index += n;
    count -= n;
  }
}

}  // namespace RAPPEL_ISA
}  // namespace rappel
