// The register tile: the innermost loops of every matrix product and convolution. Up to kTileRows x kTileColumns sums stay in
// vector registers over the whole reduction; each step loads one row of B (one vector or two) and broadcasts one element of
// A for each row. A is read where it lies: its elements are either adjacent along the rows of the tile (a transposed
// matrix) or adjacent along the reduction (a matrix, an image), so that it need not be packed.
// After G. Van Zee and R. van de Geijn, "BLIS: A Framework for Rapidly Instantiating BLAS Functionality", 2015.
#pragma once
#include "../../body.h"
#include "../../vector.h"
#include "../split.h"

namespace rappel {
namespace RAPPEL_ISA {

// Sums, one row of B and one broadcast must fit the registers: 32 on AVX-512 and NEON, 16 on the others. What Clang makes for WebAssembly needs
// more, and what then makes machine code of it has 15 and spills badly; 4 x 8 runs at nine tenths of the processor's peak.
#if RAPPEL_LANES == 16
constexpr int kTileRows = 14, kNarrowTileRows = 16;
#elif defined(__aarch64__)
constexpr int kTileRows = 12, kNarrowTileRows = 16;
#elif defined(__wasm__)
constexpr int kTileRows = 4, kNarrowTileRows = 8;
#else
constexpr int kTileRows = 6, kNarrowTileRows = 12;
#endif
#if defined(__wasm__)
constexpr bool kUnrolls = false;     // the loads of two steps would be mixed, and spill
constexpr bool kPrefetches = false;  // it has no instruction for that
#else
constexpr bool kUnrolls = true;
constexpr bool kPrefetches = true;
#endif
constexpr bool kAsksAlongReduction = kPrefetches && kLanes == 16;  // the pointers to what is asked for would not fit fewer registers
constexpr int kTileVectors = 2;
constexpr int kTileColumns = kTileVectors * kLanes;
constexpr bool kSmallTiles = kLanes == 4;  // a row of B's panel is half a cache line

// The height of tiles that cover so many columns: where one vector is enough, more rows of it fit.
constexpr int tileRows(long columns) { return columns > kLanes ? kTileRows : kNarrowTileRows; }

// Which neighbour of an element of A is adjacent in memory.
enum class Adjacent { Rows, Reduction };

// Runs of memory that will be needed soon, from beyond L2. Asked for piece by piece between the steps of a product, they cost no time; a few dozen
// lines at once are more than the processor can wait for beside its work.
constexpr int kRunsAhead = 3;
struct Ahead {
  const float* runs[kRunsAhead];
  int count = 0;
  long floats = 0;  // of the longest run; of the others, what follows them is asked for with them

  // One run more; what there is no place for is asked for at once.
  RAPPEL_INLINE void add(const float* run, long length) {
    floats = length > floats ? length : floats;
    if (count < kRunsAhead) runs[count++] = run;
    else fetch(run, length);
  }
  // The same, but what there is no place for is left to be fetched when it is needed.
  RAPPEL_INLINE void addIfRoom(const float* run, long length) {
    if (count < kRunsAhead) add(run, length);
  }
  RAPPEL_INLINE void fetchAll() const {
    for (int i = 0; i < count; i++) fetch(runs[i], floats);
  }
  RAPPEL_INLINE static void fetch(const float* run, long length) {
    for (long i = 0; kPrefetches && i < length; i += 16) __builtin_prefetch(run + i);
  }
};

// What is added to a product: one array more, of rows so many floats apart, or one row for all (0).
struct Addend {
  const float* values;
  long rowStride;
};

// C[row, column] = (accumulate ? C[row, column] : 0) + sum over t of A[row, t] * B[t, column] + the addends at [row, column].
// The reduction runs over `segments` stretches of `length` steps; t = segment * length + step. A's element is
//   Adjacent::Rows       a[segmentOffsets[segment] + step * aStride + row]
//   Adjacent::Reduction  a[segmentOffsets[segment] + row * aStride + step]
// and B's is b[t * bStride + column]. B's rows are read in whole vectors; of C only the tile's own columns are touched.
struct Tile {
  const float* a;
  long aStride;
  const long* segmentOffsets;
  int segments;
  long length;
  const float* b;
  long bStride;
  float* c;
  long cStride;
  int lastLanes;  // columns in the last vector, 1 to kLanes
  bool accumulate;
  int addendCount = 0;
  Addend addends[kMaxAddends];
  float* packed = nullptr;  // for kPackingKernels: where B's rows go as a panel, once they are read
  // More tiles under the first, all in one call: where each begins after the one before.
  long tiles, aStep, cStep;
  // Every fourth step of the reduction asks for a share of what comes later; and each, where rows are adjacent, for its share of the next tile: such
  // tiles follow each other in memory and come from beyond L1.
  bool asksAhead = false;
  const float* ahead[kRunsAhead] = {};
  long aheadStep = 0;  // of each run, every fourth step

  // Moves what is stored, and added, by so many rows.
  RAPPEL_INLINE void skipRows(long rows, long distance) {
    c += rows * distance;
    for (int i = 0; kAddsInTiles && i < addendCount; i++) addends[i].values += rows * addends[i].rowStride;
  }

  // Spreads asking for runs of memory over so many steps, counted through all calls.
  RAPPEL_INLINE void askAhead(const Ahead& later, long steps) {
    asksAhead = kPrefetches;
    if (!kPrefetches) return;
    // One run goes in three pieces; where there is none, lines are named that are here already.
    const long floats = later.count == 1 ? ceilDivide(later.floats, kRunsAhead) : later.floats;
    for (int i = 0; i < kRunsAhead; i++) {
      ahead[i] = later.count == 0 ? b : later.count == 1 ? later.runs[0] + i * floats : later.runs[minimum(i, later.count - 1)];
    }
    aheadStep = later.count == 0 ? 0 : ceilDivide(4 * floats, maximum(1, steps));
  }
  // After a call: the next one goes on with what is not asked for yet.
  RAPPEL_INLINE void goAhead() {
    for (int i = 0; kPrefetches && asksAhead && i < kRunsAhead; i++) ahead[i] += length / 4 * segments * tiles * aheadStep;
  }
};

// The pointer, of which the compiler forgets how it relates to others: left alone, it keeps a multiple of a stride for each row, on the stack.
template <class T>
RAPPEL_INLINE T* forget(T* pointer) {
  asm("" : "+r"(pointer));
  return pointer;
}

// Where the rows of a tile of A begin. Rows that are not adjacent have a pointer for every fourth, so that pointers and the
// multiples of the stride fit the registers.
template <int Rows, Adjacent A>
struct RowPointers {
  static constexpr int kPointers = A == Adjacent::Rows ? 1 : (Rows + 3) / 4;
  const float* every4th[kPointers];

  RAPPEL_INLINE RowPointers(const float* a, long stride) {
#pragma GCC unroll 4
    for (int i = 0; i < kPointers; i++) {
      every4th[i] = A == Adjacent::Reduction ? forget(a + 4 * i * stride) : a;
    }
  }
  RAPPEL_INLINE float element(int row, long stride) const {
    return A == Adjacent::Rows ? every4th[0][row] : every4th[row / 4][row % 4 * stride];
  }
  RAPPEL_INLINE void advance(long stride) {
#pragma GCC unroll 4
    for (int i = 0; i < kPointers; i++) every4th[i] += A == Adjacent::Rows ? stride : 1;
  }
};

// One step of the reduction: a row of B times an element of A for each row.
template <int Rows, int Vectors, Adjacent A>
RAPPEL_INLINE void multiplyStep(const RowPointers<Rows, A>& a, long aStride, const float* b, float* packed, Floats (&sums)[Rows][Vectors]) {
  Floats row[Vectors];
#pragma GCC unroll 2
  for (int v = 0; v < Vectors; v++) row[v] = load(b + v * kLanes);
#pragma GCC unroll 2
  for (int v = 0; v < Vectors; v++) {
    if (packed) store(packed + v * kLanes, row[v]);
  }
#pragma GCC unroll 16
  for (int i = 0; i < Rows; i++) {
    const Floats element = broadcast(a.element(i, aStride));
#pragma GCC unroll 2
    for (int v = 0; v < Vectors; v++) sums[i][v] = fma(element, row[v], sums[i][v]);
  }
}

// The `number`th of rows so far apart, which comes after `before`.
template <class T>
RAPPEL_INLINE T* rowAt(T* first, T* before, int number, long stride) {
  if constexpr (!kAddsInTiles) return first + number * stride;
  return number == 0 ? first : forget(before + stride);
}

// Adds an array to the sums of a tile: the rows from `first` on.
template <int Rows, int Vectors>
RAPPEL_INLINE void addRows(Floats (&sums)[Rows][Vectors], const float* first, long stride, int lastLanes) {
  constexpr int last = Vectors - 1;
  const float* row = first;
#pragma GCC unroll 16
  for (int i = 0; i < Rows; i++) {
    row = rowAt(first, row, i, stride);
#pragma GCC unroll 2
    for (int v = 0; v < last; v++) sums[i][v] += load(row + v * kLanes);
    sums[i][last] += loadFirstInline(row + last * kLanes, lastLanes);
  }
}

// Adds what is at c, if the tile accumulates, and the addends; `number` tiles lie between tile.c and c.
template <int Rows, int Vectors>
RAPPEL_INLINE void addToSums(Floats (&sums)[Rows][Vectors], const Tile& tile, bool accumulate, const float* c, long cStride, int lastLanes, long number) {
  if constexpr (!kAddsInTiles) {
    if (accumulate) addRows(sums, c, cStride, lastLanes);
    return;
  }
#pragma GCC unroll 1
  for (int n = accumulate ? -1 : 0; n < tile.addendCount; n++) {
    const long stride = n < 0 ? cStride : tile.addends[n].rowStride;
    addRows(sums, n < 0 ? c : tile.addends[n].values + number * Rows * stride, stride, lastLanes);
  }
}

// Asks for the rows of addends that such a tile will read.
template <int Rows, int Vectors>
RAPPEL_INLINE void askForAddends(const Tile& tile, long number) {
  for (int n = 0; kAddsInTiles && kPrefetches && n < tile.addendCount; n++) {
    const long stride = tile.addends[n].rowStride;
    for (int i = 0; i < Rows && stride > 0; i++) Ahead::fetch(tile.addends[n].values + (number * Rows + i) * stride, Vectors * kLanes);
  }
}

template <int Rows, int Vectors>
RAPPEL_INLINE void storeTile(const Floats (&sums)[Rows][Vectors], float* first, long stride, int lastLanes) {
  constexpr int last = Vectors - 1;
  float* row = first;
#pragma GCC unroll 16
  for (int i = 0; i < Rows; i++) {
    row = rowAt(first, row, i, stride);
#pragma GCC unroll 2
    for (int v = 0; v < last; v++) store(row + v * kLanes, sums[i][v]);
    storeFirstInline(row + last * kLanes, sums[i][last], lastLanes);
  }
}

template <int Rows, int Vectors, Adjacent A, bool MayAsk>
void multiplyTiles(const Tile& tile) {
  // Copies, since stores to c might change the tile for all that the compiler knows.
  const long tiles = tile.tiles, aStep = tile.aStep, cStep = tile.cStep;
  const int segments = tile.segments, lastLanes = tile.lastLanes;
  const long length = tile.length, aStride = tile.aStride, bStride = tile.bStride, cStride = tile.cStride;
  const long* const segmentOffsets = tile.segmentOffsets;
  const bool accumulate = tile.accumulate;
  const float* from = tile.a;
  float* c = tile.c;
  const bool asksAhead = tile.asksAhead;
  const long aheadStep = tile.aheadStep;
  const float* ahead[kRunsAhead] = {tile.ahead[0], tile.ahead[1], tile.ahead[2]};
  for (long n = 0; n < tiles; n++, from += aStep, c += cStep) {
    Floats sums[Rows][Vectors] = {};
    const float* b = tile.b;
    askForAddends<Rows, Vectors>(tile, n);
    for (int segment = 0; segment < segments; segment++) {
      RowPointers<Rows, A> a(from + segmentOffsets[segment], aStride);
      long steps = length;
      const auto step = [&] {
        multiplyStep<Rows, Vectors, A>(a, aStride, b, nullptr, sums);
        a.advance(aStride);
        b += bStride;
      };
      if constexpr (MayAsk) {
        for (; asksAhead && steps >= 4; steps -= 4) {
#pragma GCC unroll 4
          for (int i = 0; i < 4; i++) {
            if (A == Adjacent::Rows) __builtin_prefetch(a.every4th[0] + aStep + Rows - 1);
            if (i < kRunsAhead) {
              __builtin_prefetch(ahead[i], 0, 2);
              ahead[i] += aheadStep;
            }
            step();
          }
        }
      }
      if constexpr (A == Adjacent::Rows && kUnrolls) {
        // Two steps an iteration: loops of a couple of dozen iterations, an image row, defeat the branch prediction.
        for (; steps > 1; steps -= 2) {
          step();
          step();
        }
      }
      for (; steps > 0; steps--) step();
    }
    addToSums(sums, tile, accumulate, c, cStride, lastLanes, n);
    storeTile<Rows, Vectors>(sums, c, cStride, lastLanes);
  }
}

// One tile of one segment, whose row of B is in place: copies it into a panel, for the tiles under it, and asks for the next panel's.
template <int Rows, Adjacent A>
void multiplyPackingTile(const Tile& tile) {
  Floats sums[Rows][kTileVectors] = {};
  RowPointers<Rows, A> a(tile.a + tile.segmentOffsets[0], tile.aStride);
  const long aStride = tile.aStride, bStride = tile.bStride;
  const float* b = tile.b;
  float* packed = tile.packed;
  for (long step = 0; step < tile.length; step++, b += bStride, packed += kTileColumns) {
    for (long i = 0; i < kTileColumns; i += 16) __builtin_prefetch(b + kTileColumns + i, 0, 2);
    multiplyStep<Rows, kTileVectors, A>(a, aStride, b, packed, sums);
    a.advance(aStride);
  }
  addToSums(sums, tile, tile.accumulate, tile.c, tile.cStride, kLanes, 0);
  storeTile<Rows, kTileVectors>(sums, tile.c, tile.cStride, kLanes);
}

typedef void (*MultiplyTiles)(const Tile& tile);

// A function for every number of rows from 1 to `Most`: Kernel::of<Rows>.
template <typename Function, class Kernel, int Most>
struct ByRows {
  Function byRows[Most + 1] = {};
  template <int Rows = Most>
  constexpr void fill() {
    byRows[Rows] = Kernel::template of<Rows>;
    if constexpr (Rows > 1) fill<Rows - 1>();
  }
  constexpr ByRows() {
    if constexpr (Most > 0) fill();
  }
};
constexpr int mostRows(int vectors) { return vectors > 1 ? kTileRows : kNarrowTileRows; }

template <int Vectors, Adjacent A, bool MayAsk>
struct TileKernel {
  template <int Rows>
  static constexpr MultiplyTiles of = multiplyTiles<Rows, Vectors, A, MayAsk>;
};
template <int Vectors, Adjacent A, bool MayAsk>
constexpr ByRows<MultiplyTiles, TileKernel<Vectors, A, MayAsk>, mostRows(Vectors)> kTileKernels;

template <Adjacent A>
struct PackingKernel {
  template <int Rows>
  static constexpr MultiplyTiles of = multiplyPackingTile<Rows, A>;
};
template <Adjacent A>
constexpr ByRows<MultiplyTiles, PackingKernel<A>, kSmallTiles ? 0 : kTileRows> kPackingKernels;

// Whether tiles can ask for memory between their steps.
constexpr bool mayAskAhead(Adjacent adjacent) { return adjacent == Adjacent::Rows || kAsksAlongReduction; }

// Chooses the kernel for a panel of `columns` columns, 1 to kTileColumns; call it with the number of rows. `asksAhead` is for tiles that may.
RAPPEL_INLINE const MultiplyTiles* tileKernels(Adjacent adjacent, long columns, bool asksAhead = false) {
  static_assert(kTileVectors == 2);
  if (adjacent == Adjacent::Rows) {
    return columns > kLanes ? kTileKernels<2, Adjacent::Rows, kPrefetches>.byRows : kTileKernels<1, Adjacent::Rows, kPrefetches>.byRows;
  }
  if (kAsksAlongReduction && asksAhead) {
    return columns > kLanes ? kTileKernels<2, Adjacent::Reduction, kAsksAlongReduction>.byRows : kTileKernels<1, Adjacent::Reduction, kAsksAlongReduction>.byRows;
  }
  return columns > kLanes ? kTileKernels<2, Adjacent::Reduction, false>.byRows : kTileKernels<1, Adjacent::Reduction, false>.byRows;
}

// The height of the first of nearly equal tiles.
constexpr long tallestTile(long rows, long tiles) { return rows / tiles + (rows % tiles > 0); }

// Of `tiles` nearly equal tiles under each other, which cover `rows` rows, those from `first` to `last`. tile.a is where row 0 begins, tile.c where
// the first of these tiles does. The taller tiles come first, so that there are two heights at the most. Where A is packed tile by tile, a
// step's stride is the tile's height. Leaves tile.a and tile.c elsewhere.
RAPPEL_INLINE void multiplyColumn(const MultiplyTiles* kernels, Tile& tile, long rows, long tiles, long first, long last, long aRow, long cRow,
                                  bool packedByTile) {
  const long height = rows / tiles, taller = rows % tiles;
  tile.a += (first * height + minimum(first, taller)) * aRow;
  const auto run = [&](long count, long rowsOfTile) {
    if (count <= 0) return;
    if (packedByTile) tile.aStride = rowsOfTile;
    tile.tiles = count;
    tile.aStep = rowsOfTile * aRow;
    tile.cStep = rowsOfTile * cRow;
    kernels[rowsOfTile](tile);
    tile.a += count * tile.aStep;
    tile.skipRows(count * rowsOfTile, cRow);
    tile.goAhead();
  };
  run(minimum(last, taller) - first, height + 1);
  run(last - maximum(first, taller), height);
}

// How many columns the panel that starts at `column` has, and how many the last vector of it.
RAPPEL_INLINE long panelColumns(long column, long columns) { return minimum(kTileColumns, columns - column); }
RAPPEL_INLINE int lastLanesOf(long columns) { return static_cast<int>((columns - 1) % kLanes + 1); }

}  // namespace RAPPEL_ISA
}  // namespace rappel
