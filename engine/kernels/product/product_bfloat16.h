// The product of one block by multiplications of bfloat16 with sums in float32, for processors that have them: C is computed in tiles of 32 x 32
// from packed squares (packing_bfloat16.h). A tile sums up its reduction in the order of the steps, whatever the number of threads.
//
// Operands are rounded, or split into three parts: then C is the product in float32, by the six products of parts that matter in it,
//   a b = a1 b1 + a1 b2 + a2 b1 + a2 b2 + a1 b3 + a3 b1 (+ less than 2^-24 of |a b|),
// after G. Henry, P. T. P. Tang and A. Heinecke, "Leveraging the bfloat16 Artificial Intelligence Datatype For Higher-Precision Computations",
// 2019. An infinite operand has no such parts: tiles in which a NaN comes out are computed again by multiply-adds. Parts below 2^-126 count as zeros.
//
// Two kinds of processors, two ways to multiply a tile:
//   MultiplyByTiles    AMX: registers of 16 x 16 sums, one instruction for 16 x 16 x 32 multiply-adds
//   MultiplyByVectors  AVX-512 BF16: one instruction for 16 sums of two products
// After Intel, "Intel 64 and IA-32 Architectures Optimization Reference Manual", chapter 20, "Intel Advanced Matrix Extensions".
#pragma once
#include "packing_bfloat16.h"
#include "product.h"

namespace rappel {
namespace RAPPEL_ISA {

constexpr long kSumRows = 32, kSumColumns = 32;  // of a tile of C

// ---- AMX --------------------------------------------------------------------------------------------------------------------

struct MultiplyByTiles {
  template <int Parts>
  static constexpr double kSpeed = Parts == 1 ? 4 : 1.6;  // packing included

  // All eight registers hold 16 rows of 64 bytes. Contents are lost between begin and end of another task, so a task has its own.
  static void begin() {
    struct alignas(64) Configuration {
      unsigned char palette, firstRow, reserved[14];
      unsigned short rowBytes[16];
      unsigned char rows[16];
    };
    static constexpr Configuration configuration{1, 0, {}, {64, 64, 64, 64, 64, 64, 64, 64}, {16, 16, 16, 16, 16, 16, 16, 16}};
    static_assert(sizeof(Configuration) == 64);
    _tile_loadconfig(&configuration);
  }
  static void end() { _tile_release(); }

  // sums[32 or 16, 32 or 16] (+)= A B over `count` squares; those of the second 16 lines follow `groupWords` later. What is `ahead` is asked for
  // between the products.
  template <int Parts, bool TwoRows, bool TwoColumns>
  static void multiply(const float* a, const float* b, long count, long groupWords, float* sums, bool accumulate, const Ahead& ahead) {
    asm volatile("" ::: "memory");  // what was packed has to be in memory: the loads below do not tell the compiler what they read
    constexpr long bytes = kSumColumns * sizeof(float);
    float* const lower = sums + 16 * kSumColumns;
    if (accumulate) {
      _tile_loadd(0, sums, bytes);
      if constexpr (TwoColumns) _tile_loadd(1, sums + 16, bytes);
      if constexpr (TwoRows) _tile_loadd(2, lower, bytes);
      if constexpr (TwoRows && TwoColumns) _tile_loadd(3, lower + 16, bytes);
    } else {
      _tile_zero(0);
      if constexpr (TwoColumns) _tile_zero(1);
      if constexpr (TwoRows) _tile_zero(2);
      if constexpr (TwoRows && TwoColumns) _tile_zero(3);
    }
    const auto loadA = [&](int part) {
      _tile_loadd(4, a + part * kSquareWords, 64);
      if constexpr (TwoRows) _tile_loadd(5, a + part * kSquareWords + groupWords, 64);
    };
    const auto loadB = [&](int part) {
      _tile_loadd(6, b + part * kSquareWords, 64);
      if constexpr (TwoColumns) _tile_loadd(7, b + part * kSquareWords + groupWords, 64);
    };
    const long share = roundUp(ceilDivide(ahead.floats, maximum(1, count * (Parts == 1 ? 1 : 6))), 16);
    long asked = 0;
    const auto multiplyAdd = [&]() {
      if (asked < ahead.floats) {
        for (int i = 0; i < ahead.count; i++) Ahead::fetch(ahead.runs[i] + asked, share);
        asked += share;
      }
      _tile_dpbf16ps(0, 4, 6);
      if constexpr (TwoColumns) _tile_dpbf16ps(1, 4, 7);
      if constexpr (TwoRows) _tile_dpbf16ps(2, 5, 6);
      if constexpr (TwoRows && TwoColumns) _tile_dpbf16ps(3, 5, 7);
    };
    for (long i = 0; i < count; i++, a += kSquareStride<Parts>, b += kSquareStride<Parts>) {
      if constexpr (Parts == 1) {
        loadA(0), loadB(0), multiplyAdd();
      } else {  // each product shares an operand with the one before
        loadA(0), loadB(2), multiplyAdd();
        loadB(1), multiplyAdd();
        loadA(1), multiplyAdd();
        loadB(0), multiplyAdd();
        loadA(2), multiplyAdd();
        loadA(0), multiplyAdd();
      }
    }
    _tile_stored(0, sums, bytes);
    if constexpr (TwoColumns) _tile_stored(1, sums + 16, bytes);
    if constexpr (TwoRows) _tile_stored(2, lower, bytes);
    if constexpr (TwoRows && TwoColumns) _tile_stored(3, lower + 16, bytes);
    asm volatile("" ::: "memory");
  }
};

// ---- AVX-512 BF16 -------------------------------------------------------------------------------------------------------------

struct MultiplyByVectors {
  template <int>
  static constexpr double kSpeed = 1.5;

  static void begin() {}
  static void end() {}

  template <int, bool TwoRows, bool TwoColumns>
  static void multiply(const float* a, const float* b, long count, long groupWords, float* tile, bool accumulate, const Ahead& ahead) {
    ahead.fetchAll();
    constexpr int kRows = 8, kVectors = TwoColumns ? 2 : 1;  // 16 sums: enough for the instruction's latency
    for (int row = 0; row < (TwoRows ? 32 : 16); row += kRows) {
      const float* const rows = a + row / 16 * groupWords + row % 16 * kLanes;
      float* const target = tile + row * kSumColumns;
      Floats sums[kRows][kVectors] = {};
      if (accumulate) {
#pragma GCC unroll 8
        for (int i = 0; i < kRows; i++) {
#pragma GCC unroll 2
          for (int v = 0; v < kVectors; v++) sums[i][v] = load(target + i * kSumColumns + v * kLanes);
        }
      }
      for (long square = 0; square < count; square++) {
        const float* const left = rows + square * kSquareStride<1>;
        const float* const right = b + square * kSquareStride<1>;
        for (int pair = 0; pair < 16; pair++) {
          Floats columns[kVectors];
#pragma GCC unroll 2
          for (int v = 0; v < kVectors; v++) columns[v] = load(right + v * groupWords + pair * kLanes);
#pragma GCC unroll 8
          for (int i = 0; i < kRows; i++) {
            const __m512i two = _mm512_set1_epi32(asWord(left[i * kLanes + pair]));
#pragma GCC unroll 2
            for (int v = 0; v < kVectors; v++) {
              sums[i][v] = reinterpret_cast<Floats>(_mm512_dpbf16_ps(reinterpret_cast<__m512>(sums[i][v]), reinterpret_cast<__m512bh>(two),
                                                                     reinterpret_cast<__m512bh>(columns[v])));
            }
          }
        }
      }
#pragma GCC unroll 8
      for (int i = 0; i < kRows; i++) {
#pragma GCC unroll 2
        for (int v = 0; v < kVectors; v++) store(target + i * kSumColumns + v * kLanes, sums[i][v]);
      }
    }
  }

 private:
  RAPPEL_INLINE static int asWord(const float& pair) { return *reinterpret_cast<const IntInMemory*>(&pair); }
  typedef int IntInMemory __attribute__((may_alias));
};

// ---- A block --------------------------------------------------------------------------------------------------------------------

template <class Multiply, int Parts>
struct BFloat16Product {
  static constexpr double kSpeed = Multiply::template kSpeed<Parts>;
  static constexpr bool kPacksAll = true;
  static constexpr double kMinSharedMicroseconds = 40;
  static constexpr long kRowUnit = kSumRows;
  static constexpr long kMaxSteps = 512;  // of one part of the reduction: a block of A, one of B and its result share L2
  static_assert(kTileColumns == kSumColumns, "blocks of columns begin at whole tiles");

  static long parts(long depth) { return maximum(1, ceilDivide(depth, kMaxSteps)); }
  static long partOf(long depth, long part) { return minimum(depth, partStart(squares(depth), parts(depth), part) * kSquareSteps); }
  static long stepsOfPart(long depth) { return ceilDivide(squares(depth), parts(depth)) * kSquareSteps; }

  static long packedRows(long rows) { return roundUp(rows, kSumRows); }
  static long packedColumns(long columns) { return roundUp(columns, kSumColumns); }
  static long packedFloats(long lines, long steps) { return lines / kSquareLines * squares(steps) * kSquareStride<Parts>; }
  static long placeInPacked(long start, long lines, long firstLine, long steps) { return packedFloats(lines, start) + packedFloats(firstLine, steps); }

  static void packA(const ProductBlock& block, long start, long steps, float* target) {
    packSquares<SquareOrder::LineFirst, Parts>(block.a + start * block.aColumnStride, block.aRowStride, block.aColumnStride, block.rows, steps, target);
  }
  static void packB(const ProductBlock& block, long start, long steps, float* target) {
    packSquares<SquareOrder::PairFirst, Parts>(block.b + start * block.bRowStride, block.bColumnStride, block.bRowStride, block.columns, steps, target);
  }

  static long scratch(const ProductBlock& block) {
    const ProductBlock tile = tileAt(block, 0, 0, minimum(kSumRows, block.rows), minimum(kSumColumns, block.columns), nullptr);
    return scratchOfA(block) + scratchOfB(block) + scratchOfSums(block) + (Parts > 1 ? productScratch(tile) : 0);
  }

  static void multiply(const ProductBlock& block, float* scratch) {
    for (long i = 0; i < parts(block.depth); i++) {
      const Part part = prepare(block, i, scratch);
      for (long column = 0; column < block.columns; column += kSumColumns) {
        for (long row = 0; row < block.rows; row += kSumRows) multiplyTile(block, part, row, column, block.c + row * block.cStride + column, {});
      }
    }
  }
  template <typename Inputs, typename Finished>
  RAPPEL_INLINE static void multiplyByStrips(const ProductBlock& block, float* scratch, Inputs inputs, Finished finished) {
    const Part part = prepare(block, 0, scratch);
    for (long row = 0; row < block.rows; row += kSumRows) {
      const long rows = minimum(kSumRows, block.rows - row);
      for (long column = 0; column < block.columns; column += kSumColumns) {
        multiplyTile(block, part, row, column, block.c + column, inputs(row, rows, column));  // each strip in the place of the one before
      }
      finished(row, rows);
    }
  }

 private:
  struct Part {
    const float *a, *b;
    long squares;
    bool accumulate, last;
    float* sums;     // of all tiles, between the parts; null if there is one part
    float* scratch;  // of a tile that is computed again
  };

  static long scratchOfA(const ProductBlock& block) { return block.packedA ? 0 : packedFloats(packedRows(block.rows), stepsOfPart(block.depth)); }
  static long scratchOfB(const ProductBlock& block) { return block.packedB ? 0 : packedFloats(packedColumns(block.columns), stepsOfPart(block.depth)); }

  static long scratchOfSums(const ProductBlock& block) {
    return parts(block.depth) > 1 ? roundUp(block.rows, kSumRows) * roundUp(block.columns, kSumColumns) : 0;
  }

  static Part prepare(const ProductBlock& block, long part, float* scratch) {
    const long start = partOf(block.depth, part), steps = partOf(block.depth, part + 1) - start;
    float* const ownB = scratch + scratchOfA(block);
    const Part prepared{block.packedA ? block.packedA + placeInPacked(start, block.packedRows, block.firstRow, steps) : scratch,
                        block.packedB ? block.packedB + placeInPacked(start, block.packedColumns, block.firstColumn, steps) : ownB,
                        rappel::RAPPEL_ISA::squares(steps),
                        part > 0,
                        part + 1 == parts(block.depth),
                        parts(block.depth) > 1 ? ownB + scratchOfB(block) : nullptr,
                        ownB + scratchOfB(block) + scratchOfSums(block)};
    if (!block.packedA) packA(block, start, steps, const_cast<float*>(prepared.a));
    if (!block.packedB) packB(block, start, steps, const_cast<float*>(prepared.b));
    return prepared;
  }

  static void multiplyTile(const ProductBlock& block, const Part& part, long row, long column, float* c, const Ahead& ahead) {
    const long groupWords = part.squares * kSquareStride<Parts>;
    const float *a = part.a + row / kSquareLines * groupWords, *b = part.b + column / kSquareLines * groupWords;
    const long rows = minimum(kSumRows, block.rows - row), columns = minimum(kSumColumns, block.columns - column);
    const bool twoRows = rows > kSquareLines, twoColumns = columns > kSquareLines;
    const auto multiply = twoRows ? (twoColumns ? Multiply::template multiply<Parts, true, true> : Multiply::template multiply<Parts, true, false>)
                                  : (twoColumns ? Multiply::template multiply<Parts, false, true> : Multiply::template multiply<Parts, false, false>);
    alignas(64) float single[kSumRows * kSumColumns];
    float* const sums = part.sums ? part.sums + (row / kSumRows * ceilDivide(block.columns, kSumColumns) + column / kSumColumns) * kSumRows * kSumColumns : single;
    multiply(a, b, part.squares, groupWords, sums, part.accumulate, ahead);
    if (part.last && copyTile(sums, rows, columns, c, block.cStride) && Parts > 1) {
      multiplyBlock(tileAt(block, row, column, rows, columns, c), part.scratch);
    }
  }

  // From a tile to its place in C. Returns whether there is a NaN in it.
  RAPPEL_INLINE static bool copyTile(const float* sums, long rows, long columns, float* c, long stride) {
    __mmask16 found = 0;
    if (columns == kSumColumns) {
      for (long i = 0; i < rows; i++, sums += kSumColumns, c += stride) {
        const Floats left = load(sums), right = load(sums + kLanes);
        store(c, left), store(c + kLanes, right);
        found |= _mm512_cmp_ps_mask(reinterpret_cast<__m512>(left), reinterpret_cast<__m512>(right), _CMP_UNORD_Q);
      }
      return found != 0;
    }
    for (long i = 0; i < rows; i++, sums += kSumColumns, c += stride) {
      copyFloats(sums, columns, c);
      for (long j = 0; j < columns; j++) found |= c[j] != c[j];
    }
    return found != 0;
  }

  // A tile as a block of its own, for multiply-adds.
  static ProductBlock tileAt(const ProductBlock& block, long row, long column, long rows, long columns, float* c) {
    ProductBlock tile = block;
    tile.a += row * block.aRowStride, tile.b += column * block.bColumnStride, tile.c = c;
    tile.rows = rows, tile.columns = columns;
    tile.packedA = tile.packedB = nullptr;
    tile.packsB = block.bColumnStride != 1;
    tile.accessToA = chooseAccessToA(tile, columns);
    return tile;
  }
};

}  // namespace RAPPEL_ISA
}  // namespace rappel
