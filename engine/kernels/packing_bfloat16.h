// Packing for products in bfloat16: both operands become squares of 16 lines (rows of A, columns of B) by 32 steps of the reduction,
// 1 KB each, those of 16 lines one after another. A word holds two neighbouring steps. Squares of A are [line][pair of steps], those of
// B [pair of steps][line], as AMX and AVX-512 BF16 multiply them. What is beyond the operand's edges counts as zeros.
// Needs AVX-512 BF16, whose conversion rounds to nearest even, keeps NaN and takes subnormal numbers for zero.
#pragma once
#include "packing.h"

namespace rappel {
namespace RAPPEL_ISA {

constexpr long kSquareLines = 16, kSquareSteps = 32;
constexpr long kSquareWords = kSquareLines * kSquareSteps / 2;
constexpr long squares(long steps) { return ceilDivide(steps, kSquareSteps); }

// Two vectors rounded: {even[0], odd[0], even[1], odd[1], ...}.
RAPPEL_INLINE Floats interleavePairs(Floats even, Floats odd) {
  alignas(64) static constexpr unsigned short order[32] = {0, 16, 1, 17, 2,  18, 3,  19, 4,  20, 5,  21, 6,  22, 7,  23,
                                                           8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31};
  const __m512bh both = _mm512_cvtne2ps_pbh(reinterpret_cast<__m512>(odd), reinterpret_cast<__m512>(even));
  return reinterpret_cast<Floats>(_mm512_permutexvar_epi16(_mm512_load_si512(order), reinterpret_cast<__m512i>(both)));
}
// Two vectors rounded, one after the other.
RAPPEL_INLINE Floats joinHalves(Floats first, Floats second) {
  return reinterpret_cast<Floats>(_mm512_cvtne2ps_pbh(reinterpret_cast<__m512>(second), reinterpret_cast<__m512>(first)));
}

// The first `count` of 16 floats, 0 for those after them; count may be anything.
RAPPEL_INLINE Floats loadAtMost(const float* source, long count) {
  if (count >= kLanes) return load(source);
  return count > 0 ? loadFirst(source, static_cast<int>(count)) : Floats{};
}

enum class SquareOrder { LineFirst, PairFirst };  // of A, of B

RAPPEL_INLINE void storeSquare(Floats (&vectors)[kLanes], bool transposes, float* target) {
  if (transposes) transposeSquare(vectors);
#pragma GCC unroll 16
  for (int i = 0; i < kLanes; i++) store(target + i * kLanes, vectors[i]);
}

// A square whose steps are adjacent in memory.
template <SquareOrder Order>
RAPPEL_INLINE void packSquareBySteps(const float* source, long lineStride, long lines, long steps, float* target) {
  Floats vectors[kLanes];
#pragma GCC unroll 16
  for (int line = 0; line < kLanes; line++) {
    const float* from = source + line * lineStride;
    if (line >= lines) vectors[line] = Floats{};
    else if (steps >= kSquareSteps) vectors[line] = joinHalves(load(from), load(from + kLanes));
    else vectors[line] = joinHalves(loadAtMost(from, steps), loadAtMost(from + kLanes, steps - kLanes));
  }
  storeSquare(vectors, Order == SquareOrder::PairFirst, target);
}

// A square whose lines are adjacent in memory.
template <SquareOrder Order>
RAPPEL_INLINE void packSquareByLines(const float* source, long stepStride, long lines, long steps, float* target) {
  Floats vectors[kLanes];
#pragma GCC unroll 16
  for (int pair = 0; pair < kLanes; pair++) {
    const float* from = source + 2 * pair * stepStride;
    const Floats even = 2 * pair < steps ? loadAtMost(from, lines) : Floats{};
    const Floats odd = 2 * pair + 1 < steps ? loadAtMost(from + stepStride, lines) : Floats{};
    vectors[pair] = interleavePairs(even, odd);
  }
  storeSquare(vectors, Order == SquareOrder::LineFirst, target);
}

// Lines of 32 steps that lie anywhere.
template <SquareOrder Order>
inline void packScatteredSquare(const float* source, long lineStride, long stepStride, long lines, long steps, float* target) {
  alignas(64) float copy[kSquareLines * kSquareSteps] = {};
  for (long line = 0; line < minimum(lines, kSquareLines); line++) {
    for (long step = 0; step < minimum(steps, kSquareSteps); step++) copy[line * kSquareSteps + step] = source[line * lineStride + step * stepStride];
  }
  packSquareBySteps<Order>(copy, kSquareSteps, kSquareLines, kSquareSteps, target);
}

// Two steps of many lines that are adjacent in memory, for squares [pair][line]: so B is read in two long runs.
RAPPEL_INLINE void packPair(const float* even, const float* odd, long lines, float* target, long squareStride) {
  for (long line = 0; line < lines; line += kSquareLines, target += squareStride) {
    const Floats first = loadAtMost(even + line, lines - line);
    store(target, interleavePairs(first, odd ? loadAtMost(odd + line, lines - line) : Floats{}));
  }
}

// `lines` lines of `steps` steps, any strides. The 16 lines from `line` begin at target + line * squares(steps) * 16 words.
template <SquareOrder Order>
inline void packSquares(const float* source, long lineStride, long stepStride, long lines, long steps, float* target) {
  const long groupWords = squares(steps) * kSquareWords;
  if (Order == SquareOrder::PairFirst && lineStride == 1 && stepStride != 1) {
    for (long step = 0; step < squares(steps) * kSquareSteps; step += 2) {
      const float* even = source + step * stepStride;
      float* to = target + step / kSquareSteps * kSquareWords + step % kSquareSteps / 2 * kLanes;
      if (step < steps) packPair(even, step + 1 < steps ? even + stepStride : nullptr, lines, to, groupWords);
      else for (long line = 0; line < lines; line += kSquareLines) store(to + line / kSquareLines * groupWords, Floats{});
    }
    return;
  }
  for (long line = 0; line < lines; line += kSquareLines, target += groupWords) {
    for (long step = 0; step < steps; step += kSquareSteps) {
      const float* from = source + line * lineStride + step * stepStride;
      float* const to = target + step / kSquareSteps * kSquareWords;
      if (stepStride == 1) packSquareBySteps<Order>(from, lineStride, lines - line, steps - step, to);
      else if (lineStride == 1) packSquareByLines<Order>(from, stepStride, lines - line, steps - step, to);
      else packScatteredSquare<Order>(from, lineStride, stepStride, lines - line, steps - step, to);
    }
  }
}

}  // namespace RAPPEL_ISA
}  // namespace rappel
