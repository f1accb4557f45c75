// Packing: copies of a matrix block in the order in which the register tiles read it. B becomes panels of kTileColumns
// columns, the rows of a panel one after another, filled up with zeros to whole vectors. Transposition happens on the way.
#pragma once
#include "tile.h"

namespace rappel {
namespace RAPPEL_ISA {

RAPPEL_INLINE void copyFloats(const float* source, long count, float* target) {
  long i = 0;
  for (; i + kLanes <= count; i += kLanes) store(target + i, load(source + i));
  if (i < count) storeFirst(target + i, loadFirst(source + i, static_cast<int>(count - i)), static_cast<int>(count - i));
}
RAPPEL_OUT_OF_LINE void fillZeros(float* target, long count) {
  long i = 0;
  for (; i + kLanes <= count; i += kLanes) store(target + i, Floats{});
  if (i < count) storeFirst(target + i, Floats{}, static_cast<int>(count - i));
}

// ---- A square of kLanes x kLanes, transposed in registers -----------------------------------------------------------------

#if RAPPEL_LANES == 4
// By interleaving, one instruction each; an exchange of halves would be three in the machine code that WebAssembly becomes.
RAPPEL_INLINE void transposeSquare(Floats (&rows)[kLanes]) {
  const Floats lowA = __builtin_shufflevector(rows[0], rows[1], 0, 4, 1, 5), highA = __builtin_shufflevector(rows[0], rows[1], 2, 6, 3, 7);
  const Floats lowB = __builtin_shufflevector(rows[2], rows[3], 0, 4, 1, 5), highB = __builtin_shufflevector(rows[2], rows[3], 2, 6, 3, 7);
  rows[0] = __builtin_shufflevector(lowA, lowB, 0, 1, 4, 5);
  rows[1] = __builtin_shufflevector(lowA, lowB, 2, 3, 6, 7);
  rows[2] = __builtin_shufflevector(highA, highB, 0, 1, 4, 5);
  rows[3] = __builtin_shufflevector(highA, highB, 2, 3, 6, 7);
}
#else
template <int... Lane>
struct LaneList {};
#if RAPPEL_LANES == 16
typedef LaneList<0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15> AllLanes;
#else
typedef LaneList<0, 1, 2, 3, 4, 5, 6, 7> AllLanes;
#endif

// Of each square of 2 Distance lanes by two rows, exchanges the off-diagonal halves.
template <int Distance, int... Lane>
RAPPEL_INLINE void exchangeHalves(Floats& upper, Floats& lower, LaneList<Lane...>) {
  const Floats a = upper, b = lower;
  upper = __builtin_shufflevector(a, b, (Lane & Distance ? Lane - Distance + kLanes : Lane)...);
  lower = __builtin_shufflevector(a, b, (Lane & Distance ? Lane + kLanes : Lane + Distance)...);
}

template <int Distance = kLanes / 2>
RAPPEL_INLINE void transposeSquare(Floats (&rows)[kLanes]) {
#pragma GCC unroll 16
  for (int i = 0; i < kLanes; i++) {
    if (!(i & Distance)) exchangeHalves<Distance>(rows[i], rows[i + Distance], AllLanes{});
  }
  if constexpr (Distance > 1) transposeSquare<Distance / 2>(rows);
}
#endif

// target[step * targetStride + line] = source[line * sourceStride + step] for kLanes lines, of which those from `lines` on
// count as zeros, and for `steps` steps.
RAPPEL_INLINE void transposeLines(const float* source, long sourceStride, int lines, long steps, float* target, long targetStride) {
  long step = 0;
  if (lines == kLanes) {
    for (; step + kLanes <= steps; step += kLanes) {
      Floats square[kLanes];
#pragma GCC unroll 16
      for (int line = 0; line < kLanes; line++) square[line] = load(source + line * sourceStride + step);
      transposeSquare(square);
#pragma GCC unroll 16
      for (int line = 0; line < kLanes; line++) store(target + (step + line) * targetStride, square[line]);
    }
  }
  for (; step < steps; step += kLanes) {
    const int count = static_cast<int>(minimum(kLanes, steps - step));
    Floats square[kLanes];
#pragma GCC unroll 16
    for (int line = 0; line < kLanes; line++) {
      const float* from = source + line * sourceStride + step;
      square[line] = line >= lines ? Floats{} : count == kLanes ? load(from) : loadFirst(from, count);
    }
    transposeSquare(square);
#pragma GCC unroll 16
    for (int line = 0; line < kLanes; line++) {
      if (line < count) store(target + (step + line) * targetStride, square[line]);
    }
  }
}

// ---- Panels of B -----------------------------------------------------------------------------------------------------------

// The width of a panel in memory: its columns filled up to whole vectors.
constexpr long panelWidth(long columns) { return columns > kLanes ? kTileColumns : kLanes; }
// Elements that `columns` columns of `steps` rows take as panels.
constexpr long panelElements(long columns, long steps) { return roundUp(columns, kLanes) * steps; }
// Where the panel starts that holds `column`, the first of it.
constexpr long panelOffset(long column, long steps) { return column * steps; }

RAPPEL_INLINE void packRow(const float* row, long columns, float* target, long panelStride) {
  for (long column = 0; column < columns; column += kTileColumns, target += panelStride) {
    const long count = minimum(kTileColumns, columns - column);
    if (count == kTileColumns) {
#pragma GCC unroll 2
      for (int v = 0; v < kTileVectors; v++) store(target + v * kLanes, load(row + column + v * kLanes));
    } else {
      for (long lane = 0; lane < count; lane += kLanes) {
        const int lanes = static_cast<int>(minimum(kLanes, count - lane));
        store(target + lane, loadFirst(row + column + lane, lanes));
      }
    }
  }
}

// Four rows of whole panels.
RAPPEL_INLINE void packFourRows(const float* rows, long rowStride, long columns, float* target, long panelStride) {
  for (long column = 0; column < columns; column += kTileColumns, target += panelStride) {
#pragma GCC unroll 4
    for (int i = 0; i < 4; i++) {
#pragma GCC unroll 2
      for (int v = 0; v < kTileVectors; v++) store(target + i * kTileColumns + v * kLanes, load(rows + i * rowStride + column + v * kLanes));
    }
  }
}

// B[0..steps, 0..columns] with any strides, as rows firstStep, firstStep + 1, ... of panels that have `panelSteps` rows.
inline void packPanels(const float* b, long rowStride, long columnStride, long steps, long columns, float* target, long panelSteps, long firstStep) {
  const long whole = columns / kTileColumns * kTileColumns;
  const long lastWidth = panelWidth(columns - whole);
  if (columnStride == 1) {
    long step = 0;
    if (kSmallTiles) {
      // Four rows at once: one alone writes half a cache line into each panel, and panels lie so far apart that few lines stay in L1.
      for (; step + 4 <= steps; step += 4) {
        packFourRows(b + step * rowStride, rowStride, whole, target + (firstStep + step) * kTileColumns, panelSteps * kTileColumns);
        if (whole == columns) continue;
        for (long i = 0; i < 4; i++) {
          packRow(b + (step + i) * rowStride + whole, columns - whole, target + panelOffset(whole, panelSteps) + (firstStep + step + i) * lastWidth, 0);
        }
      }
    }
    for (; step < steps; step++) {
      const float* row = b + step * rowStride;
      const long place = firstStep + step;
      packRow(row, whole, target + place * kTileColumns, panelSteps * kTileColumns);
      if (whole < columns) packRow(row + whole, columns - whole, target + panelOffset(whole, panelSteps) + place * lastWidth, 0);
    }
    return;
  }
  for (long column = 0; column < columns; column += kLanes) {
    const long panel = column / kTileColumns * kTileColumns;
    const long width = panel < whole ? kTileColumns : lastWidth;
    const int lines = static_cast<int>(minimum(kLanes, columns - column));
    const float* source = b + column * columnStride;
    float* to = target + panelOffset(panel, panelSteps) + firstStep * width + (column - panel);
    if (rowStride == 1) {
      transposeLines(source, columnStride, lines, steps, to, width);
    } else {
      for (long step = 0; step < steps; step++) {
        for (int line = 0; line < kLanes; line++) {
          to[step * width + line] = line < lines ? source[step * rowStride + line * columnStride] : 0.0f;
        }
      }
    }
  }
}

// ---- Rounding to bfloat16 ------------------------------------------------------------------------------------------------------

// To nearest, ties to even; a NaN stays one even where its only bits are those that are cut off.
RAPPEL_INLINE Floats roundToBfloat16(Floats value) {
  const UInts bits = reinterpret_cast<UInts>(value);
  const UInts rounded = bits + broadcast(0x7fffu) + ((bits >> 16) & 1u);
  const UInts kept = reinterpret_cast<UInts>(select(reinterpret_cast<Ints>(value != value), asInts(bits | broadcast(0x400000u)), asInts(rounded)));
  return reinterpret_cast<Floats>(kept & broadcast(0xffff0000u));
}
inline void roundToBfloat16(float* values, long count) {
  long i = 0;
  for (; i + kLanes <= count; i += kLanes) store(values + i, roundToBfloat16(load(values + i)));
  if (i < count) storeFirst(values + i, roundToBfloat16(loadFirst(values + i, static_cast<int>(count - i))), static_cast<int>(count - i));
}

// ---- A ----------------------------------------------------------------------------------------------------------------------

constexpr long kVectorsAhead = 4;  // of each row: so many rows at a time are more than the processor would foresee

// A tile of `height` rows, adjacent along the steps: target[step * height + row].
RAPPEL_INLINE void transposeTile(const float* a, long rowStride, long height, long steps, float* target) {
  for (long first = 0; first < height; first += kLanes) {
    const int lines = static_cast<int>(minimum(kLanes, height - first));
    for (long step = 0; step < steps; step += kLanes) {
      const int count = static_cast<int>(minimum(kLanes, steps - step));
      Floats square[kLanes];
#pragma GCC unroll 16
      for (int line = 0; line < kLanes; line++) {
        const float* from = a + (first + line) * rowStride + step;
        if (kPrefetches && line < lines) __builtin_prefetch(from + kVectorsAhead * kLanes);
        square[line] = line >= lines ? Floats{} : count == kLanes ? load(from) : loadFirst(from, count);
      }
      transposeSquare(square);
      float* to = target + step * height + first;
      // A whole vector reaches into the place of the next step, which is written afterwards; there is none after the last.
      if (lines == kLanes || (height < kLanes && (steps - step - kLanes) * height >= kLanes)) {
#pragma GCC unroll 16
        for (int i = 0; i < kLanes; i++) {
          if (i < count) store(to + i * height, square[i]);
        }
      } else {
#pragma GCC unroll 16
        for (int i = 0; i < kLanes; i++) {
          if (i < count) storeFirst(to + i * height, square[i], lines);
        }
      }
    }
  }
}

constexpr long kStepsAhead = 8;  // that reading is asked for: what is a run of memory a step is no pattern that the processor would foresee

// A[0..rows, 0..steps] with any strides, tile by tile and in each step by step: the tile that begins at `first` and has `height` rows holds
// its row at target[first * steps + step * height + row].
inline void packTiles(const float* a, long rowStride, long columnStride, long rows, long tiles, long steps, float* target) {
  if (rowStride != 1 && rows > 1) {
    for (long i = 0, first = 0, height; i < tiles; i++, first += height) {
      height = rows / tiles + (i < rows % tiles);
      const float* from = a + first * rowStride;
      float* to = target + first * steps;
      if (columnStride == 1) {
        transposeTile(from, rowStride, height, steps, to);
        continue;
      }
      for (long step = 0; step < steps; step++) {
        for (long row = 0; row < height; row++) to[step * height + row] = from[row * rowStride + step * columnStride];
      }
    }
    return;
  }
  long tile = 0;
  if constexpr (kSmallTiles && kTileRows == kLanes) {
    // Four tiles are a cache line of A.
    const long whole = rows % tiles == 0 && rows / tiles == kLanes ? tiles : rows / tiles == kLanes - 1 ? rows % tiles : 0;
    for (; tile + 4 <= whole; tile += 4) {
      const float* from = a + tile * kLanes;
      float* to = target + tile * kLanes * steps;
      for (long step = 0; step < steps; step++, from += columnStride, to += kLanes) {
#pragma GCC unroll 4
        for (int i = 0; i < 4; i++) store(to + i * kLanes * steps, load(from + i * kLanes));
      }
    }
  }
  // Steps outside: one reads a run of memory, and its lines serve all tiles before others push them out of a few cache sets.
  if (tile == tiles) return;
  const long packed = partStart(rows, tiles, tile);
  for (long step = 0; step < steps; step++) {
    const float* from = a + step * columnStride + packed;
    float* to = target + packed * steps;
    for (long i = packed; kPrefetches && i < rows; i += 16) __builtin_prefetch(a + (step + kStepsAhead) * columnStride + i);
    for (long i = tile; i < tiles; i++) {
      const long height = rows / tiles + (i < rows % tiles);
      // A whole vector takes from the next step's line, and reaches into its place, which is written afterwards; there is none after the last.
      if (height <= kLanes && columnStride >= kLanes && (steps - step) * height >= kLanes) store(to + step * height, load(from));
      else copyFloats(from, height, to + step * height);
      from += height;
      to += height * steps;
    }
  }
}

}  // namespace RAPPEL_ISA
}  // namespace rappel
