// Packing for products in bfloat16: both operands become squares of 16 lines (rows of A, columns of B) by 32 steps of the reduction,
// 1 KB each, those of 16 lines one after another. A word holds two neighbouring steps. Squares of A are [line][pair of steps], those of
// B [pair of steps][line], as AMX and AVX-512 BF16 multiply them. What is beyond the operand's edges counts as zeros.
//
// An element is rounded, or split into three parts whose sum it is: 24 bits are three times the 8 of a bfloat16. Then each square is three, of the
// leading parts, the middle ones and the last. Needs AVX-512 BF16, whose conversion rounds to nearest even, keeps NaN and takes subnormal
// numbers for zero.
#pragma once
#include "packing.h"

namespace rappel {
namespace RAPPEL_ISA {

constexpr long kSquareLines = 16, kSquareSteps = 32;
constexpr long kSquareWords = kSquareLines * kSquareSteps / 2;
constexpr long squares(long steps) { return ceilDivide(steps, kSquareSteps); }
// From a square (of all parts) to the next, in words: a cache line more than it takes, or those of neighbouring lines would share cache sets.
template <int Parts>
constexpr long kSquareStride = Parts * kSquareWords + 16;

// ---- Two vectors as words of two bfloat16 each --------------------------------------------------------------------------------

// A vector of words for each part: one that is rounded, or three that add up to the number.
template <int Parts>
struct Words {
  Floats parts[Parts];
};

// Two rounded numbers in a word.
RAPPEL_INLINE __m512i roundBoth(Floats low, Floats high) {
  return reinterpret_cast<__m512i>(_mm512_cvtne2ps_pbh(reinterpret_cast<__m512>(high), reinterpret_cast<__m512>(low)));
}

// The three parts of each number, in the upper halves of its words: what is left is exact, since each part is the nearest (of two, the larger).
// Of an infinity, of a NaN and of what the first part rounds to infinity, there is always a part that is NaN.
RAPPEL_INLINE Words<3> splitFloats(Floats value) {
  const auto leading = [](Floats x) {
    return reinterpret_cast<Floats>((reinterpret_cast<UInts>(x) + broadcast(0x8000u)) & broadcast(0xffff0000u));
  };
  const Floats first = leading(value), afterFirst = value - first;
  const Floats second = leading(afterFirst);
  return {{first, second, afterFirst - second}};
}

// {even[0], odd[0], even[1], odd[1], ...}
template <int Parts>
RAPPEL_INLINE Words<Parts> interleavePairs(Floats even, Floats odd) {
  if constexpr (Parts == 1) {
    alignas(64) static constexpr unsigned short order[32] = {0, 16, 1, 17, 2,  18, 3,  19, 4,  20, 5,  21, 6,  22, 7,  23,
                                                             8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31};
    return {{reinterpret_cast<Floats>(_mm512_permutexvar_epi16(_mm512_load_si512(order), roundBoth(even, odd)))}};
  } else {
    const Words<3> low = splitFloats(even), high = splitFloats(odd);
    Words<3> words;
#pragma GCC unroll 3
    for (int part = 0; part < 3; part++) {
      const __m512i shifted = reinterpret_cast<__m512i>(reinterpret_cast<UInts>(low.parts[part]) >> 16);
      words.parts[part] = reinterpret_cast<Floats>(_mm512_mask_blend_epi16(0xaaaaaaaa, shifted, reinterpret_cast<__m512i>(high.parts[part])));
    }
    return words;
  }
}

// One vector after the other.
template <int Parts>
RAPPEL_INLINE Words<Parts> joinHalves(Floats first, Floats second) {
  if constexpr (Parts == 1) {
    return {{reinterpret_cast<Floats>(roundBoth(first, second))}};
  } else {
    alignas(64) static constexpr unsigned short upperHalves[32] = {1,  3,  5,  7,  9,  11, 13, 15, 17, 19, 21, 23, 25, 27, 29, 31,
                                                                   33, 35, 37, 39, 41, 43, 45, 47, 49, 51, 53, 55, 57, 59, 61, 63};
    const __m512i order = _mm512_load_si512(upperHalves);
    const Words<3> low = splitFloats(first), high = splitFloats(second);
    Words<3> words;
#pragma GCC unroll 3
    for (int part = 0; part < 3; part++) {
      words.parts[part] = reinterpret_cast<Floats>(
          _mm512_permutex2var_epi16(reinterpret_cast<__m512i>(low.parts[part]), order, reinterpret_cast<__m512i>(high.parts[part])));
    }
    return words;
  }
}

// ---- Squares --------------------------------------------------------------------------------------------------------------------

// The first `count` of 16 floats, 0 for those after them; count may be anything.
RAPPEL_INLINE Floats loadAtMost(const float* source, long count) {
  if (count >= kLanes) return load(source);
  return count > 0 ? loadFirst(source, static_cast<int>(count)) : Floats{};
}

enum class SquareOrder { LineFirst, PairFirst };  // of A, of B

// A square of each part from its vectors.
template <int Parts>
RAPPEL_INLINE void storeSquares(const Words<Parts> (&vectors)[kLanes], bool transposes, float* target) {
#pragma GCC unroll 3
  for (int part = 0; part < Parts; part++, target += kSquareWords) {
    Floats square[kLanes];
#pragma GCC unroll 16
    for (int i = 0; i < kLanes; i++) square[i] = vectors[i].parts[part];
    if (transposes) transposeSquare(square);
#pragma GCC unroll 16
    for (int i = 0; i < kLanes; i++) store(target + i * kLanes, square[i]);
  }
}

// A square whose steps are adjacent in memory.
template <SquareOrder Order, int Parts>
RAPPEL_INLINE void packSquareBySteps(const float* source, long lineStride, long lines, long steps, float* target) {
  Words<Parts> vectors[kLanes];
#pragma GCC unroll 16
  for (int line = 0; line < kLanes; line++) {
    const float* from = source + line * lineStride;
    if (line >= lines) vectors[line] = Words<Parts>{};
    else if (steps >= kSquareSteps) vectors[line] = joinHalves<Parts>(load(from), load(from + kLanes));
    else vectors[line] = joinHalves<Parts>(loadAtMost(from, steps), loadAtMost(from + kLanes, steps - kLanes));
  }
  storeSquares(vectors, Order == SquareOrder::PairFirst, target);
}

// A square whose lines are adjacent in memory.
template <SquareOrder Order, int Parts>
RAPPEL_INLINE void packSquareByLines(const float* source, long stepStride, long lines, long steps, float* target) {
  Words<Parts> vectors[kLanes];
#pragma GCC unroll 16
  for (int pair = 0; pair < kLanes; pair++) {
    const float* from = source + 2 * pair * stepStride;
    const Floats even = 2 * pair < steps ? loadAtMost(from, lines) : Floats{};
    const Floats odd = 2 * pair + 1 < steps ? loadAtMost(from + stepStride, lines) : Floats{};
    vectors[pair] = interleavePairs<Parts>(even, odd);
  }
  storeSquares(vectors, Order == SquareOrder::LineFirst, target);
}

// Lines of 32 steps that lie anywhere.
template <SquareOrder Order, int Parts>
inline void packScatteredSquare(const float* source, long lineStride, long stepStride, long lines, long steps, float* target) {
  alignas(64) float copy[kSquareLines * kSquareSteps] = {};
  for (long line = 0; line < minimum(lines, kSquareLines); line++) {
    for (long step = 0; step < minimum(steps, kSquareSteps); step++) copy[line * kSquareSteps + step] = source[line * lineStride + step * stepStride];
  }
  packSquareBySteps<Order, Parts>(copy, kSquareSteps, kSquareLines, kSquareSteps, target);
}

// Two steps of many lines that are adjacent in memory, for squares [pair][line]: so B is read in two long runs.
template <int Parts>
RAPPEL_INLINE void packPair(const float* even, const float* odd, long lines, float* target, long groupWords) {
  for (long line = 0; line < lines; line += kSquareLines, target += groupWords) {
    const Floats first = even ? loadAtMost(even + line, lines - line) : Floats{};
    const Words<Parts> words = interleavePairs<Parts>(first, odd ? loadAtMost(odd + line, lines - line) : Floats{});
#pragma GCC unroll 3
    for (int part = 0; part < Parts; part++) store(target + part * kSquareWords, words.parts[part]);
  }
}

// `lines` lines of `steps` steps, any strides. The 16 lines from `line` begin at
// target + line / 16 * squares(steps) * kSquareStride.
template <SquareOrder Order, int Parts>
inline void packSquares(const float* source, long lineStride, long stepStride, long lines, long steps, float* target) {
  const long groupWords = squares(steps) * kSquareStride<Parts>;
  if (Order == SquareOrder::PairFirst && lineStride == 1 && stepStride != 1) {
    for (long step = 0; step < squares(steps) * kSquareSteps; step += 2) {
      const auto stepAt = [&](long index) { return index < steps ? source + index * stepStride : nullptr; };
      float* const to = target + step / kSquareSteps * kSquareStride<Parts> + step % kSquareSteps / 2 * kLanes;
      packPair<Parts>(stepAt(step), stepAt(step + 1), lines, to, groupWords);
    }
    return;
  }
  for (long line = 0; line < lines; line += kSquareLines, target += groupWords) {
    for (long step = 0; step < steps; step += kSquareSteps) {
      const float* from = source + line * lineStride + step * stepStride;
      float* const to = target + step / kSquareSteps * kSquareStride<Parts>;
      if (stepStride == 1) packSquareBySteps<Order, Parts>(from, lineStride, lines - line, steps - step, to);
      else if (lineStride == 1) packSquareByLines<Order, Parts>(from, stepStride, lines - line, steps - step, to);
      else packScatteredSquare<Order, Parts>(from, lineStride, stepStride, lines - line, steps - step, to);
    }
  }
}

}  // namespace RAPPEL_ISA
}  // namespace rappel
